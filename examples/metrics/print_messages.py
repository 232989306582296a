"""Prints the conversation, one line a message, and fails when there is no message of a user in it. Look at the logs to
see what a metric gets to see."""

import json


def print_messages(event):
    messages = event["properties"].get("$ai_input")
    if not isinstance(messages, list) or not messages:
        return {"pass": False, "reason": f"the input is no list of messages: {event['input'][:60]}"}
    asked = False
    for number, message in enumerate(messages, start=1):
        if not isinstance(message, dict):
            print(f"{number}. {type(message).__name__}: {message}")
            continue
        content = message.get("content")
        shown = content if isinstance(content, str) else json.dumps(content)
        print(f"{number}. {message.get('role', 'nobody')}: {shown[:80]}")
        asked = asked or message.get("role") == "user"
    return asked
