# Attack: XML that nests five thousand deep
# Tries: to overflow a stack in C, when it is read, written and freed
# Ends: runtime_error
# Says: RecursionError
import xml.etree.ElementTree as tree


def score(event):
    return len(tree.tostring(tree.fromstring("<a>" * 5000 + "</a>" * 5000)))
