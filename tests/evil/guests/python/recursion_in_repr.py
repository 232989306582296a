# Attack: an answer that holds itself, and objects that print themselves
# Tries: to overflow the stack of the code that writes logs and answers
# Ends: runtime_error
# Says: RecursionError
class Self:
    def __repr__(self):
        return f"{[self]!r}"


def score(event):
    print(Self())
