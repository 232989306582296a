# Attack: a number that is written, doubled and read
# Tries: to take quadratic time for reading and writing numbers
# Ends: out_of_fuel
def score(event):
    number = 1
    while True:
        number = int(str(number) * 2) ** 2
