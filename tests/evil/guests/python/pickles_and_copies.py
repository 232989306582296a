# Attack: copies of what holds itself
# Tries: to overflow the stack of copy and pickle
# Ends: runtime_error
# Says: RecursionError: both of them
import copy
import pickle


def score(event):
    deep = None
    for _ in range(5000):
        deep = [deep]
    for work in (copy.deepcopy, pickle.dumps):
        try:
            work(deep)
        except RecursionError:
            continue
        raise AssertionError(work)
    raise RecursionError("both of them")
