# Attack: every built-in function replaced, every module removed
# Tries: to have the guest code that answers call the metric, or fail in a way that looks like a crash
# Ends: runtime_error
import builtins
import sys


def score(event):
    for name in dir(builtins):
        if not name.startswith("__"):
            setattr(builtins, name, lambda *_, **__: None)
    sys.modules.clear()
    sys.path_hooks = sys.meta_path = sys.stdout = sys.stderr = sys.excepthook = None
    return 1 / 0
