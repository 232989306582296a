"""Runs what every event runs before the memory is stored, so that events find it specialised."""

import json
import sys

_DOCUMENT = json.dumps(
    {
        "id": "1",
        "input": [{"role": "user", "content": "a"}],
        "output": {"content": "b c", "n": 1.5},
        "input_text": "a",
        "output_text": "b c",
        "expected": None,
        "metadata": {"x": [1, 2, True, None]},
        "properties": {},
    }
)
_SOURCES = (
    "def score(event):\n return {'score': len(event['output_text']) / 2, 'reason': 'ä', 'metadata': {'x': [1, (2.5, None)]}}\n",
    "def score(output, expected):\n return True\n",
    "def grade(sample, item):\n return 1.0\n",
    "def perform_eval(run, example):\n return [{'key': 'a', 'score': 1}]\n",
    "def score():\n return inputs['question']\n",
    "result = len(outputs['content'])\n",
    "def score(event):\n return event['nothing']['x']\n",
    "def score(event:\n",
    "def score(event):\n return {1, 2}\n",
)


def warm(load, evaluate):
    """Loads a few snippets and gives each some events."""
    from boot import running

    for source in _SOURCES:
        load(json.dumps({"source": source, "file": "metric.py", "convention": None, "entry": None}))
        for _ in range(20):
            evaluate(_DOCUMENT)
    running.snippet = None
    sys.modules.pop(running.MODULE)
