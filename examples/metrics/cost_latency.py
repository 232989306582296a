"""Fails when a call costs more than 0.05 USD or takes longer than 10 seconds. Does not apply (None) when neither is
known."""

MAX_COST = 0.05
MAX_SECONDS = 10


def cost_latency():
    properties = event["properties"]
    cost = number(properties.get("$ai_total_cost_usd"))
    seconds = number(properties.get("$ai_latency"))
    if cost is None and seconds is None:
        return None
    print(f"{'unknown' if cost is None else cost} USD, {'unknown' if seconds is None else seconds} s")
    if cost is not None and cost > MAX_COST:
        return {"pass": False, "reason": f"too expensive, the limit is {MAX_COST}"}
    if seconds is not None and seconds > MAX_SECONDS:
        return {"pass": False, "reason": f"too slow, the limit is {MAX_SECONDS}"}
    return True


def number(value):
    """Some SDKs send numbers as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
