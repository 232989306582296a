# Attack: a list of lists of lists: forty lines that are a terabyte of JSON
# Tries: to take all memory, or for ever, while the answer is written
# Ends: out_of_fuel
def score(event):
    bomb = "x" * 1000
    for _ in range(40):
        bomb = [bomb, bomb]
    return bomb
