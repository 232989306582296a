# Attack: an event of a megabyte
# Tries: to take all memory with copies of what the host hands over
# Ends: out_of_memory
# Limits: fuel 1_000_000_000, memory 4_194_304
# Event: large
def score(event):
    return len([event["output"] + str(number) for number in range(100)])
