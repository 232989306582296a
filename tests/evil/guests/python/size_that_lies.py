# Attack: a list that is changed while it is read, a length that is not
# Tries: to have C code read beyond the end of a list
# Ends: ok
# Returns: true
class Liar(list):
    def __len__(self):
        return 2**31 - 1

    def __length_hint__(self):
        return 2**31 - 1


class Clears:
    def __init__(self, inside):
        self.inside = inside

    def __index__(self):
        self.inside.clear()
        return 0

    def __eq__(self, other):
        self.inside.clear()
        return False

    __hash__ = None


def score(event):
    inside = list(range(1000))
    inside.append(Clears(inside))
    assert inside.count(Clears(inside)) >= 0
    array = bytearray(1000)
    try:
        array[Clears(array)] = Clears(array)
    except IndexError:
        pass
    try:
        assert [*Liar([1])] == [1]
    except MemoryError:
        pass
    return sum(Liar([1, 2])) == 3
