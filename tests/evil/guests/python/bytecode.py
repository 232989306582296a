# Attack: a code object with instructions that make no sense
# Tries: to read and write the memory of the interpreter, or to crash it
# Ends: runtime_error
# Says: the snippet broke the interpreter
def score(event):
    code = (lambda: 0).__code__
    return eval(code.replace(co_code=bytes([100, 255] * 50 + [83, 0]), co_consts=(), co_stacksize=1))
