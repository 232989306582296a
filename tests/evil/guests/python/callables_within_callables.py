# Attack: partial of partial, method of method
# Tries: to overflow the stack in C code that calls C code
# Ends: runtime_error
# Limits: fuel 1_000_000_000
import functools
import operator


def score(event):
    call = functools.partial(print)
    for _ in range(50000):
        call = functools.partial(operator.call, call)
    call()
