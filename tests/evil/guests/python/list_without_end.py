# Attack: a list that grows
# Tries: to take all memory in small pieces
# Ends: out_of_memory
KEPT = []


def score(event):
    while True:
        KEPT.append(bytearray(100_000))
