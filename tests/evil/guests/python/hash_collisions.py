# Attack: keys that all have the same hash
# Tries: to take quadratic time for filling a dictionary
# Ends: out_of_fuel
import sys


def score(event):
    return len({number * sys.hash_info.modulus: None for number in range(1, 10**6)}) == 1
