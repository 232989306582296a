# Attack: the guest code that answers, replaced
# Tries: to answer the host with what no metric can answer
# Ends: runtime_error
# Says: the snippet broke the interpreter
import sys


def score(event):
    guest = sys._getframe(2).f_globals
    guest["answers"].answer = lambda value: '{"$error": {"type": 5, "kind": "crashed", "line": -1}}'
    return True
