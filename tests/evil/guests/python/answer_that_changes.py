# Attack: a dictionary that is another at every look
# Tries: to have one check pass, and another value be used
# Ends: ok
# Returns: 0.25
class Moody(dict):
    looks = 0

    def __getitem__(self, key):
        Moody.looks += 1
        return 1 if Moody.looks < 2 else "x" * 10**7

    get = __getitem__


def score(event):
    return Moody(score=0.25)
