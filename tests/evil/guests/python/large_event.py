# Attack: an event of three megabytes
# Tries: to take all memory with copies of what the host hands over
# Ends: out_of_memory
# Limits: memory 8_388_608
# Event: large
def score(event):
    return len([event["output"] + str(number) for number in range(100)])
