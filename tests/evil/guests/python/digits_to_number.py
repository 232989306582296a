# Attack: int("9" * 10 ** 6)
# Tries: to take quadratic time for reading a number
# Ends: out_of_fuel
def score(event):
    return int("9" * 10**6) > 0
