# Attack: multiplication, padding, joining and replacing
# Tries: to have one call make a gigabyte: each must fail on its own
# Ends: out_of_memory
# Limits: fuel 1_000_000_000
GIGABYTE = 10**9


def score(event):
    text = "x" * 10**5
    for bomb in (
        lambda: "x" * GIGABYTE,
        lambda: "x".ljust(GIGABYTE),
        lambda: "x".zfill(GIGABYTE),
        lambda: b"x".center(GIGABYTE),
        lambda: "\t".expandtabs(GIGABYTE),
        lambda: text.replace("x", text),
        lambda: text.join(text),
        lambda: text.translate({ord("x"): text}),
        lambda: [0] * GIGABYTE,
        lambda: (0,) * GIGABYTE,
        lambda: bytes(GIGABYTE),
        lambda: (1).to_bytes(GIGABYTE, "big"),
        lambda: 1 << 8 * GIGABYTE,
        lambda: memoryview(bytearray(GIGABYTE)),
        lambda: list(range(GIGABYTE)),
    ):
        try:
            bomb()
        except (MemoryError, OverflowError):
            continue
        raise AssertionError("it fits")
    raise MemoryError
