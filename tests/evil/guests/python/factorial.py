# Attack: math.factorial and math.comb
# Tries: to compute for ever within one call of C code
# Ends: out_of_fuel
import math


def score(event):
    return math.comb(10**9, 5 * 10**6) + math.factorial(10**8) > 0
