"""What runs in the sandbox around an author's snippet, in Python.

`start` is called once, before the interpreter's memory is stored. It leaves the two functions that the host calls, and a
standard library that needs no files. Nothing of this package stays in `sys.modules`: a snippet that breaks what it
can reach breaks its own run at worst, and each event starts from the stored memory again.
"""

import _imp
import builtins
import sys
from importlib.machinery import ModuleSpec


class _Loader:
    """Gives each part of this package builtins of its own, so that `builtins.len = None` breaks the author's code only."""

    builtins = dict(vars(builtins))

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return ModuleSpec(name, cls) if name.startswith("boot.") else None

    @staticmethod
    def create_module(spec):
        return None

    @classmethod
    def exec_module(cls, module):
        module.__dict__["__builtins__"] = cls.builtins
        exec(_imp.get_frozen_object(module.__name__), module.__dict__)


def start():
    """Gets everything ready; returns the functions `load` and `evaluate`."""
    sys.meta_path.insert(0, _Loader)
    from boot import loading, modules, output, running, sandbox, warmth

    output.install()
    modules.install()
    sandbox.install()
    warmth.warm(loading.load, running.evaluate)
    sys.meta_path.remove(_Loader)
    for name in [name for name in sys.modules if name == "boot" or name.startswith("boot.")]:
        del sys.modules[name]
    sandbox.close()
    return loading.load, running.evaluate
