# Attack: a syntax tree that is made by hand, twenty thousand deep
# Tries: to overflow the stack of the compiler, which trusts its parser to bound depth
# Ends: runtime_error
# Says: RecursionError
# Limits: fuel 1_000_000_000
import ast


def score(event):
    tree = ast.Constant(1)
    for _ in range(20000):
        tree = ast.UnaryOp(ast.Not(), tree)
    return eval(compile(ast.fix_missing_locations(ast.Expression(tree)), "x", "eval"))
