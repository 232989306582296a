"""The standard library without files.

Modules that metrics often import are loaded already. `random` and what uses it are loaded too, but kept aside, so that it
is known whether a snippet can see random numbers. The rest lies in the archive of guest.c as bytecode.
"""

import importlib
import linecache
import sys
from _imp import is_frozen
from _jurybox import random as random_number
from _jurybox import zones

# Imported before the memory is stored.
READY = (
    "__future__ _strptime abc array ast base64 binascii bisect calendar cmath codecs collections collections.abc"
    " contextlib copy copyreg csv dataclasses datetime decimal difflib encodings.ascii encodings.idna encodings.latin_1"
    " encodings.utf_16_le enum fnmatch fractions functools gc genericpath graphlib hashlib heapq hmac html html.parser"
    " importlib.abc importlib.machinery importlib.util inspect io itertools json keyword linecache locale logging math numbers"
    " operator os os.path pathlib posixpath pprint queue random re reprlib secrets shlex statistics stat string struct"
    " textwrap threading time traceback types typing unicodedata urllib.parse uuid warnings weakref zlib zoneinfo"
).split()

# Whether the snippet has got hold of random numbers: then each event seeds them.
random_is_seen = False

_aside = {}


class Aside:
    """Finds and loads the modules that are kept aside."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        module = _aside.get(name)
        return None if module is None else module.__spec__

    @staticmethod
    def create_module(spec):
        return _aside[spec.name]

    @staticmethod
    def exec_module(module):
        see_random()


def see_random():
    """Seeds the random numbers, now and for each event."""
    global random_is_seen
    random_is_seen = True
    _seed(random_number())


def install():
    """Gets the library ready."""
    global _seed
    for name in READY:
        importlib.import_module(name)
    _lay_up_zones()
    _set_aside()
    _seed = _aside["random"]._inst.seed
    sys.meta_path.insert(0, Aside)
    sys.path.clear()
    sys.path_importer_cache.clear()
    linecache.clearcache()


def _set_aside():
    """Takes `random`, and whatever has hold of its generator, out of the modules that are there without an import."""
    random = sys.modules["random"]
    aside = {"random"}
    while True:
        held = [sys.modules[name] for name in aside]
        more = {
            name
            for name, module in sys.modules.items()
            if name not in aside
            and not name.startswith("boot")
            and any(value in held or getattr(value, "__self__", None) is random._inst for value in _values(module))
        }
        if not more:
            break
        aside |= more
    for name in sorted(aside):
        module = _aside[name] = sys.modules.pop(name)
        module.__spec__.loader = module.__loader__ = Aside


def _values(module):
    from types import BuiltinMethodType, MethodType, ModuleType

    return [value for value in vars(module).values() if isinstance(value, (ModuleType, MethodType, BuiltinMethodType))]


def _lay_up_zones():
    """The time zone database, which `zoneinfo` would look for in files."""
    import io
    import zoneinfo
    from zoneinfo import _common

    known = zones()

    def load_tzdata(key):
        if key not in known:
            raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
        return io.BytesIO(known[key])

    _common.load_tzdata = load_tzdata
    zoneinfo._tzpath.available_timezones = zoneinfo.available_timezones = lambda: set(known)
    zoneinfo.reset_tzpath(())


def remember_source(source):
    """Lets `inspect.getsource` and warnings find the author's lines."""
    linecache.cache[source.file] = (lambda: source.text,)


def preload(names):
    """Imports the library's modules among these, which functions of a snippet import: now, not in every event."""
    for name in names:
        if name not in sys.modules and (name in _aside or is_frozen(name)):
            importlib.import_module(name)
