"""An event, from its JSON to the answer."""

import builtins
import random
import sys
from json import JSONDecoder
from types import ModuleType

from _jurybox import random as random_number
from boot import answers, failures, modules, output, waiting
from boot.arguments import Document, by_name, honeyhive_globals
from boot.program import Parameter

_decoder = JSONDecoder()
_scan = _decoder.scan_once
_seed = random._inst.seed

# Given back when the author's code has used up the memory, so that there is room to say so.
RESERVE = 1 << 20
_reserve = [bytearray(RESERVE)]

# The name of the author's module.
MODULE = "metric"


class Snippet:
    """A loaded snippet."""

    __slots__ = ("source", "code", "module", "call", "plan", "bound")

    def __init__(self, source, code):
        self.source = source
        self.code = code
        self.module = None
        self.plan = None
        self.call = None
        self.bound = frozenset()

    def run_top(self, injected=()):
        """Runs the code at the top in a fresh module."""
        self.module = module = ModuleType(MODULE)
        namespace = module.__dict__
        namespace["__file__"] = self.source.file
        # Not ours, which `exec` would give it.
        namespace["__builtins__"] = builtins
        namespace.update(injected)
        sys.modules[MODULE] = module
        exec(self.code, namespace)
        return namespace

    def ready(self, plan, runs_per_event):
        """Decides how events are judged."""
        self.plan = plan
        self.bound = frozenset(self.module.__dict__) if self.module else frozenset()
        if plan.injects or runs_per_event:
            self.call = self._with_globals if runs_per_event or plan.candidate is None else self._with_names
        else:
            self.call = _caller(self.module.__dict__[plan.entry], plan)

    def _with_globals(self, event):
        """The code at the top runs for every event, with HoneyHive's names."""
        namespace = self.run_top(_injected(event))
        if self.plan.candidate is None:
            return namespace.get("result")
        return self._called(namespace, event)

    def _with_names(self, event):
        """The code at the top has run; its functions see HoneyHive's names, except those that it uses itself."""
        namespace = self.module.__dict__
        for name, value in _injected(event).items():
            if name not in self.bound:
                namespace[name] = value
        return self._called(namespace, event)

    def _called(self, namespace, event):
        function = namespace.get(self.plan.entry)
        if function is None:
            raise NameError(f"name {self.plan.entry!r} is not defined", name=self.plan.entry)
        return _caller(function, self.plan)(event)


def _injected(event):
    values = event.get("args")
    return values if type(values) is dict else honeyhive_globals(Document(event))


def _caller(function, plan):
    """A function of the event that calls the metric as its convention does."""
    build, names, candidate = plan.arguments, plan.names, plan.candidate

    if build is not None:

        def call(event):
            if "args" in event and type(event["args"]) is dict:
                return _replay(function, candidate, event["args"])
            return function(*build(Document(event)))

    else:
        first = [
            parameter.name
            for parameter in candidate.parameters
            if parameter.kind == Parameter.ONLY_POSITION and parameter.name in names
        ]
        others = [name for name in names if name not in first]

        def call(event):
            if "args" in event and type(event["args"]) is dict:
                return _replay(function, candidate, event["args"])
            if not names:
                return function()
            values = by_name(Document(event))
            return function(*[values[name] for name in first], **{name: values[name] for name in others})

    return call


def _replay(function, candidate, values):
    """Calls the metric with the values that an event names."""
    positional, named = [], {}
    for parameter in candidate.parameters:
        if parameter.kind == Parameter.ONLY_POSITION and parameter.name in values:
            positional.append(values[parameter.name])
        elif parameter.kind < Parameter.REST and parameter.name in values:
            named[parameter.name] = values[parameter.name]
        elif parameter.kind == Parameter.NAMES:
            taken = candidate.names
            named.update((name, value) for name, value in values.items() if name not in taken)
    return function(*positional, **named)


snippet = None


def evaluate(text):
    """The answer to an event document."""
    try:
        if not _reserve:
            _reserve.append(bytearray(RESERVE))
        if modules.random_is_seen:
            _seed(random_number())
        try:
            event = _scan(text, 0)[0]
        except StopIteration:
            event = _decoder.decode(text)
        value = snippet.call(event)
        if waiting.is_awaitable(value):
            value = waiting.result_of(value)
        answer = answers.answer(value)
    except BaseException as error:
        answer = failed(error)
    output.finish()
    return answer


def failed(error):
    """The answer for an exception that nothing caught."""
    if isinstance(error, MemoryError):
        _reserve.clear()
    if type(error) is waiting.Never:
        return answers.invalid(waiting.NEVER)
    try:
        return answers.text({"$error": failures.report(error, snippet.source)})
    except BaseException as error:
        # The exception's own class got in the way.
        return answers.text({"$error": _without_details(error)})


def _without_details(error):
    name = "MemoryError" if type(error) is MemoryError else "Exception"
    return {"type": name, "message": "its message can't be read", "line": None, "column": None, "traceback": []}
