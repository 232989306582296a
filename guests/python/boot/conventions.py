"""Whose habit a snippet follows, and which of its functions is the metric: docs/conventions.md."""

from boot import arguments
from boot.program import Candidate, Parameter, parameters_of_value

# In this order where more than one is left.
PREFERRED = ("evaluate", "evaluator", "score", "metric", "judge", "main")

BRAINTRUST = ("input", "output", "expected", "metadata")
PHOENIX = ("output", "reference", "input", "metadata", "expected", "ground_truth", "inputs", "outputs")

# convention: (names of functions, lists of parameters, how it is called in an author's words, builder of arguments)
_PLATFORMS = {
    "openai": (("grade",), (("sample", "item"),), "grade(sample, item)", arguments.openai),
    "langsmith": (
        ("perform_eval", "performEval"),
        (("run", "example"),),
        "perform_eval(run, example)",
        arguments.langsmith,
    ),
    "promptfoo": (
        ("get_assert", "getAssert"),
        (("output", "context"),),
        "get_assert(output, context)",
        arguments.promptfoo,
    ),
    "langfuse": ((), (("ctx",),), "evaluate(ctx)", arguments.langfuse),
    "vertex": ((), (("instance",),), "evaluate(instance)", arguments.vertex),
}
_GENERATION = ("generation", "metadata")

CONVENTIONS = ("honeyhive", "openai", "langsmith", "braintrust", "phoenix", "langfuse", "vertex", "promptfoo")
_CALLED = {
    "honeyhive": "a function of one parameter (event) or of none, a variable `result`, or evaluate(generation, metadata)",
    "braintrust": "handler(input, output, expected, metadata)",
    "phoenix": "a function whose parameters are among output, reference, input and metadata",
    **{name: platform[2] for name, platform in _PLATFORMS.items()},
}


class Unclear(Exception):
    """There is no one way to call the snippet."""

    def __init__(self, message, line=None):
        self.message = message
        self.line = line


class Plan:
    """How a snippet is called."""

    __slots__ = ("convention", "candidate", "arguments", "names", "injects")

    def __init__(self, convention, candidate, arguments=None, names=None, injects=False):
        self.convention = convention
        # The function, or `None`: the variable `result` is the value.
        self.candidate = candidate
        # Makes the arguments by position from a document; or
        self.arguments = arguments
        # the names of the arguments that are passed by name.
        self.names = names
        # Whether HoneyHive's names are globals.
        self.injects = injects

    @property
    def entry(self):
        """The name of what gives the value."""
        return self.candidate.name if self.candidate else "result"


def candidates(program, namespace):
    """The functions that may be the metric, by name: those of the source, and what else can be called once it ran."""
    found = {name: value for name, value in program.functions.items() if not name.startswith("_")}
    helpers = set()
    known = [namespace.get(name) for name in found] if namespace else []
    for name, (value, line) in program.assigned.items():
        made = namespace.get(name) if namespace else None
        if name.startswith("_") or name == "result" or not _is_metric(made) or any(made is other for other in known):
            continue
        parameters = parameters_of_value(made)
        if parameters is not None:
            found[name] = Candidate(name, line, *parameters)
            # `score = make_scorer(0.5)`: what makes a metric isn't one.
            helpers |= _called(value)
    return {name: value for name, value in found.items() if name not in helpers}


def _is_metric(value):
    """Whether something that was assigned can be called as a metric: not the classes and functions of others."""
    import functools
    from types import FunctionType, MethodType

    if isinstance(value, (FunctionType, MethodType)):
        return value.__module__ == "metric"
    if isinstance(value, functools.partial):
        return True
    return not isinstance(value, type) and type(value).__module__ == "metric" and callable(value)


def _called(value):
    import ast

    return {
        part.func.id
        for part in (ast.walk(value) if value is not None else ())
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }


def decide(program, namespace, convention, entry):
    """The plan for a snippet; raises `Unclear`. `namespace` is that of the code at its top, if that has run."""
    if convention is not None and convention not in CONVENTIONS:
        raise Unclear(f"the convention {convention} is not for Python; there are {', '.join(CONVENTIONS)}")
    found = candidates(program, namespace)
    if entry is not None:
        return _named(program, found, convention, entry)
    platforms = {name: _platform_of(candidate) for name, candidate in found.items()}
    own = [found[name] for name, platform in platforms.items() if platform in ((convention,) if convention else CONVENTIONS)]
    if len(own) > 1:
        own = _without_helpers(program, own)
    if len(own) == 1:
        return _plan(own[0], platforms[own[0].name])
    if len(own) > 1:
        chosen = _preferred(own) if convention else None
        if chosen is None:
            raise _ambiguous(own)
        return _plan(chosen, convention)
    if convention in (None, "honeyhive") and "result" in program.assigned:
        return Plan("honeyhive", None, injects=True)
    fitting = [candidate for candidate in found.values() if _fits(candidate, convention)]
    left = fitting if len(fitting) == 1 else _without_helpers(program, fitting)
    if len(left) == 1:
        return _plan(left[0], convention or _convention_of(left[0]))
    if left:
        chosen = _preferred(left) or _speaking(left)
        if chosen is None:
            raise _ambiguous(left)
        return _plan(chosen, convention or _convention_of(chosen))
    raise _nothing(program, found, convention)


def _platform_of(candidate):
    """The platform whose own names a function has."""
    names = tuple(parameter.name for parameter in candidate.positional)
    for convention, (functions, lists, _, _) in _PLATFORMS.items():
        count = len(lists[0])
        if candidate.takes(count) and (candidate.name in functions or names[:count] in lists):
            return convention
    if candidate.name == "evaluate" and names[:1] == ("context",) and candidate.takes(1):
        return "langfuse"
    if names[:2] == _GENERATION and candidate.takes(2):
        return "honeyhive"
    if candidate.name == "handler" and _fits(candidate, "braintrust"):
        return "braintrust"
    return None


def _convention_of(candidate):
    """The convention of a function without a platform's names; `None` if it fits none."""
    for convention in ("phoenix", "honeyhive"):
        if _fits(candidate, convention):
            return convention
    return None


def _fits(candidate, convention):
    """Whether a function can be called as a convention does; whether as any of those without own names, for `None`."""
    if convention is None:
        return _convention_of(candidate) is not None
    if convention in _PLATFORMS:
        return candidate.takes(len(_PLATFORMS[convention][1][0]))
    required = {parameter.name for parameter in candidate.required}
    if convention == "braintrust":
        known = set(candidate.names) & set(BRAINTRUST)
        return (required <= known and bool(known or candidate.has(Parameter.NAMES))) or candidate.takes(4)
    if convention == "phoenix":
        known = set(candidate.names) & set(PHOENIX)
        return required <= known and bool(known or (candidate.has(Parameter.NAMES) and not candidate.has(Parameter.REST)))
    return len(required) <= 1 or (candidate.takes(2) and tuple(candidate.names[:2]) == _GENERATION)


def _plan(candidate, convention):
    if convention in _PLATFORMS:
        return Plan(convention, candidate, _PLATFORMS[convention][3])
    if convention in ("braintrust", "phoenix"):
        names = BRAINTRUST if convention == "braintrust" else PHOENIX
        required = {parameter.name for parameter in candidate.required}
        if not required <= set(names):
            return Plan(convention, candidate, arguments.braintrust)
        taken = [name for name in candidate.names if name in names]
        if candidate.has(Parameter.NAMES):
            taken += [name for name in names[:4] if name not in taken]
        return Plan(convention, candidate, names=taken)
    first = tuple(candidate.names[:2])
    if first == _GENERATION and candidate.takes(2):
        return Plan(convention, candidate, arguments.generation)
    if candidate.required or first[:1] == ("event",) or candidate.has(Parameter.REST):
        return Plan(convention, candidate, arguments.honeyhive_arguments)
    return Plan(convention, candidate, names=(), injects=True)


def _without_helpers(program, found):
    """Without the functions that another one or the code at the top mentions. If that leaves none, without those that
    another one mentions; all of them if that leaves none either."""
    mentioned = set()
    for name, names in program.mentions.items():
        mentioned |= names - {name}
    unmentioned = [candidate for candidate in found if candidate.name not in mentioned]
    return [candidate for candidate in unmentioned if candidate.name not in program.handed_on] or unmentioned or found


def _preferred(found):
    by_name = {candidate.name: candidate for candidate in found}
    return next((by_name[name] for name in PREFERRED if name in by_name), None)


def _speaking(found):
    """The only function with several of Phoenix's names, if all others take one value that isn't called an event."""
    fitting = [candidate for candidate in found if _fits(candidate, "phoenix")]
    speaking = [candidate for candidate in fitting if len(set(candidate.names) & set(PHOENIX)) > 1]
    others = [candidate for candidate in found if candidate not in speaking]
    if len(speaking) == 1 and all(other.takes(1) and other.names[:1] not in ([], ["event"]) for other in others):
        return speaking[0]
    return None


def _named(program, found, convention, entry):
    """The plan for an entry that the caller has named."""
    candidate = found.get(entry) or program.functions.get(entry)
    if candidate is None:
        if entry == "result" and entry in program.assigned and convention in (None, "honeyhive"):
            return Plan("honeyhive", None, injects=True)
        if entry in program.assigned:
            raise Unclear(f"the entry {entry} is not a function", program.assigned[entry][1])
        message = f"there is no function {entry} at the top of the snippet"
        if found:
            message += f"; there is {_list(found.values())}"
        raise Unclear(message)
    if convention is None:
        convention = _platform_of(candidate) or _convention_of(candidate)
        if convention is None:
            raise Unclear(f"no convention calls {candidate.text}; {_conventions()}", candidate.line)
    elif not _fits(candidate, convention):
        raise _misfit(candidate, convention)
    return _plan(candidate, convention)


def _misfit(candidate, convention):
    return Unclear(f"{candidate.text} can't be called as {convention} does: {_CALLED[convention]}", candidate.line)


def _ambiguous(found):
    # Helpers come first in most files.
    last = max(found, key=lambda candidate: candidate.line)
    message = f"{len(found)} functions may be the metric: {_list(found)}; name one with --entry {last.name}"
    return Unclear(message, found[0].line)


def _nothing(program, found, convention):
    if len(found) == 1:
        (candidate,) = found.values()
        if convention:
            return _misfit(candidate, convention)
        return Unclear(f"no convention calls {candidate.text}; {_conventions()}", candidate.line)
    if found:
        if convention:
            message = f"no function can be called as {convention} does: {_CALLED[convention]}; there is {_list(found.values())}"
        else:
            message = f"no convention calls any of these functions: {_list(found.values())}; {_conventions()}"
        return Unclear(message, min(candidate.line for candidate in found.values()))
    if program.functions:
        names = ", ".join(program.functions)
        return Unclear(
            f"there is no function to call: names that start with an underscore ({names}) don't count;"
            " name one with --entry"
        )
    return Unclear(
        "there is no function to call: a metric is a function, for example `def score(event): ...`,"
        " or code that sets a variable `result`"
    )


def _conventions():
    called = "; ".join(f"{name}: {_CALLED[name]}" for name in CONVENTIONS)
    return f"use the parameters of one, or name it with --convention ({called})"


def _list(found):
    return ", ".join(f"{candidate.text} in line {candidate.line}" for candidate in found)
