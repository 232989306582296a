# Attack: recursion with the limit of recursion at its highest
# Tries: to overflow the stack of the interpreter and, from there, that of the host
# Ends: runtime_error
# Says: RecursionError
import sys

sys.setrecursionlimit(2**31 - 1)


class Down:
    def __getattr__(self, name):
        return getattr(self, name)

    def __call__(self):
        return self.again


def score(event):
    return Down()()
