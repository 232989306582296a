# Attack: sleeping, polling and waiting
# Tries: to hold a processor or an instance without using fuel
# Ends: ok
# Returns: true
import select
import time


def score(event):
    began = time.time()
    time.sleep(10**8)
    time.sleep(10**8)
    return time.time() - began < 1e9
