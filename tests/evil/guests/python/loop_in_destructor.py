# Attack: a loop in `__del__`
# Tries: to run for ever after the answer was given, when the interpreter cleans up
# Ends: out_of_fuel
class Undying:
    def __del__(self):
        while True:
            pass


def score(event):
    remains = Undying()
    return True
