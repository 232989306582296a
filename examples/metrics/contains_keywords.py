"""Does the answer tell people what to do next? It passes when it contains at least one of the phrases below."""

PHRASES = ["you can", "please", "next step", "try ", "first,", "contact", "let me know"]


def perform_eval(run, example):
    answer = run["outputs"]["answer"].lower()
    found = [phrase for phrase in PHRASES if phrase in answer]
    comment = f"found: {', '.join(found)}" if found else f"none of: {', '.join(PHRASES)}"
    return {"key": "tells_what_to_do", "score": bool(found), "comment": comment}
