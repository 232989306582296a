# Attack: an exception whose cause has a cause, and so on
# Tries: to overflow the stack of whoever writes or frees it
# Ends: runtime_error
# Says: ValueError
def score(event):
    error = None
    for _ in range(20000):
        inner = ValueError("x")
        inner.__context__ = inner.__cause__ = error
        error = inner
    raise error
