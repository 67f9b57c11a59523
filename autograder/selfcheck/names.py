"""Names in a notebook's code: which a cell binds, which a function needs. Nothing is run here."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_KNOWN = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "In", "Out", "get_ipython", "display", "exit"}
_ASKS = ("input", "getpass", "getpass.getpass")
_MAGIC = re.compile(r"^[ \t]*[%!?].*$|^.*\?[ \t]*$", re.MULTILINE)
_SAFE_MAGIC = re.compile(r"%%(?:time|capture|prun)\b")


@dataclass(frozen=True, slots=True)
class Parameters:
    """How a function can be called.

    Attributes:
        text: Its parameters, as they are written.
        least: Count of those that have to be given by position.
        most: Count of those that can be.
    """

    text: str
    least: int
    most: float

    @classmethod
    def of(cls, args: ast.arguments) -> "Parameters":
        """From the syntax tree."""
        named = len(args.posonlyargs) + len(args.args)
        return cls(ast.unparse(args), named - len(args.defaults), float("inf") if args.vararg else named)

    def takes(self, asked: "Parameters") -> bool:
        """Whether what is given to one function can be given to this one."""
        return self.least <= asked.least and self.most >= asked.most


@dataclass(frozen=True, slots=True)
class Code:
    """What one cell's source says of names.

    Attributes:
        binds: Names that it binds at its top level.
        functions: The functions that it defines there, each with the global names that it looks up.
        parameters: The parameters of those functions.
        stubs: Those of the functions that always raise NotImplementedError.
        asks: Whether something in it asks for input.
        imports: Modules that it imports, each with the function that does so when it is called, or None.
        parsed: Whether it could be read at all.
    """

    binds: frozenset[str] = frozenset()
    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parameters: Mapping[str, Parameters] = field(default_factory=dict)
    stubs: frozenset[str] = frozenset()
    asks: bool = False
    imports: tuple[tuple[str, str | None], ...] = ()
    parsed: bool = True


def code_of(source: str) -> Code:
    """Read a cell; magics and shell lines are passed over."""
    text = _as_python(source)
    try:
        tree = ast.parse(text)
        table = symtable.symtable(text, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Code(parsed=False)
    binds = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
    binds |= {name for child in _all(table) for name in _bound_as_global(child)}
    functions = {child.get_name(): frozenset(_globals_of(child)) for child in table.get_children()
                 if child.get_type() == "function"}  # fmt: skip
    defined = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    return Code(
        binds=frozenset(binds),
        functions=functions,
        parameters={one.name: Parameters.of(one.args) for one in defined},
        stubs=frozenset(one.name for one in defined if _is_stub(one)),
        asks=any(isinstance(node, ast.Call) and ast.unparse(node.func) in _ASKS for node in ast.walk(tree)),
        imports=tuple(_imports(tree)),
    )


def _is_stub(function: ast.FunctionDef) -> bool:
    """Whether nothing is returned before the line that a stub raises with."""
    for statement in function.body:
        if isinstance(statement, ast.Raise) and "NotImplementedError" in ast.unparse(statement):
            return True
        if any(isinstance(node, ast.Return) for node in ast.walk(statement)):
            return False
    return False


def needed(function: str, codes: Iterable[Code]) -> frozenset[str]:
    """Global names that a function looks up, also through other functions of the notebook that it uses."""
    uses: dict[str, frozenset[str]] = {}
    for code in codes:
        uses |= code.functions
    seen: set[str] = set()
    waiting = [function]
    while waiting:
        name = waiting.pop()
        new = uses.get(name, frozenset()) - seen
        seen |= new
        waiting += new
    return frozenset(seen) - _KNOWN


def _as_python(source: str) -> str:
    first = source.lstrip().split("\n", 1)[0]
    if first.startswith("%%") and not _SAFE_MAGIC.match(first):
        return ""
    return _MAGIC.sub(lambda found: " " * (len(found[0]) - len(found[0].lstrip())) + "pass", source)


def _all(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _all(child)


def _bound_as_global(table: symtable.SymbolTable) -> Iterator[str]:
    return (one.get_name() for one in table.get_symbols() if one.is_declared_global() and one.is_assigned())


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in (table, *_all(table)):
        yield from (one.get_name() for one in inner.get_symbols() if one.is_global() and one.is_referenced())


def _imports(node: ast.AST, function: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Modules that are imported, unless a failure is provided for, and in which function."""
    if isinstance(node, ast.Try) and node.handlers:
        return
    if isinstance(node, ast.Import):
        yield from ((alias.name, function) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module, function
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = function or node.name
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, function)
