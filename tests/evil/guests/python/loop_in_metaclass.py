# Attack: a class that loops when it is looked at
# Tries: to keep busy whoever asks for the type of the answer
# Ends: out_of_fuel
class Meta(type):
    def __instancecheck__(cls, instance):
        while True:
            pass

    __subclasscheck__ = __getattribute__ = __eq__ = __instancecheck__
    __hash__ = type.__hash__


class Answer(metaclass=Meta):
    @property
    def __class__(self):
        while True:
            pass


def score(event):
    return isinstance(1, Answer)
