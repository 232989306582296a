# Attack: generic types twenty thousand deep
# Tries: to overflow the stack when they are printed, compared or hashed
# Ends: runtime_error
# Says: Calls nest too deeply
def score(event):
    kind = list[int]
    for _ in range(20000):
        kind = list[kind]
    return hash(kind) + (kind == list[kind]) + len(repr(kind))
