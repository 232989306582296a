# Attack: a loop at the exit of the interpreter, and in a thread local
# Tries: to run for ever when the interpreter ends
# Ends: ok
# Returns: true
import atexit
import weakref


def forever(*_):
    while True:
        pass


class Target:
    pass


TARGET = Target()
KEPT = weakref.finalize(TARGET, forever)
atexit.register(forever)


def score(event):
    return True
