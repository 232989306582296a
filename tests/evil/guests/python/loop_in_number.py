# Attack: a number that takes for ever to become one
# Tries: to keep the code busy that reads the answer
# Ends: out_of_fuel
class Slow(float):
    def __float__(self):
        while True:
            pass

    __repr__ = __str__ = __eq__ = __hash__ = __bool__ = __int__ = __index__ = __ne__ = __lt__ = __gt__ = __float__
    __format__ = lambda self, spec: self.__float__()


def score(event):
    return Slow(0.5).__float__() or Slow(0.5)
