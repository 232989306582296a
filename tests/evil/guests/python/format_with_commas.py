# Attack: a number with commas that is a gigabyte wide
# Tries: to have formatting count commas for ever
# Ends: out_of_fuel
def score(event):
    return f"{10**5:01000000000,}" == ""
