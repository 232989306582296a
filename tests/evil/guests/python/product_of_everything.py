# Attack: all combinations of everything
# Tries: to take all memory in C code that prepares to iterate
# Ends: out_of_memory
import itertools


def score(event):
    return len(list(itertools.product([0, 1], repeat=2**28)))
