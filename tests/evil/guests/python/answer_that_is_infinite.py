# Attack: infinity and NaN, in subclasses that deny it
# Tries: to hand numbers to the host that JSON does not have
# Ends: invalid_result
class Finite(float):
    def __repr__(self):
        return "1e999999"

    __str__ = __repr__


def score(event):
    return {"score": Finite("inf")}
