# Attack: an event whose keys all share one slot of an index
# Tries: to take quadratic time for building the event, on the host or in the guest
# Ends: ok
# Returns: 1000
# Event: colliding_keys
def score(event):
    return len(event["metadata"])
