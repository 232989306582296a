# Attack: decorators and class bodies that loop
# Tries: to keep loading busy in what looks like declarations
# Ends: compile_error
# Code: load-limit
def forever(function):
    while True:
        pass


@forever
def score(event):
    return True
