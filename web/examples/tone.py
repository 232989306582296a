"""Which tone has the answer? One of three categories."""


def evaluate(event):
    text = event["output_text"]
    letters = [c for c in text if c.isalpha()]
    if letters and sum(c.isupper() for c in letters) > len(letters) / 2:
        return {"label": "shouting", "reason": "mostly capital letters"}
    if text.count("!") > 2:
        return {"label": "excited", "reason": f"{text.count('!')} exclamation marks"}
    return "calm"
