"""Waiting for files, of which there are none to wait for."""

error = OSError


def select(readable, writable, exceptional, timeout=None):
    raise OSError("the sandbox has nothing to wait for")
