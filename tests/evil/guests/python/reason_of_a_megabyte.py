# Attack: a reason and metadata of a megabyte
# Tries: to get more out than a result may have
# Ends: invalid_result
# Says: the limit is 262144
def score(event):
    text = "x" * 300_000
    return {"score": 1, "reason": text, "metadata": {text: text}}
