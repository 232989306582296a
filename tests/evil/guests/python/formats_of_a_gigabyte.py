# Attack: %1000000000d and its like
# Tries: to have formatting make a gigabyte: each must fail on its own
# Ends: out_of_memory
def score(event):
    for bomb in (
        lambda: "%1000000000d" % 1,
        lambda: "%.1000000000f" % 1,
        lambda: "%*d" % (10**9, 1),
        lambda: f"{1:1000000000d}",
        lambda: f"{1:.1000000000f}",
        lambda: f"{1:{10**9}}",
        lambda: "{:>1000000000}".format("x"),
        lambda: "%99999999999999999999d" % 1,
        lambda: f"{1:99999999999999999999d}",
    ):
        try:
            bomb()
        except (MemoryError, OverflowError, ValueError):
            continue
        raise AssertionError("it fits")
    raise MemoryError
