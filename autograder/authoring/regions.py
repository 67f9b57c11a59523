"""Solution regions: the lines between nbgrader's markers, and the stub that stands there in a release."""

import ast

from autograder.authoring.syntax import check_compiles, explained, parse

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

# What nbgrader puts in place of a region, by default; only that it is one raise statement matters here.
_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")

_MARK_THEM = f"Put it between {BEGIN} and {END}, inside the function"


class RegionError(Exception):
    """The markers in a cell are not as they must be; the text says how."""


def is_marker(line: str) -> bool:
    """Whether nbgrader takes the line as a marker: it looks for the words anywhere in it."""
    return "BEGIN SOLUTION" in line or "END SOLUTION" in line


def regions(source: str) -> tuple[range, ...]:
    """The regions of a cell, as line numbers from 0, markers included.

    Raises:
        RegionError: A marker is written in another way, or lacks its partner.
    """
    found: list[range] = []
    begin: int | None = None
    for number, line in enumerate(source.split("\n")):
        if not is_marker(line):
            continue
        if line.strip() not in (BEGIN, END):
            raise RegionError(f"line {number + 1} should be {BEGIN} or {END} and nothing else")
        if (line.strip() == BEGIN) != (begin is None):
            raise RegionError(f"{BEGIN} and {END} do not come in pairs")
        if begin is None:
            begin = number
        else:
            found.append(range(begin, number + 1))
            begin = None
    if begin is not None:
        raise RegionError(f"{BEGIN} has no {END}")
    return tuple(found)


def solution_lines(source: str) -> frozenset[int]:
    """The lines of a cell that are a solution, counted from 1, without the markers.

    Raises:
        RegionError: As `regions`.
    """
    return frozenset(number + 1 for region in regions(source) for number in region[1:-1])


def stubbed(source: str) -> str:
    """The cell as it is released: a stub in the place of every region.

    Raises:
        RegionError: As `regions`.
    """
    lines = source.split("\n")
    for region in reversed(regions(source)):
        indent = lines[region.start][: -len(lines[region.start].lstrip())]
        lines[region.start : region.stop] = [indent + line for line in _STUB]
    return "\n".join(lines)


def fault_of_function(source: str, name: str) -> tuple[str, str] | None:
    """What is wrong with the cell of a graded function, and the remedy; None for a right one.

    A right one is Python, defines the function before any other, and differs from its release in
    nothing but the function's body, whose docstring stays.

    Args:
        source: The cell's text in the source notebook.
        name: The function that its first line names.
    """
    try:
        check_compiles(source)
    except SyntaxError as error:
        return f"the cell is not Python ({explained(error)})", "Correct it; magics belong into another cell"
    function = _first_function(parse(source))
    if function is None or function.name != name:
        return f"the cell's first function is not {name}", "Let the first line and the def agree"
    try:
        if not regions(source):
            return "the solution is not marked", _MARK_THEM
        released = parse(stubbed(source))
    except RegionError as error:
        return f"the solution is not marked well: {error}", _MARK_THEM
    except SyntaxError:
        return "the cell is not Python without its solution", "Let the markers enclose whole statements"
    return _difference(parse(source), released)


def _first_function(tree: ast.Module) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    return next((node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)


def _difference(source: ast.Module, released: ast.Module) -> tuple[str, str] | None:
    before, after = _first_function(source), _first_function(released)
    if before is None or after is None:
        return "the whole function is a solution", "Leave its def and docstring outside of the markers"
    if ast.get_docstring(before) != ast.get_docstring(after):
        return "the docstring is part of the solution", f"Put {BEGIN} below the docstring"
    before.body, after.body = [], []
    if ast.dump(source) != ast.dump(released):
        return "a solution region reaches outside of the function", "Move the markers into its body"
    return None
