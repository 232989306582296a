# Attack: warnings and exceptions that nobody catches
# Tries: to fill the memory of the host with what the interpreter says itself
# Ends: out_of_fuel
import warnings


class Loud:
    def __del__(self):
        raise ValueError("x" * 10_000)


def score(event):
    number = 0
    while True:
        number += 1
        Loud()
        warnings.warn(f"{number}")
