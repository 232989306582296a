# Attack: commands, forks and programs
# Tries: to run something outside
# Ends: runtime_error
# Says: PermissionError: []
import os


def score(event):
    worked = []
    for name, attempt in {
        "system": lambda: __import__("os").system("touch /tmp/evil"),
        "popen": lambda: os.popen("id").read(),
        "fork": lambda: os.fork(),
        "exec": lambda: os.execv("/bin/sh", ["sh"]),
        "spawn": lambda: os.posix_spawn("/bin/sh", ["sh"], {}),
        "run": lambda: __import__("subprocess").run(["id"]),
        "pool": lambda: __import__("multiprocessing").Pool(),
        "futures": lambda: __import__("concurrent.futures").futures.ProcessPoolExecutor().submit(print).result(),
        "thread": lambda: __import__("threading").Thread(target=print).start(),
        "pty": lambda: __import__("pty").spawn("sh"),
        "interpreter": lambda: __import__("_interpreters").create(),
    }.items():
        try:
            attempt()
        except Exception:
            continue
        worked.append(name)
    raise PermissionError(worked)
