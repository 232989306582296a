"""What of the interpreter itself has to be different in the sandbox."""

import _signal
import builtins
import gc
import os
import posix
import re
import sys


def install():
    """Takes away what would end the interpreter, and what the build left in it."""
    for module in (os, posix):
        module._exit = _exit
        module.abort = abort
    _signal.raise_signal = raise_signal
    # What `site` would add.
    builtins.exit = builtins.quit = sys.exit
    os.environ.clear()
    # Garbage in cycles holds memory, of which there is little. The bytes of large objects count as well: see guest.c.
    gc.set_threshold(5000, 10, 10)
    sys.argv[:] = [""]


def close():
    """The last step before the memory is stored."""
    re.purge()
    sys._clear_internal_caches()
    gc.collect()
    gc.freeze()


def _exit(status):
    """Ends a process; here, the run: nothing may end the interpreter."""
    raise SystemExit(status)


def abort():
    """Ends a process; here, the run."""
    raise RuntimeError("os.abort() was called")


def raise_signal(signal):
    """Sends the process a signal, for which there is nobody."""
    raise OSError("the sandbox has no signals")
