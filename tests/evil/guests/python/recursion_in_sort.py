# Attack: a key function that sorts with itself
# Tries: to overflow the stack through C code that calls back
# Ends: runtime_error
# Says: RecursionError
def key(item):
    return sorted([2, 1], key=key)


def score(event):
    return key(1)
