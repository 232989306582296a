# Attack: a loop in `__repr__` of an exception that is reported
# Tries: to keep the guest code busy that writes the error
# Ends: out_of_fuel
class Reason(Exception):
    def __str__(self):
        while True:
            pass


def score(event):
    raise Reason
