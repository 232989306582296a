# Attack: an import hook that loops
# Tries: to run for ever when the guest imports something
# Ends: out_of_fuel
import sys


class Finder:
    @staticmethod
    def find_spec(*_):
        while True:
            pass


def score(event):
    sys.meta_path.insert(0, Finder)
    import nothing_of_this_name
