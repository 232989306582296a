# Attack: source that nests deeply, given to eval
# Tries: to overflow the stack of the parser and of the compiler
# Ends: runtime_error
# Says: RecursionError: all of them
# Limits: fuel 1_000_000_000
def score(event):
    for source in ("(" * 20000, "-" * 20000 + "1", "1" + "+1" * 20000, "[" * 90 + "f'{" * 1000, "lambda:" * 20000 + "1"):
        try:
            eval(source)
        except (SyntaxError, MemoryError, RecursionError):
            continue
        raise AssertionError(source[:10])
    raise RecursionError("all of them")
