# Attack: a pattern that tries all ways
# Tries: to take exponential time in the C code of `re`
# Ends: out_of_fuel
import re


def score(event):
    return bool(re.match(r"(?:(?:a|aa)+)+$", "a" * 200 + "b"))
