# Attack: printing without end, in long and in short lines
# Tries: to fill the memory of the host, or a disk, with logs
# Ends: out_of_fuel
import sys


def score(event):
    while True:
        print("x" * 100_000)
        print()
        sys.stderr.write("\n" * 1000)
