# Attack: dates that no calendar has
# Tries: to overflow the arithmetic of dates
# Ends: runtime_error
# Says: OverflowError
import calendar
import datetime


def score(event):
    assert calendar.isleap(10**30)
    for moment in (10**400, 1e308, float("nan"), -(10**18), 10**18):
        try:
            datetime.datetime.fromtimestamp(moment)
        except (OverflowError, ValueError, OSError):
            continue
        raise AssertionError(moment)
    return datetime.datetime.max + datetime.timedelta.max
