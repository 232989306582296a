"""Fails when the call failed, or when the answer shows the inside of a program that broke."""

SIGNS = [
    "traceback (most recent call last)",
    "internal server error",
    "nullpointerexception",
    "undefined is not a function",
    "rate limit exceeded",
    "segmentation fault",
]


def error_detection(event):
    properties = event["properties"]
    if properties.get("$ai_is_error"):
        return failed(f"the call failed: {properties.get('$ai_error', 'no reason given')}")
    # Some SDKs send the status as text.
    status = str(properties.get("$ai_http_status", 200))
    if status.isdigit() and int(status) >= 400:
        return failed(f"the provider answered with status {status}")
    answer = event["output_text"].lower()
    for sign in SIGNS:
        if sign in answer:
            return failed(f"the answer contains: {sign}")
    return True


def failed(reason):
    return {"pass": False, "reason": reason}
