"""The reference solutions of an assignment, as the text of an importable module."""

import ast

from nbformat import NotebookNode

from autograder.authoring.tagging import BEGIN, END
from autograder.notebooks import Kind, marked

_HEADER = '''"""Reference solutions of {name}: generated from its source notebook by `autograder build`, not to be edited."""
'''


def solutions_module(notebook: NotebookNode, name: str) -> str:
    """The given helpers and the graded functions of a source notebook, as a Python module.

    Imports of matplotlib are left out: the reference plots nothing, and importing it must be quick.
    Magics and shell lines are left out as well.

    Args:
        notebook: The source notebook.
        name: The assignment's name, for the docstring.
    """
    parts = [_HEADER.format(name=name)]
    for mark, cell in marked(notebook.cells):
        if mark.kind in (Kind.GIVEN, Kind.GRADED):
            text = _code(cell.source)
            if text:
                parts.append(text)
    return "\n\n".join(parts).rstrip("\n") + "\n"


def _code(source: str) -> str:
    lines = source.lstrip().split("\n")[1:]  # without the mark
    kept = [line for line in lines if line.strip() not in (BEGIN, END) and not line.lstrip().startswith(("%", "!"))]
    return _without_plotting("\n".join(kept)).strip("\n") + "\n" if any(map(str.strip, kept)) else ""


def _without_plotting(source: str) -> str:
    """Without import statements of matplotlib at the top level."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return source
    dropped = {
        line
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom) and _plots(node)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return "\n".join(line for n, line in enumerate(source.split("\n"), start=1) if n not in dropped)


def _plots(node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return all(name.split(".")[0] in ("matplotlib", "pylab") for name in names)
