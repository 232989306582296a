# Attack: a dictionary whose `items` and `keys` never end
# Tries: to keep the code busy that reads the answer
# Ends: out_of_fuel
class Endless(dict):
    def forever(self):
        while True:
            yield "score", 1

    items = keys = values = __iter__ = forever

    def __len__(self):
        while True:
            pass

    def __contains__(self, key):
        while True:
            pass

    def __getitem__(self, key):
        while True:
            pass

    get = __getitem__


def score(event):
    return [Endless(score=1), Endless()][event is None :]
