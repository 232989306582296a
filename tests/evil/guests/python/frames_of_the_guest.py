# Attack: the frames of the guest, and their variables
# Tries: to reach what the guest keeps from metrics, and to change it
# Ends: runtime_error
import sys


def score(event):
    frame = sys._getframe()
    while frame:
        if frame.f_code is not score.__code__:
            frame.f_globals.clear()
            for name in list(frame.f_locals):
                frame.f_locals[name] = None
        frame = frame.f_back
    return True
