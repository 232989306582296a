"""What jurybox hands to metrics in Python, and what they may return.

For editors and type checkers only: the sandbox has no such module, so import it where nothing runs.

    from __future__ import annotations
    from typing import TYPE_CHECKING

    if TYPE_CHECKING:
        from jurybox import HoneyHiveEvent, Returned

    def evaluate(event: HoneyHiveEvent) -> Returned:
        return "sorry" in event["output_text"]

Printed by `jurybox types --language python`. The conventions are those of docs/conventions.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict

Json: TypeAlias = Any
"""A JSON value. As loose as the events themselves, whose shape only the application knows that sent them."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""

# What metrics return

Value: TypeAlias = bool | int | float | str | list[str]
"""What is judged: a boolean, a number, a text, or several texts. A boolean is never a number; NaN and infinity are invalid."""

Result = TypedDict(
    "Result",
    {
        # The value: the first of these that is there and not None. `pass` and `passed` also decide whether it passes,
        # unless a pass rule is given.
        "score": Value | None,
        "value": Value | None,
        "result": Value | None,
        "pass": bool | None,
        "passed": bool | None,
        "label": str | None,
        # Why: the reasoning of the verdict.
        "reason": str | None,
        "reasoning": str | None,
        "explanation": str | None,
        "comment": str | None,
        "rationale": str | None,
        # Which one it is, where a list of several is returned.
        "name": str,
        "key": str,
        # Kept with the verdict, as is everything else that stands here.
        "metadata": JsonObject | None,
    },
    total=False,
)
"""A value and what is to be said about it. Of the first six keys one is needed; all of them None: it does not apply."""

Returned: TypeAlias = (
    bool | int | float | str | Result | Sequence[Result | str] | Mapping[str, Value | Result | None] | None
)
"""What a metric may return, also from a coroutine: a value, a result, several of either. None means "not applicable", which is an error unless that is allowed (`--allow-na`).

Dataclasses and named tuples with these attributes, enums, `Decimal` and `Fraction` are understood, too.
"""

# The event document

class Event(TypedDict):
    """An event of any platform in one form. All keys that the event itself has are there, too."""

    id: str | None
    """What it is called."""
    input: Json
    """What the model was given."""
    output: Json
    """What it answered."""
    input_text: str
    """What the model was given, as text that people can read."""
    output_text: str
    """What it answered, likewise."""
    expected: Json
    """The ground truth; None where there is none."""
    metadata: JsonObject
    """Empty where there is none."""
    properties: JsonObject
    """The properties of a PostHog event; empty for others."""

# honeyhive: a function of one parameter, or of none with these keys as globals

class Feedback(TypedDict):
    """What people said about an event."""

    ground_truth: Json
    """Only there if there is one; `--needs-ground-truth` skips the other events."""

class HoneyHiveEvent(Event):
    """The event document with HoneyHive's keys."""

    event_id: str | None
    inputs: JsonObject
    """What the model was given; `input` and `question` if that is no object."""
    outputs: JsonObject
    """What it answered; `content` and `result` if that is no object."""
    feedback: Feedback
    metrics: JsonObject
    config: JsonObject
    user_properties: JsonObject
    event_type: str
    """`model`, if the event has none."""
    event_name: str | None
    session_id: str | None
    project_id: str | None
    source: str | None
    start_time: Json
    end_time: Json
    duration: float | None
    error: Json

class HoneyHiveMetric(Protocol):
    """The function has any name."""

    def __call__(self, event: HoneyHiveEvent, /) -> Returned: ...

class HoneyHiveLegacyMetric(Protocol):
    """The function is called `evaluate`."""

    def __call__(self, generation: str, metadata: JsonObject, /) -> Returned: ...

# openai: grade(sample, item)

class Message(TypedDict):
    """One message of a model."""

    role: str
    content: Json
    tool_calls: list[Json]

class Choice(TypedDict):
    """One answer of a model."""

    message: Message

class Sample(TypedDict):
    """What the model answered."""

    output_text: str
    output_json: Json
    """The answer, or its text parsed, if that is an object or a list; else None."""
    output_tools: list[Json]
    choices: list[Choice]
    """Exactly one."""
    model: str | None

class Item(TypedDict):
    """What it was asked, and the ground truth under all its names. The keys of an input that is an object are there, too."""

    input: Json
    expected: Json
    reference: Json
    reference_answer: Json
    expected_output: Json
    ground_truth: Json
    label: Json
    metadata: JsonObject

class OpenAiGrader(Protocol):
    """The function is called `grade`."""

    def __call__(self, sample: Sample, item: Item, /) -> Returned: ...

# langsmith: perform_eval(run, example)

class RunExtra(TypedDict):
    """Where LangSmith keeps metadata."""

    metadata: JsonObject

class Run(TypedDict):
    """What the application did."""

    id: str | None
    name: str | None
    run_type: str
    inputs: JsonObject
    """What the model was given; `input` and `question` if that is no object."""
    outputs: JsonObject
    """What it answered; `output` and `answer` if that is no object."""
    error: Json
    extra: RunExtra

class Example(TypedDict):
    """What it should have done."""

    id: str | None
    inputs: JsonObject
    outputs: JsonObject
    """The ground truth; `output`, `answer` and `expected` if that is no object; empty if there is none."""
    metadata: JsonObject

class LangSmithEvaluator(Protocol):
    """The function is called `perform_eval`."""

    def __call__(self, run: Run, example: Example, /) -> Returned: ...

# braintrust: handler(input, output, expected, metadata), any of them, by name

class BraintrustHandler(Protocol):
    """The function is called `handler`."""

    def __call__(self, *, input: Json, output: Json, expected: Json, metadata: JsonObject) -> Returned: ...

# phoenix: any name, with any of these parameters; `expected`, `ground_truth`, `inputs` and `outputs` are synonyms

class PhoenixEvaluator(Protocol):
    """The function has any name."""

    def __call__(self, *, output: Json, reference: Json, input: Json, metadata: JsonObject) -> Returned: ...

# langfuse: evaluate(ctx); attributes (`ctx.observation`) and keys (`ctx["observation"]`) are the same

class Observation(JsonObject):
    """What the application did."""

    id: str | None
    input: Json
    output: Json
    metadata: JsonObject
    tool_calls: list[Json]

class Experiment(JsonObject):
    """What it should have done."""

    item_expected_output: Json
    item_metadata: JsonObject | None

class LangfuseContext(JsonObject):
    """The argument of `evaluate`."""

    observation: Observation
    experiment: Experiment | None
    """None if there is no ground truth."""

class LangfuseEvaluator(Protocol):
    """The function is called `evaluate`."""

    def __call__(self, ctx: LangfuseContext, /) -> Returned: ...

# vertex: evaluate(instance)

class VertexInstance(TypedDict):
    """The argument of `evaluate`. The keys of an input that is an object are there, too."""

    prompt: Json
    response: Json
    reference: Json
    metadata: JsonObject

class VertexMetric(Protocol):
    """The function is called `evaluate`."""

    def __call__(self, instance: VertexInstance, /) -> Returned: ...

# promptfoo: get_assert(output, context)

class PromptfooTest(TypedDict):
    """The test case."""

    vars: JsonObject
    metadata: JsonObject

class PromptfooProviderResponse(TypedDict):
    """What the model answered."""

    output: Json

class PromptfooContext(TypedDict):
    """The second argument of `get_assert`."""

    vars: JsonObject
    """What the model was given; `input` and `question` if that is no object. With `expected`, if there is ground truth."""
    prompt: str
    test: PromptfooTest
    config: JsonObject
    provider: Json
    logProbs: None
    providerResponse: PromptfooProviderResponse

class PromptfooAssertion(Protocol):
    """The function is called `get_assert`."""

    def __call__(self, output: Json, context: PromptfooContext, /) -> Returned: ...
