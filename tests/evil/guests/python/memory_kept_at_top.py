# Attack: as much memory as may be had, changed where the metric is loaded
# Tries: to have every event begin with a copy of it, and the host keep it for every metric
# Ends: ok
# Returns: 30000000
KEPT = bytearray(b"x" * 30_000_000)


def score(event):
    return len(KEPT)
