# Attack: environment, arguments, user, host and paths
# Tries: to learn something about the machine
# Ends: ok
# Returns: true
import getpass
import os
import platform
import site
import socket
import sys


def tell(attempt):
    try:
        return attempt()
    except Exception:
        return None


def score(event):
    told = [
        dict(os.environ),
        sys.argv[1:],
        sys.orig_argv[1:],
        tell(lambda: os.getlogin()),
        tell(getpass.getuser),
        tell(socket.gethostname) != "sandbox",
        tell(lambda: sys.stdin.read()),
        tell(lambda: os.getpid() > 1000),
        tell(lambda: [os.getuid(), os.getgid()] if os.getuid() else None),
        tell(lambda: os.cpu_count() if os.cpu_count() != 1 else None),
        tell(lambda: os.getloadavg()),
        platform.node() != "(none)",
        tell(lambda: __import__("pwd").getpwall()),
        tell(lambda: __import__("resource").getrusage(0)),
    ]
    return {"score": not any(told), "metadata": {"told": str(told)}}
