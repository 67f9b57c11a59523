"""What the cells of a plain nbgrader notebook are for: by nbgrader's metadata, or by the markers in their text."""

import ast
import re
from enum import StrEnum

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.authoring.syntax import parse

_SOLUTION_MARKER = "BEGIN SOLUTION"
_HIDDEN_MARKER, _HIDDEN_END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
_MARK_SCHEME = re.compile(r"^\s*### BEGIN MARK SCHEME.*?### END MARK SCHEME[ \t]*\n?", re.DOTALL | re.MULTILINE)
_NOT_PYTHON = re.compile(r"^\s*[%!]")


class Role(StrEnum):
    """What nbgrader does with a cell."""

    SOLUTION = "solution"
    TESTS = "tests"
    MANUAL = "manual"
    TASK = "task"
    CODE = "code"
    TEXT = "text"


def role_of(cell: NotebookNode) -> Role:
    """What a cell is for; markers count where nbgrader's metadata was never set."""
    code = cell.cell_type == "code"
    if is_task(cell):
        return Role.TASK
    if is_grade(cell) and is_solution(cell):
        return Role.MANUAL
    if code and (is_grade(cell) or _HIDDEN_MARKER in cell.source):
        return Role.TESTS
    if code and (is_solution(cell) or _SOLUTION_MARKER in cell.source):
        return Role.SOLUTION
    return Role.CODE if code else Role.TEXT


def is_given(cell: NotebookNode) -> bool:
    """Whether nbgrader locks the cell as it is."""
    return bool(is_locked(cell) and not is_grade(cell))


def points_of(cell: NotebookNode) -> float:
    """The points that the cell is worth, 0 where it says none."""
    return float(cell.metadata.get("nbgrader", {}).get("points", 0) or 0)


def own_id(cell: NotebookNode) -> str:
    """What nbgrader calls the cell, empty where it has no name for it."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def split_tests(source: str) -> tuple[str, str]:
    """The visible part of a cell of tests and its hidden part, both without markers."""
    parts: dict[bool, list[str]] = {False: [], True: []}
    hidden = False
    for line in source.split("\n"):
        if _HIDDEN_MARKER in line or _HIDDEN_END in line:
            hidden = _HIDDEN_MARKER in line
        else:
            parts[hidden].append(line)
    visible, concealed = ("\n".join(lines).strip("\n") for lines in (parts[False], parts[True]))
    return visible, concealed


def without_mark_scheme(source: str) -> tuple[str, bool]:
    """A task's text without its mark scheme, and whether it had one."""
    shorter = _MARK_SCHEME.sub("", source)
    return shorter.strip("\n"), shorter != source


def tree_of(source: str) -> ast.Module | None:
    """A cell's syntax tree without its magics; None where it is no Python even so."""
    try:
        return parse("\n".join("" if _NOT_PYTHON.match(line) else line for line in source.split("\n")))
    except SyntaxError:
        return None


def functions_in(source: str) -> tuple[ast.FunctionDef, ...]:
    """The functions that a cell defines, not those within them."""
    tree = tree_of(source)
    return tuple(node for node in tree.body if isinstance(node, ast.FunctionDef)) if tree else ()


def names_read(source: str) -> frozenset[str]:
    """All names that a cell reads."""
    nodes = ast.walk(tree_of(source) or ast.Module([], []))
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def names_made(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level: imports, functions, classes, variables."""
    tree = tree_of(source)
    made: set[str] = set()
    for statement in tree.body if tree else ():
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            made.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                made.add(node.id)
            elif isinstance(node, ast.alias):
                made.add((node.asname or node.name).split(".")[0])
    return frozenset(made)
