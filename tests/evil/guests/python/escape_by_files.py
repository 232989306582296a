# Attack: files by every name and every number
# Tries: to read or write what is the host's
# Ends: runtime_error
# Says: PermissionError: []
import glob
import os
import pathlib
import tempfile
import zoneinfo


def score(event):
    worked = []
    names = ["/etc/passwd", "../../../etc/passwd", "//etc/passwd", "/proc/self/environ", "/proc/self/mem", "/dev/zero",
             "/dev/../etc/passwd", "./.", "/", "C:\\x", "/etc/passwd\0.txt", "/x" * 5000]
    for name in names:
        for attempt in (open, os.listdir, os.readlink, os.stat, os.mkdir, os.unlink, pathlib.Path.read_bytes):
            try:
                found = attempt(pathlib.Path(name) if attempt is pathlib.Path.read_bytes else name)
            except Exception:
                continue
            if attempt is os.stat or found in ([], None):
                continue
            worked.append((name, attempt.__name__))
    for number in range(-1, 200):
        for attempt in (lambda: os.read(number, 1), lambda: os.fdopen(number).read(), lambda: os.ftruncate(number, 0)):
            try:
                if attempt():
                    worked.append(number)
            except Exception:
                pass
    for attempt in (
        lambda: open("x", "w"),
        lambda: tempfile.TemporaryFile(),
        lambda: os.symlink("/etc/passwd", "/x"),
        lambda: os.link("/etc/passwd", "/x"),
        lambda: os.chdir("/etc"),
        lambda: zoneinfo.ZoneInfo("../../../etc/passwd"),
        lambda: zoneinfo.reset_tzpath(["/etc"]) or zoneinfo.ZoneInfo("passwd"),
        lambda: __import__("ctypes"),
        lambda: __import__("mmap").mmap(-1, 4096),
        lambda: __import__("sqlite3").connect("/etc/x"),
    ):
        try:
            attempt()
        except Exception:
            continue
        worked.append("another")
    raise PermissionError(worked + glob.glob("/*") + glob.glob("/*/*"))
