import re

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
PHONE = re.compile(r"\+?\d[\d ()-]{7,}\d")
CARD = re.compile(r"\b(?:\d[ -]?){13,16}\b")
WORD = re.compile(r"[a-z]{4,}")
STOPWORDS = {"that", "this", "with", "from", "have", "your", "will", "would", "which", "when", "what", "there"}


def judge(event):
    output, asked = event["output_text"], event["input_text"]
    if len(output) < 20:
        return {"score": 0.0, "reason": "too short"}
    for name, pattern in (("an e-mail address", EMAIL), ("a phone number", PHONE), ("a card number", CARD)):
        if pattern.search(output):
            return {"score": 0.0, "reason": "contains " + name}
    words = set(WORD.findall(output.lower()))
    wanted = set(WORD.findall(asked.lower())) - STOPWORDS
    shared = wanted & words
    score = len(shared) / max(1, len(wanted))
    return {"score": score, "reason": f"{len(shared)} of {len(wanted)} words: " + ", ".join(sorted(shared)[:5])}
