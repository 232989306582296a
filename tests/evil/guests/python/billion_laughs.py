# Attack: XML whose entities multiply by ten, twelve times
# Tries: to become a terabyte while it is read
# Ends: out_of_fuel
import xml.etree.ElementTree as tree


def score(event):
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    return len(tree.fromstring(f'<!DOCTYPE x [<!ENTITY e0 "laugh">{entities}]><x>&e12;</x>').text)
