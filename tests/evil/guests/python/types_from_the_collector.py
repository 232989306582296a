# Attack: the dictionaries of built-in types, found through the garbage collector
# Tries: to change what the interpreter takes for constant
# Ends: invalid_result
import gc


def score(event):
    for kind in (str, int, dict, list, type, object, BaseException):
        inside = gc.get_referents(kind.__dict__)[0]
        for name in list(inside):
            if name in ("__repr__", "__hash__", "__eq__", "__getattribute__", "__class__", "__new__", "__init__"):
                inside[name] = None
            else:
                del inside[name]
    return {"score": [1, "x", {}]}
