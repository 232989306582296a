# Attack: an exception with a message, a name and a traceback of a megabyte each
# Tries: to get more out through errors than a result may have
# Ends: runtime_error
def score(event):
    kind = type("E" * 10**6, (Exception,), {})
    frame = {}
    name = "f" * 10**5
    exec(compile(f"def {name}(kind): raise kind('x' * 10**7)", "y" * 10**6, "exec"), frame)
    frame[name](kind)
