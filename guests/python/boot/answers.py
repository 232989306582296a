"""What a metric returned, as the JSON text that the host gets."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from json.encoder import c_make_encoder, encode_basestring
from types import AsyncGeneratorType, BuiltinFunctionType, CoroutineType, FunctionType, GeneratorType, MethodType, ModuleType

# The host reads no deeper JSON.
DEEPEST = 100
RESERVED = ("$error", "$invalid")

# Attributes that make an object a score, and those that go with one: what docs/conventions.md lists, `pass` being a
# keyword of Python.
_SCORES = ("score", "value", "result", "passed", "label")
_DETAILS = (*_SCORES, "reason", "reasoning", "explanation", "comment", "rationale", "metadata", "name", "key")

# What the first of a pair can be, with its reason as the second; and what no item of a list of scores or labels is.
_VALUES = (bool, int, float, str, Decimal, Fraction, Enum, type(None))
_NO_ITEMS = (bool, int, float, list, tuple, type(None))

_NAMES = {
    tuple: "a tuple",
    set: "a set",
    frozenset: "a frozenset",
    bytes: "bytes",
    bytearray: "a bytearray",
    complex: "a complex number",
    range: "a range",
    FunctionType: "a function",
    BuiltinFunctionType: "a function",
    MethodType: "a method",
    GeneratorType: "a generator",
    AsyncGeneratorType: "an asynchronous generator",
    CoroutineType: "a coroutine",
    ModuleType: "a module",
    type(NotImplemented): "NotImplemented",
    type(...): "an ellipsis",
}


def _no_default(value):
    raise TypeError(f"{type(value)} is left in an answer")


_encode = c_make_encoder(None, _no_default, encode_basestring, None, ":", ",", False, False, False)


class Unfit(Exception):
    """A value that JSON doesn't have, and the keys that lead to it, innermost first."""

    def __init__(self, what, has_place=True):
        self.what = what
        self.has_place = has_place
        self.path = []

    def text(self):
        """What the metric returned, and where."""
        if not self.has_place:
            return self.what
        place = ""
        for key in reversed(self.path):
            if isinstance(key, int):
                place += f"[{key}]"
            else:
                place += f".{key}" if place else key
        return f"{self.what} in {place[:200]}" if place else self.what


def answer(value):
    """The answer to an event whose metric returned the value."""
    kind = type(value)
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    if kind is tuple:
        if len(value) == 2 and type(value[1]) is str and isinstance(value[0], _VALUES):
            value = {"score": value[0], "reason": value[1]}
        elif not value:
            return invalid("an empty tuple")
        elif len(value) > 1 and isinstance(value[0], _NO_ITEMS):
            return invalid(f"a tuple of {len(value)} items that is no pair of a value and a text")
    try:
        value = plain(value, DEEPEST)
    except Unfit as unfit:
        return invalid(unfit.text())
    if type(value) is dict:
        for key in RESERVED:
            if key in value:
                return invalid(f"an object with the reserved key {key}")
    return text(value)


def invalid(what):
    """The answer for a returned value that JSON doesn't have."""
    return text({"$invalid": what})


def text(value):
    """Plain values as JSON text."""
    written = "".join(_encode(value, 0))
    if not written.isascii():
        try:
            written.encode()
        except UnicodeEncodeError:
            # Halves of surrogate pairs: what belongs together is joined, the rest is replaced.
            written = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return written


def plain(value, depth):
    """The value made of JSON's types alone."""
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is int:
        return value
    if kind is float:
        # Zero for numbers, NaN for NaN and the infinities.
        if value - value == 0:
            return value
        raise Unfit("infinity" if value == value else "NaN")
    if not depth:
        raise Unfit(f"an object or list that contains itself or is nested more than {DEEPEST} deep", has_place=False)
    if kind is dict:
        return _object(value, depth)
    if kind is list or kind is tuple:
        return _list(value, depth)
    return _converted(value, kind, depth)


def _object(value, depth):
    made = {}
    for key, item in value.items():
        name = key if type(key) is str else _key(key)
        kind = type(item)
        if kind is str or kind is bool or kind is int or item is None:
            made[name] = item
            continue
        try:
            made[name] = plain(item, depth - 1)
        except Unfit as unfit:
            unfit.path.append(name)
            raise
    return made


def _list(value, depth):
    made = []
    for item in value:
        kind = type(item)
        if kind is str or kind is bool or kind is int or item is None:
            made.append(item)
            continue
        try:
            made.append(plain(item, depth - 1))
        except Unfit as unfit:
            unfit.path.append(len(made))
            raise
    return made


def _key(key):
    """A key as `json.dumps` writes it."""
    if isinstance(key, Enum) and not isinstance(key, (str, int, float)):
        key = key.value
    if isinstance(key, str):
        return str.__str__(key)
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int):
        return int.__repr__(key)
    if isinstance(key, float):
        return float.__repr__(key)
    raise Unfit(f"a dict with {name_of(key)} as a key")


def _converted(value, kind, depth):
    """Values of Python's other types, and of the author's."""
    if isinstance(value, Enum):
        return plain(value.value, depth - 1)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return plain(float.__float__(value), depth)
    if isinstance(value, (Decimal, Fraction)):
        return _number(value)
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        if any(name in _SCORES for name in kind._fields):
            return _object(dict(zip(kind._fields, value)), depth)
        return _list(value, depth)
    if isinstance(value, (list, tuple)):
        return _list(value, depth)
    if isinstance(value, (dict, Mapping)):
        return _object(value, depth)
    if kind in _NAMES or isinstance(value, (type, BaseException)):
        raise Unfit(name_of(value))
    if hasattr(kind, "__dataclass_fields__"):
        return _object({name: getattr(value, name) for name in kind.__dataclass_fields__ if hasattr(value, name)}, depth)
    if any(hasattr(value, name) for name in _SCORES):
        return _object({name: getattr(value, name) for name in _DETAILS if hasattr(value, name)}, depth)
    raise Unfit(name_of(value))


def _number(value):
    if isinstance(value, Decimal) and not value.is_finite():
        raise Unfit("NaN" if value.is_nan() else "infinity")
    if value == value.__floor__():
        # Whole, and perhaps longer than a float is exact.
        return int(value)
    return float(value)


def name_of(value):
    """What kind of thing a value is, in words."""
    kind = type(value)
    if kind in _NAMES:
        return _NAMES[kind]
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, BaseException):
        return f"an exception ({kind.__name__})"
    return f"an object of the class {kind.__name__}"
