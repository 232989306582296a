# Attack: 10 ** 10 ** 8
# Tries: to compute a number of a hundred million digits in C, without looking at the fuel
# Ends: out_of_fuel
def score(event):
    return (10 ** 10**8) % 7 == 1
