# Attack: every way to end the interpreter
# Tries: to take the host along
# Ends: runtime_error
import os
import signal
import sys
import _thread


def score(event):
    for end in (
        lambda: sys.exit(0),
        lambda: os._exit(0),
        lambda: os.abort(),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: signal.raise_signal(signal.SIGSEGV),
        lambda: signal.alarm(1),
        lambda: _thread.interrupt_main(),
        lambda: exec("raise SystemExit"),
    ):
        try:
            end()
        except BaseException:
            continue
        raise AssertionError("it returned")
    raise SystemExit(0)
