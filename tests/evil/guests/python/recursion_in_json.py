# Attack: a list within a list, twenty thousand deep, as an answer
# Tries: to overflow the stack of the code that writes the answer
# Ends: invalid_result
# Says: nested more than 100 deep
def score(event):
    deep = []
    for _ in range(20000):
        deep = [deep]
    return deep
