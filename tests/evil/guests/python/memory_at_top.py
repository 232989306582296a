# Attack: more memory than there is, where the metric is loaded
# Tries: to take it before any event
# Ends: compile_error
# Code: load-failed
# Says: MemoryError
KEPT = [bytearray(1_000_000) for _ in range(1000)]


def score(event):
    return len(KEPT)
