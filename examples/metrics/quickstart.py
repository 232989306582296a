"""Quickstart: is the answer more than a word or two, and not a wall of text?

A metric is a function that is called once for each event. Its parameters say what it wants to see; it returns a verdict:
a boolean, a number, a text, or a dict with a reason.
"""


def quickstart(output):
    words = len(output.split())
    if words == 0:
        return {"pass": False, "reason": "there is no answer"}
    return {"pass": 3 <= words <= 300, "reason": f"{words} words"}
