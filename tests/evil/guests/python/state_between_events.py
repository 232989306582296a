# Attack: variables, modules, files and built-ins that remember
# Tries: to see in one event what another one was
# Ends: ok
# Returns: true
import builtins
import random
import re
import sys

SEEN = []


def score(event):
    SEEN.append(event["id"])
    known = [len(SEEN), getattr(builtins, "seen", 0), getattr(sys, "seen", 0), getattr(re, "seen", 0)]
    builtins.seen = sys.seen = re.seen = event
    known.append(getattr(score, "seen", 0))
    score.seen = 1
    random.seed(1)
    score.__code__ = (lambda event: "another").__code__
    return {"score": known == [1, 0, 0, 0, 0]}
