"""When somebody asks for JSON, is the answer JSON? Does not apply (None) to all other events, so that they count
neither as passed nor as failed."""

import json


def get_assert(output, context):
    if "json" not in context["prompt"].lower():
        return None
    # Models like to wrap JSON in a fence.
    text = output.strip().removeprefix("```json").strip("`").strip()
    try:
        parsed = json.loads(text)
    except ValueError as error:
        return {"pass": False, "reason": f"not JSON: {error}"}
    return {"pass": True, "reason": f"valid JSON of type {type(parsed).__name__}"}
