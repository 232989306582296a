# Attack: patterns that are large when compiled
# Tries: to take long, or all memory, while a pattern is compiled
# Ends: out_of_fuel
import re


def score(event):
    for length in range(10000):
        re.compile("|".join("(?i:[%s-\U0010ffff]{1,%d})" % (chr(0x100 + n), length + 9) for n in range(3000)))
