# Attack: an iterator of an iterator of an iterator, a hundred thousand deep
# Tries: to overflow the stack when it is asked for its first item, or when it is freed: no Python code is called
#   that would be counted
# Ends: runtime_error
# Limits: fuel 1_000_000_000
import itertools


def score(event):
    chain = iter([1])
    for _ in range(100000):
        chain = itertools.islice(chain, 5)
    return next(chain)
