"""How many of the question's longer words come back in the answer: a score from 0 to 1."""

import re

# The top of the file runs once, not for every event.
WORD = re.compile(r"\w{5,}")


def evaluate(event):
    question = set(WORD.findall(event["input_text"].lower()))
    answer = set(WORD.findall(event["output_text"].lower()))
    if not question:
        return None
    shared = question & answer
    return {
        "score": round(len(shared) / len(question), 2),
        "reason": ", ".join(sorted(shared)) or "nothing in common",
    }
