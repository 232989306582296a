"""What runs in the sandbox around an author's snippet, in Python.

`start` is called once, before the interpreter's memory is stored. It leaves the two functions that the host calls, and a
standard library that needs no files. Nothing of this package stays in `sys.modules`: a snippet that breaks what it
can reach breaks its own run at worst, and each event starts from the stored memory again.
"""

import builtins
import sys
from importlib.machinery import PathFinder, SourcelessFileLoader


class _Loader(SourcelessFileLoader):
    """Gives each part of this package builtins of its own, so that `builtins.len = None` breaks the author's code only."""

    builtins = dict(vars(builtins))

    def exec_module(self, module):
        module.__dict__["__builtins__"] = self.builtins
        super().exec_module(module)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if not name.startswith("boot."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def start():
    """Gets everything ready; returns the functions `load` and `evaluate`."""
    sys.meta_path.insert(0, _Finder)
    from boot import loading, modules, output, running, sandbox, warmth

    output.install()
    modules.install()
    sandbox.install()
    warmth.warm(loading.load, running.evaluate)
    sys.meta_path.remove(_Finder)
    for name in [name for name in sys.modules if name == "boot" or name.startswith("boot.")]:
        del sys.modules[name]
    sandbox.close()
    return loading.load, running.evaluate
