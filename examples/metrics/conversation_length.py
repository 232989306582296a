"""Fails when the conversation has more than 10 messages: people should not need that many."""

LIMIT = 10

messages = event["properties"].get("$ai_input")
count = len(messages) if isinstance(messages, list) else 1

print(f"{count} of at most {LIMIT} messages")
result = count <= LIMIT
