# Attack: objects that compare by comparing
# Tries: to overflow the stack through rich comparisons of containers
# Ends: runtime_error
# Says: RecursionError
class Mirror:
    def __eq__(self, other):
        return [self, {1: other}] == [other, {1: self}]

    __hash__ = None


def score(event):
    return Mirror() == Mirror()
