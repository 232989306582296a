"""Does the answer speak of what was asked? At least 30 % of the longer words of the last question must come up in it.
Does not apply (None) to questions with fewer than three such words."""

import re

WORD = re.compile(r'[^\s.,;:?!()"]+')


def content_text(content):
    """The text of a message; with pictures and the like, its content is a list of blocks."""
    if isinstance(content, list):
        return " ".join(block.get("text", "") for block in content if isinstance(block, dict))
    return content or ""


def last_question(event):
    messages = event["properties"].get("$ai_input")
    if not isinstance(messages, list):
        return event["input"]
    asked = [message for message in messages if isinstance(message, dict) and message.get("role") == "user"]
    return content_text(asked[-1].get("content")) if asked else ""


def evaluate(event):
    answer = event["output_text"].lower()
    words = {word for word in WORD.findall(last_question(event).lower()) if len(word) > 4}
    if len(words) < 3:
        return None
    hits = sum(word in answer for word in words)
    return {
        "pass": hits / len(words) >= 0.3,
        "reason": f"{hits} of {len(words)} words of the question come up in the answer",
    }
