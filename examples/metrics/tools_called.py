"""Were only tools called that the assistant may use, and was at least one called? Does not apply (None) to events
without tools."""

ALLOWED = {
    "search_flights",
    "search_hotels",
    "get_weather",
    "lookup_order",
    "run_tests",
    "read_file",
    "search_docs",
    "book_appointment",
}


def tools_called(event):
    properties = event["properties"]
    called = properties.get("$ai_tools_called")
    if called is None:
        if not properties.get("$ai_tools"):
            return None
        return {"pass": False, "reason": "tools were offered and none was called"}

    # Most SDKs send one text with commas, some a list.
    names = called if isinstance(called, list) else str(called).split(",")
    names = {str(name).strip() for name in names} - {""}
    refused = sorted(names - ALLOWED)
    if refused:
        return {"pass": False, "reason": f"not allowed: {', '.join(refused)}"}
    return {"pass": True, "reason": f"called: {', '.join(sorted(names))}"}
