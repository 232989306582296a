# Attack: plain recursion with the limit of recursion at its highest
# Tries: to take all memory for frames, or to overflow a stack
# Ends: out_of_fuel
import sys

sys.setrecursionlimit(2**31 - 1)


def down(depth):
    return down(depth + 1) + 1


def score(event):
    return down(0)
