# Attack: all classes, from the empty tuple
# Tries: to find a class that opens files or runs commands
# Ends: ok
# Returns: true
def score(event):
    worked = []
    for kind in ().__class__.__base__.__subclasses__():
        inside = getattr(getattr(kind, "__init__", None), "__globals__", {})
        for name in ("os", "sys", "subprocess", "posix"):
            module = inside.get(name)
            try:
                module.system("id")
                worked.append(kind.__name__)
            except Exception:
                pass
    return {"score": not worked, "metadata": {"worked": worked}}
