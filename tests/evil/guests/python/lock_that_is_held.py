# Attack: a lock that is taken twice
# Tries: to wait for ever without doing anything, which would cost no fuel
# Ends: out_of_fuel
import threading


def score(event):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
