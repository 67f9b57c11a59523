"""The reference solutions of an assignment, as the text of an importable module."""

import ast
import re

from nbformat import NotebookNode

from autograder.authoring.places import Place, places_of
from autograder.authoring.plotting import replaced, without_plotting
from autograder.authoring.regions import is_marker
from autograder.authoring.syntax import check_compiles, explained, parse, parses
from autograder.errors import CourseError
from autograder.notebooks import Kind

_HEADER = '''"""Reference solutions of {name}: made from its source notebook, not to be edited.

`autograder build` writes this file anew.
"""
'''
_MAGIC = re.compile(r"(\s*)[%!]")


def solutions_module(notebook: NotebookNode, name: str, *, file: str = "source notebook") -> str:
    """The given helpers and the graded functions of a source notebook, as a Python module.

    Cells stand as they are written and in their order, without first lines, markers, magics and shell
    lines. Imports of matplotlib are left out where importing the module does not need them.

    Args:
        notebook: The source notebook.
        name: The assignment's name, for the docstring.
        file: The notebook's name, for messages.

    Raises:
        CourseError: A cell is no part of a Python module.
    """
    kinds = (Kind.GIVEN, Kind.GRADED)
    cells = [_code(place) for place in places_of(notebook, file) if place.mark and place.mark.kind in kinds]
    header = _HEADER.format(name=name.replace("\\", "\\\\").replace('"', '\\"'))
    module = _with_future_first(header, "\n\n\n".join(cell for cell in cells if cell))
    try:
        module = without_plotting(module)
        check_compiles(module)
    except SyntaxError as error:
        raise CourseError(
            f"the given cells and solutions make no module ({explained(error)})",
            where=file,
            remedy="Move what only works in a notebook into a # DEMO cell",
        ) from error
    return module


def _code(place: Place) -> str:
    """A cell's code without its first line, markers and magics."""
    source = place.cell.source.replace("\r\n", "\n").replace("\r", "\n")
    lines = source.lstrip().split("\n")[1:]
    if place.mark is not None and place.mark.kind is Kind.GRADED:
        lines = [line for line in lines if not is_marker(line)]
    # Only where it is needed: a line of a Python text may well begin with the operator %.
    if not parses("\n".join(lines)):
        lines = [_without_magic(line) for line in lines]
    code = "\n".join(lines).strip("\n")
    try:
        parse(code)
    except SyntaxError as error:
        raise place.error(
            f"the cell is no part of a Python module ({explained(error)})",
            "Move what only works in a notebook into a # DEMO cell",
        ) from error
    return code


def _without_magic(line: str) -> str:
    found = _MAGIC.match(line)
    if found is None:
        return line
    return f"{found[1]}pass" if found[1] else ""  # a block needs a statement


def _with_future_first(header: str, code: str) -> str:
    """Header and code as one text, the code's future imports between them, where Python wants them."""
    try:
        body = parse(code).body
    except SyntaxError:  # of cells that parse one by one; checked and explained once for the whole module
        body = []
    futures = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    names = sorted({alias.name for node in futures for alias in node.names})
    first = f"from __future__ import {', '.join(names)}" if names else ""
    rest = replaced(code, body, dict.fromkeys(futures, "")).strip("\n")
    return "\n".join([header, *(f"{part}\n" for part in (first, rest) if part)])
