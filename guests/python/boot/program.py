"""What can be read off a snippet's source before it runs: its functions, what they mention, what happens at its top."""

import ast
from symtable import symtable

# HoneyHive puts these into the globals of a snippet.
INJECTED = frozenset(
    "event inputs outputs feedback metadata metrics config user_properties event_id event_type event_name session_id"
    " project_id source start_time end_time duration error".split()
)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Parameter:
    """One parameter of a function."""

    __slots__ = ("name", "kind", "required")

    # Kinds: by position alone, by position or name, by name alone, `*` and `**`.
    ONLY_POSITION, ANY, ONLY_NAME, REST, NAMES = range(5)

    def __init__(self, name, kind, required):
        self.name = name
        self.kind = kind
        self.required = required


class Candidate:
    """A function at the top of a snippet that may be its entry."""

    __slots__ = ("name", "line", "parameters", "text", "node")

    def __init__(self, name, line, parameters, text, node=None):
        self.name = name
        self.line = line
        self.parameters = parameters
        self.text = f"{name}({text})"
        self.node = node

    @property
    def required(self):
        """The parameters that must be given."""
        return [parameter for parameter in self.parameters if parameter.required]

    @property
    def positional(self):
        """The parameters that can be given by position."""
        return [parameter for parameter in self.parameters if parameter.kind <= Parameter.ANY]

    @property
    def names(self):
        """The names of all parameters but `*` and `**`."""
        return [parameter.name for parameter in self.parameters if parameter.kind < Parameter.REST]

    def has(self, kind):
        """Whether there is a parameter of a kind."""
        return any(parameter.kind == kind for parameter in self.parameters)

    def takes(self, count):
        """Whether it can be called with so many arguments by position."""
        if any(parameter.kind == Parameter.ONLY_NAME for parameter in self.required):
            return False
        return len(self.required) <= count and (count <= len(self.positional) or self.has(Parameter.REST))


def parameters_of(arguments):
    """The parameters of an `ast.arguments`."""
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    found = [
        Parameter(
            argument.arg,
            Parameter.ONLY_POSITION if index < len(arguments.posonlyargs) else Parameter.ANY,
            index < first_default,
        )
        for index, argument in enumerate(positional)
    ]
    if arguments.vararg:
        found.append(Parameter(arguments.vararg.arg, Parameter.REST, False))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append(Parameter(argument.arg, Parameter.ONLY_NAME, default is None))
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, Parameter.NAMES, False))
    return found


def parameters_of_value(value):
    """The parameters of something callable, and their text; `None` if Python can't tell."""
    import inspect

    kinds = {
        inspect.Parameter.POSITIONAL_ONLY: Parameter.ONLY_POSITION,
        inspect.Parameter.POSITIONAL_OR_KEYWORD: Parameter.ANY,
        inspect.Parameter.KEYWORD_ONLY: Parameter.ONLY_NAME,
        inspect.Parameter.VAR_POSITIONAL: Parameter.REST,
        inspect.Parameter.VAR_KEYWORD: Parameter.NAMES,
    }
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    found = []
    for parameter in signature.parameters.values():
        kind = kinds[parameter.kind]
        required = kind < Parameter.REST and parameter.default is inspect.Parameter.empty
        found.append(Parameter(parameter.name, kind, required))
    return found, str(signature)[1:].partition(") ->")[0].rstrip(")")


class Program:
    """The facts about one snippet."""

    def __init__(self, source, file, tree):
        # Functions at the top by name; the last definition counts, as it does when the snippet runs.
        self.functions = {}
        # Other names at the top by the expression they are assigned, `None` if it isn't a plain assignment; and the line.
        self.assigned = {}
        # Names that functions and classes mention, in decorators too, by the name of the function or class.
        self.mentions = {}
        # What is imported, anywhere, in the order of the source.
        self.imports = _imports(tree)
        for statement in _top(tree.body):
            self._statement(statement)
        table = symtable(source, file, "exec")
        bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
        # Whether the code at the top uses what HoneyHive injects.
        self.runs_per_event = not (_read_at_top(table) & INJECTED <= bound | self.functions.keys())

    def _statement(self, statement):
        if isinstance(statement, _FUNCTIONS):
            self._function(statement.name, statement, statement.args, statement.body + statement.decorator_list)
        elif isinstance(statement, ast.ClassDef):
            self.mentions.setdefault(statement.name, set()).update(_names([statement]))
        else:
            value = getattr(statement, "value", None)
            for target in getattr(statement, "targets", None) or [getattr(statement, "target", None)]:
                if not isinstance(target, ast.Name):
                    for name in _stored(target):
                        self._assignment(name, None, statement)
                elif isinstance(value, ast.Lambda):
                    self._function(target.id, value, value.args, [value.body])
                elif not isinstance(statement, ast.AnnAssign) or value is not None:
                    self._assignment(target.id, value, statement)

    def _function(self, name, node, arguments, mentioning):
        self.assigned.pop(name, None)
        self.functions[name] = Candidate(name, node.lineno, parameters_of(arguments), ast.unparse(arguments), node)
        self.mentions.setdefault(name, set()).update(_names(mentioning))

    def _assignment(self, name, value, statement):
        self.functions.pop(name, None)
        self.assigned[name] = (value, statement.lineno)


def _top(statements):
    """The statements that run at the top, those within `if`, `try` and other blocks included."""
    for statement in statements:
        # Never true here: a snippet isn't run as a script.
        if isinstance(statement, ast.If) and _names([statement.test]) == {"__name__"}:
            continue
        yield statement
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "handlers", "finalbody", "cases"):
            for part in getattr(statement, field, ()):
                yield from _top([part] if isinstance(part, ast.stmt) else part.body)


def _read_at_top(table):
    """The global names that are read when the module, a class body or a comprehension at its top runs."""
    whole = table.get_type() == "module"
    read = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (whole or symbol.is_global())
    }
    for child in table.get_children():
        if child.get_type() == "class" or child.get_name() in ("listcomp", "setcomp", "dictcomp", "genexpr"):
            read |= _read_at_top(child)
    return read


def _names(nodes):
    """All names that are read anywhere within."""
    return {
        part.id
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }


def _stored(target):
    return [part.id for part in ast.walk(target) if isinstance(part, ast.Name)] if target is not None else []


def _imports(tree):
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names[node.module] = None
            names.update((f"{node.module}.{alias.name}", None) for alias in node.names)
    return list(names)
