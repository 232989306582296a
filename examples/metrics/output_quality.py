"""A few cheap signs of a good answer: 50 to 10,000 characters, no shouting, no template left unfilled, not the same
sentence again and again. Tells everything that is wrong, not only the first thing."""

import re

TEMPLATE = re.compile(r"\{\{ *[a-z_]+ *\}\}|\[INSERT [A-Z ]+\]|lorem ipsum")


def output_quality(output):
    text = output.strip()
    problems = []
    if len(text) < 50:
        problems.append(f"too short ({len(text)} characters)")
    if len(text) > 10_000:
        problems.append(f"too long ({len(text)} characters)")
    if text.isupper():
        problems.append("all in capitals")
    if TEMPLATE.search(text):
        problems.append("a template was not filled in")

    seen = set()
    for sentence in text.lower().split("."):
        sentence = sentence.strip()
        if len(sentence) > 20:
            if sentence in seen:
                problems.append(f"says twice: {sentence[:40]}")
            seen.add(sentence)

    return {"score": not problems, "label": "poor" if problems else "good", "explanation": "; ".join(problems)}
