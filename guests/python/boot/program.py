"""What can be read off a snippet's source before it runs: its functions, what they mention, what happens at its top."""

import ast

# HoneyHive puts these into the globals of a snippet.
INJECTED = frozenset(
    "event inputs outputs feedback metadata metrics config user_properties event_id event_type event_name session_id"
    " project_id source start_time end_time duration error".split()
)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
# What the blocks of a statement consist of.
_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)


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

    def __init__(self, tree):
        # Functions at the top by name; the last definition counts, as it does when the snippet runs.
        self.functions = {}
        # Other names at the top by the expression they are assigned, `None` if it isn't a plain assignment; and the line.
        self.assigned = {}
        # Names that functions and classes mention, in decorators too, by the name of the function or class.
        self.mentions = {}
        # Names that the code at the top puts into tables, passes on or assigns the results of.
        self.handed_on = set()
        # What is imported, anywhere.
        self.imports = set()
        # Calls with a constant as first argument within functions: what `hints` looks at.
        self.calls = []
        self._bound = set()
        self._read = set()
        for statement in _top(tree.body):
            self._statement(statement)
        # Whether the code at the top uses what HoneyHive injects.
        self.runs_per_event = not self._read & INJECTED <= self._bound

    def _statement(self, statement):
        kind = type(statement)
        if kind in _FUNCTIONS:
            self._function(statement.name, statement, statement.args)
            self._scan([statement], statement.name)
        elif kind is ast.ClassDef:
            self._scan([statement], statement.name)
        elif kind is ast.Import or kind is ast.ImportFrom:
            self._import(statement, inside=False)
        else:
            value = getattr(statement, "value", None)
            owner = None
            targets = set()
            for target in getattr(statement, "targets", None) or [getattr(statement, "target", None)]:
                targets.update(_stored(target))
                if type(target) is not ast.Name:
                    for name in _stored(target):
                        self._assignment(name, None, statement)
                elif type(value) is ast.Lambda:
                    owner = target.id
                    self._function(owner, value, value.args)
                elif kind is not ast.AnnAssign or value is not None:
                    self._assignment(target.id, value, statement)
            # The statements in the blocks of this one are told apart already.
            parts = [part for part in _parts(statement) if not isinstance(part, _BLOCKS)]
            mentioned = self._scan(parts, owner)
            # `metric = score` is another name, `score = wrap(score)` is still the entry, and `print(score(...))` tries it.
            if owner is None and type(value) is not ast.Name:
                self.handed_on |= mentioned - targets - (_called(parts) if kind not in _ASSIGNMENTS else set())

    def _function(self, name, node, arguments):
        self.assigned.pop(name, None)
        self.functions[name] = Candidate(name, node.lineno, parameters_of(arguments), ast.unparse(arguments), node)

    def _assignment(self, name, value, statement):
        self.functions.pop(name, None)
        self.assigned[name] = (value, statement.lineno)

    def _scan(self, nodes, owner):
        """Notes what is mentioned within, and what is read and bound when the code at the top runs."""
        mentioned = set()
        # Each with whether it is within a function's body.
        stack = [(node, False) for node in nodes]
        while stack:
            node, inside = stack.pop()
            kind = type(node)
            if kind is ast.Name:
                if type(node.ctx) is ast.Load:
                    mentioned.add(node.id)
                    if not inside:
                        self._read.add(node.id)
                elif not inside:
                    self._bound.add(node.id)
                continue
            if kind in _FUNCTIONS or kind is ast.Lambda:
                # Decorators and defaults belong to the code around it.
                stack += [(part, inside) for part in (node.args, *getattr(node, "decorator_list", ()))]
                body = node.body if kind is not ast.Lambda else [node.body]
                stack += [(part, True) for part in body]
                if kind is not ast.Lambda and not inside:
                    self._bound.add(node.name)
                continue
            if kind is ast.Import or kind is ast.ImportFrom:
                self._import(node, inside)
            elif kind is ast.Call:
                if inside and node.args and type(node.args[0]) is ast.Constant:
                    self.calls.append(node)
            elif not inside and type(getattr(node, "name", None)) is str:
                # Classes, and names that handlers and patterns bind.
                self._bound.add(node.name)
            stack += [(part, inside) for part in _parts(node)]
        if owner:
            self.mentions.setdefault(owner, set()).update(mentioned)
        return mentioned

    def _import(self, node, inside):
        if type(node) is ast.Import:
            self.imports.update(alias.name for alias in node.names)
        elif node.module and not node.level:
            self.imports.add(node.module)
            self.imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        if not inside:
            self._bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _top(statements):
    """The statements that run at the top, those within `if`, `try` and other blocks included, in their order."""
    stack = statements[::-1]
    while stack:
        statement = stack.pop()
        kind = type(statement)
        if kind is ast.ExceptHandler or kind is ast.match_case:
            stack += statement.body[::-1]
            continue
        # Never true here: a snippet isn't run as a script.
        if kind is ast.If and _is_main_guard(statement.test):
            continue
        yield statement
        if kind not in _FUNCTIONS and kind is not ast.ClassDef:
            stack += [part for part in _parts(statement) if isinstance(part, _BLOCKS)][::-1]


def _is_main_guard(test):
    return type(test) is ast.Compare and type(test.left) is ast.Name and test.left.id == "__name__"


def _parts(node):
    """The nodes right below a node, but constants, of which tables have thousands."""
    parts = []
    for field in node._fields:
        value = getattr(node, field, None)
        if type(value) is list:
            parts += [part for part in value if type(part) is not ast.Constant and isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST) and type(value) is not ast.Constant:
            parts.append(value)
    return parts


def _called(nodes):
    """The names of what is called."""
    calls = [part for node in nodes for part in ast.walk(node) if type(part) is ast.Call]
    return {call.func.id for call in calls if type(call.func) is ast.Name}


def _stored(target):
    return [part.id for part in ast.walk(target) if type(part) is ast.Name] if target is not None else []
