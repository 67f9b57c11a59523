"""A module without its imports of matplotlib, where they can be left out without harm.

The reference plots nothing, and importing it should need numpy only. An import may go when nothing
that runs while the module is imported needs it; functions that plot stay as they are written.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence

from autograder.authoring.syntax import parse

_PLOTTING = ("matplotlib", "mpl_toolkits", "pylab")

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def without_plotting(module: str) -> str:
    """The module's text without top-level imports of matplotlib and the settings made through them.

    Where a value made at import comes from matplotlib, directly or through functions that are named
    there, the text comes back as it is.

    Args:
        module: The text of a module that parses.
    """
    body = parse(module).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom) and _drawing(node)]
    names = {alias.asname or alias.name.split(".")[0] for node in imports for alias in _drawing(node)}
    settings = [node for node in body if _only_sets(node, names)]
    kept = [node for node in body if node not in imports and node not in settings]
    if "*" in names or names & _needed_at_import(kept):
        return module
    changes: dict[ast.stmt, str] = {node: _remainder(node) for node in imports} | dict.fromkeys(settings, "")
    return replaced(module, body, changes)


def replaced(module: str, body: Sequence[ast.stmt], changes: dict[ast.stmt, str]) -> str:
    """The text with some top-level statements replaced by others, or removed where those are empty.

    A statement that shares a line with another stays, and so do all then.

    Args:
        module: The text.
        body: Its top-level statements.
        changes: The new text of each statement to be replaced.
    """
    lines: list[str | None] = list(module.split("\n"))
    ends = [node.end_lineno or node.lineno for node in body]
    shared = {end for end, after in zip(ends, body[1:], strict=False) if end == after.lineno}
    for node, end in zip(body, ends, strict=True):
        if node not in changes:
            continue
        if {node.lineno, end} & shared:
            return module
        lines[node.lineno - 1 : end] = [changes[node] or None, *[None] * (end - node.lineno)]
    return "\n".join(line for line in lines if line is not None)


def _drawing(node: ast.Import | ast.ImportFrom) -> list[ast.alias]:
    """The names of an import statement that belong to matplotlib."""
    if isinstance(node, ast.ImportFrom):
        return node.names if node.level == 0 and _is_plotting(node.module or "") else []
    return [alias for alias in node.names if _is_plotting(alias.name)]


def _is_plotting(module: str) -> bool:
    return module.partition(".")[0] in _PLOTTING


def _remainder(node: ast.Import | ast.ImportFrom) -> str:
    """The statement with its other modules only."""
    others = [alias for alias in node.names if alias not in _drawing(node)]
    return ast.unparse(ast.Import(names=others)) if others else ""


def _only_sets(node: ast.stmt, names: set[str]) -> bool:
    """Whether a statement changes matplotlib's own settings and binds no name, as ``plt.style.use(...)``."""
    if any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node)):
        return False
    match node:
        case ast.Expr(value=ast.Call() as call):
            return _root(call) in names
        case ast.Assign(targets=targets):
            return all(isinstance(t, ast.Attribute | ast.Subscript) and _root(t) in names for t in targets)
        case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as target):
            return _root(target) in names
    return False


def _root(node: ast.expr) -> str | None:
    """The name that a chain of attributes, items and calls begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _needed_at_import(body: Sequence[ast.stmt]) -> set[str]:
    """Names that running the statements may look up; a function or class that is named counts as run."""
    definitions: dict[str, list[_Definition]] = {}
    for inner in (inner for node in body for inner in ast.walk(node)):
        if isinstance(inner, _Definition):
            definitions.setdefault(inner.name, []).append(inner)
    needed: set[str] = set()
    todo = {name for node in body for name in _names(_run_at_import(node))}
    while todo:
        name = todo.pop()
        needed.add(name)
        todo |= set(_names(definitions.get(name, ()))) - needed
    return needed


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement that run when it does: of a function all but its body."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        annotations = [node.returns] if node.returns else []
        yield from (*node.decorator_list, node.args, *annotations)
    elif isinstance(node, ast.expr):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _run_at_import(child)


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (inner.id for node in nodes for inner in ast.walk(node) if isinstance(inner, ast.Name))
