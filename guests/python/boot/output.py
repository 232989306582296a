"""What the author's code prints: lines of the run's log."""

import io
import sys

from _jurybox import log

# A line that never ends would fill the memory before the host could cut it.
LONGEST_LINE = 1 << 16


class Log(io.TextIOBase):
    """A text stream that hands whole lines to the host."""

    encoding = "utf-8"
    errors = "backslashreplace"
    mode = "w"

    def __init__(self, name, descriptor):
        self.name = name
        self._descriptor = descriptor
        self._parts = []
        self._length = 0
        self.buffer = _Bytes(self)

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if "\n" in text:
            first, *rest = text.split("\n")
            self._parts.append(first)
            log("".join(self._parts))
            self._parts.clear()
            self._length = 0
            last = rest.pop()
            for line in rest:
                log(line)
        else:
            last = text
        if last:
            self._parts.append(last)
            self._length += len(last)
            if self._length > LONGEST_LINE:
                self.finish()
        return len(text)

    def finish(self):
        """Gives the host what was printed without an end of line."""
        if self._parts:
            log("".join(self._parts))
            self._parts.clear()
            self._length = 0


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`, for code that prints bytes."""

    def __init__(self, text):
        self._text = text

    def writable(self):
        return True

    def write(self, data):
        data = bytes(data)
        self._text.write(data.decode("utf-8", "backslashreplace"))
        return len(data)


_streams = (Log("<stdout>", 1), Log("<stderr>", 2))


def finish():
    """At the end of a run: what is left of lines without an end."""
    for stream in _streams:
        if stream._parts:
            stream.finish()


def install():
    """Puts the log in the place of the standard streams. Nothing can be read from the input."""
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stdout = sys.__stdout__ = _streams[0]
    sys.stderr = sys.__stderr__ = _streams[1]
