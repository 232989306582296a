"""Exceptions that nothing caught, as the host wants to hear of them.

Python's own rendering is not used: it draws carets under every frame of a deep recursion, which costs more than most
metrics may spend, and it trusts what an exception's class says about itself.
"""

from itertools import islice
from sys import stdlib_module_names

# What a metric can't have here, and why: said after Python's own message.
_ABSENT = "metrics have Python's standard library alone"
_LEFT_OUT = "the sandbox has the standard library without this part"
_ABSENT_PARTS = {
    "ctypes": "the sandbox runs no foreign code",
    "curses": "the sandbox has no terminal",
    "dbm": "the sandbox has no databases",
    "ftplib": "the sandbox has no network",
    "mmap": "the sandbox maps no files",
    "multiprocessing": "the sandbox has no processes",
    "resource": "the sandbox has no processes",
    "smtplib": "the sandbox has no network",
    "ssl": "the sandbox has no network",
    "sqlite3": "the sandbox has no databases",
    "tkinter": "the sandbox has no screen",
    "turtle": "the sandbox has no screen",
}
LONGEST_MESSAGE = 8000
LONGEST_LINE = 200
MOST_LINES = 20
# Of a traceback that is too long, the outermost frames; the innermost fill the rest.
FIRST_FRAMES = 6

_traceback_of = BaseException.__traceback__.__get__
_qualified_name_of = type.__dict__["__qualname__"].__get__
_module_of = type.__dict__["__module__"].__get__


class Source:
    """The author's source, to say where in it something happened."""

    def __init__(self, file, module, text):
        self.file = file
        self.module = module
        self.text = text
        self._lines = None

    def line(self, number):
        """A line, counted from 1, without its end; empty if there is none."""
        if self._lines is None:
            # What Python itself takes for the end of a line: `str.splitlines` would count more of them.
            self._lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines[number - 1] if number and 0 < number <= len(self._lines) else ""

    def column(self, line, offset):
        """The column, in characters from 1, of a byte of a line, counted from 0."""
        if offset is None or offset < 0:
            return None
        return len(self.line(line).encode("utf-8", "replace")[:offset].decode("utf-8", "replace")) + 1


def type_name(kind, source):
    """A class as Python's tracebacks print it, without the name of the author's own module."""
    try:
        name = _qualified_name_of(kind)
        module = _module_of(kind)
    except BaseException:
        return "Exception"
    if not isinstance(name, str):
        return "Exception"
    if isinstance(module, str) and module not in ("builtins", "__main__", source.module):
        name = f"{module}.{name}"
    return name[:LONGEST_LINE]


def message_of(exception):
    """`str(exception)`, whatever the author made of that."""
    try:
        text = str(exception)
        if isinstance(exception, ModuleNotFoundError) and isinstance(exception.name, str):
            text = f"{text} ({_reason(exception.name.partition('.')[0])})"
    except BaseException as error:
        try:
            return f"<its message can't be read: {type(error).__name__}>"
        except BaseException:
            return "<its message can't be read>"
    text = str.__str__(text)
    if len(text) > LONGEST_MESSAGE:
        text = text[:LONGEST_MESSAGE] + "…"
    return text


def _reason(module):
    """Why a module isn't there."""
    return _ABSENT_PARTS.get(module) or (_LEFT_OUT if module in stdlib_module_names else _ABSENT)


def report(exception, source):
    """Type, message, place and traceback of an exception."""
    kind = type(exception)
    name = type_name(kind, source)
    message = message_of(exception)
    if kind is MemoryError and not message:
        message = "out of memory"
    frames = _frames(exception, source)
    line = column = None
    if frames:
        line, code, instruction = frames[-1]
        position = next(islice(code.co_positions(), instruction // 2, None), None)
        # The instruction that failed may begin on an earlier line than the one the frame stands at.
        if position is not None and position[0] is not None:
            line = position[0]
            column = source.column(line, position[2])
    traceback = _lines(frames, source)
    traceback.append(f"{name}: {message}"[:LONGEST_LINE].replace("\n", " ") if message else name)
    return {"type": name, "message": message, "line": line, "column": column, "traceback": traceback}


def _frames(exception, source):
    """(line, code, instruction) of each frame in the author's file, outermost first."""
    frames = []
    step = _traceback_of(exception)
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == source.file:
            frames.append((step.tb_lineno, code, step.tb_lasti))
        step = step.tb_next
    return frames


def _lines(frames, source):
    left_out = 0
    if len(frames) > MOST_LINES - 1:
        left_out = len(frames) - (MOST_LINES - 2)
        frames = frames[:FIRST_FRAMES] + frames[FIRST_FRAMES + left_out :]
    lines = []
    for index, (line, code, _) in enumerate(frames):
        if left_out and index == FIRST_FRAMES:
            lines.append(f"... {left_out} more frames ...")
        place = f"line {line}" if code.co_name == "<module>" else f"line {line}, in {code.co_qualname}"
        text = source.line(line).strip()
        lines.append(f"{place}: {text}"[:LONGEST_LINE] if text else place)
    return lines
