"""A snippet, from its source to a plan for events."""

import ast
from builtins import compile
from json import JSONDecoder

from boot import answers, conventions, failures, hints, modules, output, program, running

_decode = JSONDecoder().decode
_NESTED = "the source is nested too deeply"


def load(text):
    """The answer to a load request."""
    request = _decode(text)
    file = request.get("file") or "metric.py"
    source = failures.Source(file, running.MODULE, request["source"].removeprefix("\ufeff"))
    modules.remember_source(source)
    try:
        answer = {"ok": _loaded(source, request)}
    except _Refused as refused:
        answer = {"error": refused.error}
    except BaseException as error:
        running._reserve.clear()
        answer = {"error": _error("exception", **failures.report(error, source))}
    output.finish()
    return answers.text(answer)


class _Refused(Exception):
    def __init__(self, error):
        self.error = error


def _error(kind, type, message, line=None, column=None, end_line=None, end_column=None, traceback=()):
    return {
        "kind": kind,
        "type": type,
        "message": message,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "traceback": list(traceback),
    }


def _loaded(source, request):
    code, tree, facts = _compiled(source)
    snippet = running.snippet = running.Snippet(source, code)
    namespace = None
    try:
        whole = facts.runs_per_event
        if not whole and not _is_program(facts, request):
            namespace = snippet.run_top()
        plan = conventions.decide(facts, namespace, request.get("convention"), request.get("entry"))
        if plan.candidate is None:
            whole = True
        elif namespace is None and not whole:
            namespace = snippet.run_top()
            plan = conventions.decide(facts, namespace, request.get("convention"), request.get("entry"))
    except conventions.Unclear as unclear:
        raise _Refused(_error("convention", None, unclear.message, unclear.line)) from None
    modules.preload(sorted(facts.imports))
    snippet.ready(plan, whole)
    return {"convention": plan.convention, "entry": plan.entry, "hints": hints.hints(facts, tree, source)}


def _is_program(facts, request):
    """Whether the value may be the variable `result`: then the code at the top runs for events, not now."""
    return "result" in facts.assigned and request.get("convention") in (None, "honeyhive")


def _compiled(source):
    """The code, the syntax tree and the facts; raises `_Refused` for what is not Python."""
    text, file = source.text, source.file
    try:
        # Parsing is the dearest part: it is done once.
        tree = compile(text, file, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        code = compile(tree, file, "exec", dont_inherit=True)
        return code, tree, program.Program(tree)
    except SyntaxError as error:
        raise _Refused(_syntax(error, source)) from None
    except (RecursionError, MemoryError) as error:
        raise _Refused(_error("syntax", "SyntaxError", _NESTED)) from None
    except ValueError as error:
        raise _Refused(_error("syntax", "SyntaxError", f"{error}")) from None


def _syntax(error, source):
    line, column = error.lineno, error.offset
    end_line, end_column = error.end_lineno, error.end_offset
    message = error.msg
    if "null bytes" in message and "\0" in source.text:
        before = source.text[: source.text.index("\0")]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        end_line, end_column = line, column + 1
    known = [value if isinstance(value, int) and value > 0 else None for value in (line, column, end_line, end_column)]
    return _error("syntax", type(error).__name__, message, *known)
