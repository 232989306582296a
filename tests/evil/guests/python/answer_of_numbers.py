# Attack: a number of ten thousand digits
# Tries: to have the host read a number that takes long to read
# Ends: invalid_result
# Says: a number out of range
def score(event):
    return 10**10000
