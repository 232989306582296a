# Attack: code objects of random bytes
# Tries: to find an instruction that leads out of the interpreter
# Ends: runtime_error
import random
import types


def score(event):
    chance = random.Random(1)
    for _ in range(1000):
        code = types.CodeType(
            0, 0, 0, 1, 1, 0, chance.randbytes(60), (1, "x"), ("a", "b"), ("v",), "f", "f", "f", 1, b"", b"", (), ()
        )
        try:
            eval(code, {})
        except BaseException:
            pass
    raise ValueError("still there")
