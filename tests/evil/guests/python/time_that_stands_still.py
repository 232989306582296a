# Attack: clocks of every kind
# Tries: to measure time, which would tell about the host and about other tenants
# Ends: ok
# Returns: true
import datetime
import time


def score(event):
    clocks = (time.time_ns, time.monotonic_ns, time.perf_counter_ns, time.process_time_ns, lambda: time.clock_gettime_ns(time.CLOCK_REALTIME), datetime.datetime.now)
    before = [clock() for clock in clocks]
    sum(range(10**5))
    after = [clock() for clock in clocks]
    return before == after
