# Attack: a trace function that loops
# Tries: to be called by the interpreter itself, on every line of the code that reads the answer
# Ends: out_of_fuel
import sys


def forever(*_):
    while True:
        pass


def score(event):
    sys.setprofile(forever)
    return True
