# Attack: a comparison that answers at random, and changes the list
# Tries: to confuse the sorting code into reading what is not there
# Ends: out_of_fuel
import functools
import random

LIST = []


def compare(a, b):
    LIST.clear()
    LIST.extend(range(random.randrange(100)))
    return random.randrange(-1, 2)


def score(event):
    while True:
        LIST[:] = range(1000)
        try:
            LIST.sort(key=functools.cmp_to_key(compare))
        except ValueError:
            pass
