"""The standard library without files.

Modules that metrics often import are loaded already. `random` and what uses it are loaded too, but kept aside, so that it
is known whether a snippet can see random numbers. The rest lies here as bytecode and is run when it is imported.
"""

import importlib
import linecache
import marshal
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder

from _jurybox import random as random_number

LIBRARY = "/lib"
# Of a file of bytecode.
HEADER = 16
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

_bytecode = {}
_aside = {}
_zones = {}


class Library:
    """Finds and loads what `install` has laid up."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        module = _aside.get(name)
        if module is not None:
            return module.__spec__
        found = _bytecode.get(name)
        if found is None:
            return None
        is_package, file, _ = found
        spec = ModuleSpec(name, Library, origin=file, is_package=is_package)
        spec.has_location = True
        spec.cached = None
        if is_package:
            spec.submodule_search_locations.append(os.path.dirname(file))
        return spec

    @staticmethod
    def create_module(spec):
        return _aside.get(spec.name)

    @staticmethod
    def exec_module(module):
        name = module.__spec__.name
        if name in _aside:
            see_random()
        else:
            exec(marshal.loads(_bytecode[name][2]), module.__dict__)


def see_random():
    """Seeds the random numbers, now and for each event."""
    global random_is_seen
    random_is_seen = True
    _seed(random_number())


def install():
    """Lays up the library. There are files until this returns, and none afterwards."""
    global _seed
    for name in READY:
        importlib.import_module(name)
    _set_aside()
    _seed = _aside["random"]._inst.seed
    for name, is_package, file in _sources(LIBRARY, ""):
        if name not in sys.modules and name not in _aside:
            with open(file, "rb") as source:
                _bytecode[name] = (is_package, file, source.read()[HEADER:])
    _lay_up_zones()
    # Ours before the files of granted folders, which a snippet may add to the path.
    sys.meta_path.insert(sys.meta_path.index(PathFinder), Library)
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
        module.__spec__.loader = module.__loader__ = Library


def _values(module):
    from types import BuiltinMethodType, MethodType, ModuleType

    return [value for value in vars(module).values() if isinstance(value, (ModuleType, MethodType, BuiltinMethodType))]


def _sources(folder, package):
    """(name, whether it is a package, file) of each module in a folder, in an order that doesn't depend on the disk."""
    for entry in sorted(os.listdir(folder)):
        path = f"{folder}/{entry}"
        if entry.endswith(".pyc"):
            if entry != "__init__.pyc":
                yield package + entry.removesuffix(".pyc"), False, path
        elif os.path.exists(f"{path}/__init__.pyc"):
            yield package + entry, True, f"{path}/__init__.pyc"
            yield from _sources(path, f"{package}{entry}.")


def _lay_up_zones():
    """The time zone database, which `zoneinfo` would look for in files."""
    import io
    import zoneinfo
    from zoneinfo import _common

    def read(folder, prefix):
        for entry in sorted(os.listdir(folder)):
            path = f"{folder}/{entry}"
            if os.path.isdir(path):
                read(path, f"{prefix}{entry}/")
            else:
                with open(path, "rb") as file:
                    data = file.read()
                if data.startswith(b"TZif"):
                    # Many names stand for the same zone.
                    _zones[prefix + entry] = distinct.setdefault(data, data)

    distinct = {}
    read(f"{LIBRARY}/zones", "")

    def load_tzdata(key):
        if key not in _zones:
            raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
        return io.BytesIO(_zones[key])

    _common.load_tzdata = load_tzdata
    zoneinfo._tzpath.available_timezones = zoneinfo.available_timezones = lambda: set(_zones)
    zoneinfo.reset_tzpath(())


def remember_source(source):
    """Lets `inspect.getsource` and warnings find the author's lines."""
    linecache.cache[source.file] = (lambda: source.text,)


def preload(names):
    """Imports the library's modules among these, which functions of a snippet import: now, not in every event."""
    for name in names:
        if name in _bytecode or name in _aside:
            importlib.import_module(name)
