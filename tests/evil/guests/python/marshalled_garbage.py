# Attack: marshal and pickle, given garbage
# Tries: to have the interpreter make objects that can't be
# Ends: runtime_error
import marshal
import pickle
import random


def score(event):
    chance = random.Random(2)
    start = marshal.dumps((lambda x: [x, 1.5, "text", {1: 2}]).__code__)
    for _ in range(300):
        damaged = bytearray(start)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            marshal.loads(bytes(damaged))
        except (ValueError, EOFError, TypeError, MemoryError, OverflowError, SystemError, IndexError):
            pass
        try:
            pickle.loads(chance.randbytes(50))
        except Exception:
            pass
    raise ValueError("still there")
