# Attack: difflib on texts that it is slowest for
# Tries: to take cubic time in the standard library
# Ends: out_of_fuel
import difflib


def score(event):
    a = "ab" * 5000
    return difflib.SequenceMatcher(None, a, a[1:] + "c", autojunk=False).ratio() > 0
