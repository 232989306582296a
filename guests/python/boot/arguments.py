"""What the functions of each convention are called with: the table of docs/conventions.md."""

from json import JSONDecoder

from boot.program import INJECTED

_decode = JSONDecoder().decode


class Fields(dict):
    """A dict whose keys are attributes as well: platforms differ in which of the two their evaluators see."""

    __slots__ = ()

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no attribute {name!r}; there are {', '.join(self)}", name=name, obj=None) from None

    def __setattr__(self, name, value):
        self[name] = value


class Document:
    """An event, with the values that conventions are made of."""

    __slots__ = ("event", "input", "output", "expected", "metadata")

    def __init__(self, event):
        get = event.get
        self.event = event
        self.expected = get("expected")
        self.metadata = get("metadata")
        if get("properties"):
            # A PostHog event, whose input and output are JSON text where they aren't text.
            self.input = get("input_text")
            self.output = get("output_text")
        else:
            self.input = get("input")
            self.output = get("output")

    def inputs(self):
        """The input as an object."""
        value = self.input
        return value if type(value) is dict else {"input": value, "question": value}


def honeyhive(document):
    """HoneyHive's `event`."""
    event = document.event
    output = document.output
    event["inputs"] = document.inputs()
    event["outputs"] = output if type(output) is dict else {"content": output, "result": output}
    feedback = event.get("feedback")
    event["feedback"] = feedback = feedback if type(feedback) is dict else {}
    if document.expected is not None:
        feedback["ground_truth"] = document.expected
    fill = event.setdefault
    fill("metrics", {})
    fill("config", {})
    fill("user_properties", {})
    fill("event_type", "model")
    fill("event_id", event.get("id"))
    for name in ("event_name", "session_id", "project_id", "source", "start_time", "end_time", "duration", "error"):
        fill(name, None)
    return event


def honeyhive_globals(document):
    """The names that HoneyHive injects."""
    event = honeyhive(document)
    values = {name: event.get(name) for name in INJECTED}
    values["event"] = event
    return values


def honeyhive_arguments(document):
    """`f(event)`."""
    return (honeyhive(document),)


def generation(document):
    """HoneyHive's older `evaluate(generation, metadata)`."""
    return document.event.get("output_text"), document.metadata


def openai(document):
    """`grade(sample, item)`."""
    event = document.event
    text = event.get("output_text")
    output = document.output
    tools = _tools(event, output)
    message = {"role": "assistant", "content": text}
    if tools:
        message["tool_calls"] = tools
    sample = {
        "output_text": text,
        "output_json": output if type(output) in (dict, list) else _parsed(text),
        "output_tools": tools,
        "choices": [{"index": 0, "message": message}],
        "model": _model(event),
    }
    item = event.get("item")
    if type(item) is not dict:
        expected = document.expected
        item = {
            "input": document.input,
            "expected": expected,
            "reference": expected,
            "reference_answer": expected,
            "expected_output": expected,
            "ground_truth": expected,
            "label": expected,
            "metadata": document.metadata,
        }
        if type(document.input) is dict:
            item |= document.input
    return sample, item


def _parsed(text):
    """A text that is a JSON object or list, parsed."""
    if type(text) is str and text.lstrip(" \t\r\n")[:1] in ("{", "["):
        try:
            return _decode(text)
        except (ValueError, RecursionError):
            pass
    return None


def _tools(event, output):
    for place in (event, output):
        if type(place) is dict:
            for key in ("output_tools", "tool_calls"):
                if type(place.get(key)) is list:
                    return place[key]
    return []


def _model(event):
    for place, key in ((event, "model"), (event.get("metadata"), "model"), (event.get("properties"), "$ai_model")):
        if type(place) is dict and place.get(key) is not None:
            return place[key]
    return None


def langsmith(document):
    """`perform_eval(run, example)`."""
    event = document.event
    output, expected = document.output, document.expected
    inputs = document.inputs()
    run = Fields(
        id=event.get("id"),
        name=event.get("name", event.get("event_name")),
        run_type="llm",
        inputs=inputs,
        outputs=output if type(output) is dict else {"output": output, "answer": output},
        error=event.get("error"),
        extra={"metadata": document.metadata},
    )
    if expected is None:
        reference = {}
    elif type(expected) is dict:
        reference = expected
    else:
        reference = {"output": expected, "answer": expected, "expected": expected}
    example = Fields(id=event.get("id"), inputs=inputs, outputs=reference, metadata=document.metadata)
    return run, example


def by_name(document):
    """What Braintrust and Phoenix pass by name, under all names they have for it."""
    return {
        "input": document.input,
        "inputs": document.input,
        "output": document.output,
        "outputs": document.output,
        "expected": document.expected,
        "reference": document.expected,
        "ground_truth": document.expected,
        "metadata": document.metadata,
    }


def braintrust(document):
    """`handler(input, output, expected, metadata)` by position."""
    return document.input, document.output, document.expected, document.metadata


def langfuse(document):
    """`evaluate(ctx)`."""
    event = document.event
    tools = _tools(event, document.output)
    experiment = None
    if document.expected is not None:
        experiment = Fields(
            item_expected_output=document.expected,
            itemExpectedOutput=document.expected,
            item_metadata=document.metadata,
            itemMetadata=document.metadata,
        )
    observation = Fields(
        id=event.get("id"),
        input=document.input,
        output=document.output,
        metadata=document.metadata,
        tool_calls=tools,
        toolCalls=tools,
    )
    return (Fields(observation=observation, experiment=experiment),)


def vertex(document):
    """`evaluate(instance)`."""
    instance = {
        "prompt": document.input,
        "response": document.output,
        "reference": document.expected,
        "metadata": document.metadata,
    }
    if type(document.input) is dict:
        instance |= document.input
    return (instance,)


def promptfoo(document):
    """`get_assert(output, context)`."""
    variables = dict(document.inputs())
    if document.expected is not None:
        variables["expected"] = document.expected
    context = {
        "vars": variables,
        "prompt": document.event.get("input_text"),
        "test": {"vars": variables, "metadata": document.metadata},
        "config": {},
        "provider": None,
        "logProbs": None,
        "providerResponse": {"output": document.output},
    }
    return document.output, context
