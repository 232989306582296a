# Attack: a callback of the garbage collector that loops
# Tries: to run for ever inside of an allocation
# Ends: out_of_fuel
import gc


def forever(*_):
    while True:
        pass


def score(event):
    gc.callbacks.append(forever)
    gc.collect()
    return True
