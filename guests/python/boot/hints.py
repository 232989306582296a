"""What is worth telling an author about a snippet that is otherwise fine."""

import ast

# Functions of `re` that compile the pattern they are given. Events start from the memory as it was when the snippet had
# been loaded, so the patterns that `re` keeps are only those compiled by then.
_COMPILING = frozenset("compile search match fullmatch findall finditer split sub subn".split())
MOST_HINTS = 20


def hints(facts, tree, source):
    """The hints for a snippet, in the order of its lines."""
    if "re" not in facts.imports:
        return []
    modules, functions = _names_of_re(tree)
    found = {}
    for call in facts.calls:
        if _compiles(call, modules, functions):
            column = source.column(call.lineno, call.col_offset)
            found[call.lineno, column] = {
                "code": "regex-per-event",
                "message": "this pattern is compiled for every event",
                "line": call.lineno,
                "column": column,
                "help": "compile the pattern at the top of the file: PATTERN = re.compile(...)",
            }
    return [found[place] for place in sorted(found)][:MOST_HINTS]


def _names_of_re(tree):
    modules, functions = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or "re" for alias in node.names if alias.name == "re"}
        elif isinstance(node, ast.ImportFrom) and node.module == "re" and not node.level:
            functions |= {alias.asname or alias.name for alias in node.names if alias.name in _COMPILING}
    return modules, functions


def _compiles(call, modules, functions):
    called = call.func
    if isinstance(called, ast.Attribute):
        if called.attr not in _COMPILING or not isinstance(called.value, ast.Name) or called.value.id not in modules:
            return False
    elif not isinstance(called, ast.Name) or called.id not in functions:
        return False
    return isinstance(call.args[0].value, (str, bytes))
