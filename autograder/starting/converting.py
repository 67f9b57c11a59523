"""A plain nbgrader notebook, with solution regions and hidden tests, as a source notebook and check items."""

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.authoring.ids import give_ids, unused
from autograder.authoring.regions import BEGIN, END, fault_of_function
from autograder.errors import CourseError
from autograder.grading.table import points as shown_points
from autograder.notebooks import Kind
from autograder.starting import plain
from autograder.starting.moving import Tests, items_module
from autograder.starting.plain import Role

_NO_EXAMPLE = "# Write an example here that students see."
_ANSWER = "*Write your answer here.*"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a plain notebook.

    Attributes:
        notebook: The source notebook.
        items: The text of the check file.
        functions: The graded functions, in order.
        tests: How many check items there are.
        questions: How many written questions there are.
        to_write: What a person must still write or decide, a line each.
    """

    notebook: NotebookNode
    items: str
    functions: tuple[str, ...]
    tests: int
    questions: int
    to_write: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """What was made of the cells so far; ``needed`` are the names that graded code reads."""

    needed: frozenset[str]
    cells: list[NotebookNode] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    tests: list[Tests] = field(default_factory=list)
    checks: dict[str, NotebookNode] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    questions: int = 0
    to_write: list[str] = field(default_factory=list)


def convert(notebook: NotebookNode, assignment: str, file: str) -> Conversion:
    """Convert a plain nbgrader notebook; it is not changed.

    Args:
        notebook: The notebook, with ``### BEGIN SOLUTION`` regions and hidden tests.
        assignment: The new assignment's name.
        file: The notebook's name, for messages.

    Raises:
        CourseError: It has no solution that could be graded.
    """
    made = copy.deepcopy(notebook)
    draft = _Draft(_needed_by_graded(made.cells))
    for number, cell in enumerate(made.cells, start=1):
        _STEPS[plain.role_of(cell)](draft, cell, number)
    if not draft.functions:
        raise CourseError(
            "no cell of it solves a function",
            where=file,
            remedy=f"Put each solution into a function, between {BEGIN} and {END}",
        )
    _complete(draft)
    made.cells = draft.cells
    _strip(made)
    items, missing = items_module(assignment, draft.tests, draft.functions, draft.given)
    catalogue = "an alternative and a misconception, in alternatives.py and misconceptions.py"
    to_write = [*draft.to_write, *missing, *(f"{name}: {catalogue}" for name in draft.functions)]
    return Conversion(made, items, tuple(draft.functions), len(draft.tests), draft.questions, tuple(to_write))


def _solution(draft: _Draft, cell: NotebookNode, number: int) -> None:
    functions = plain.functions_in(cell.source)
    draft.cells.append(cell)
    if not functions:
        draft.to_write.append(f"cell {number}: its solution is no function. Write it as one, or take the markers out")
        return
    name = functions[0].name
    if name in draft.functions:
        draft.to_write.append(f"cell {number}: it solves {name}, as a cell above does. Rename one, or take it out")
        return
    if BEGIN not in cell.source:
        cell.source = _with_region(cell.source, functions[0])
    cell.source = f"# {Kind.GRADED}: {name}\n{cell.source}"
    fault = fault_of_function(cell.source, name)
    if fault is not None:
        draft.to_write.append(f"cell {number}, {name}: {fault[0]}. {fault[1]}")
    draft.functions.append(name)


def _with_region(source: str, function: ast.FunctionDef) -> str:
    """The text with the whole body of a function, below its docstring, as its solution."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return source
    lines, indent = source.split("\n"), " " * body[0].col_offset
    start, end = body[0].lineno - 1, body[-1].end_lineno
    return "\n".join([*lines[:start], indent + BEGIN, *lines[start:end], indent + END, *lines[end:]])


def _tests(draft: _Draft, cell: NotebookNode, number: int) -> None:
    visible, hidden = plain.split_tests(cell.source)
    name = _tested(draft.functions, f"{visible}\n{hidden}")
    if plain.tree_of(hidden) is None or plain.tree_of(visible) is None:
        draft.to_write.append(f"cell {number}: its tests are not Python, and were left out")
        return
    if name is None:
        draft.to_write.append(f"cell {number}: its tests call no graded function, and were left out")
        return
    points = _points(draft, cell, f"cell {number}: its tests of {name} had no points, and have 1 now")
    draft.tests.append(Tests(name, hidden, points))
    _show(draft, name, visible, cell)


def _points(draft: _Draft, cell: NotebookNode, without: str) -> float:
    """The points that a cell is worth; where it says none, one, and that a person should know."""
    points = plain.points_of(cell)
    if points > 0:
        return points
    draft.to_write.append(without)
    return 1.0


def _tested(functions: Sequence[str], source: str) -> str | None:
    """The graded function that tests are about: the last one above them that they call."""
    read = plain.names_read(source)
    return next((name for name in reversed(functions) if name in read), None)


def _show(draft: _Draft, name: str, visible: str, cell: NotebookNode) -> None:
    """Put the visible part of tests into the function's one check cell."""
    if name in draft.checks:
        check = draft.checks[name]
        check.source += f"\n\n{visible}" if visible else ""
        return
    cell.source = f"# {Kind.CHECK}: {name}\n{visible}".rstrip("\n")
    draft.checks[name] = cell
    draft.cells.append(cell)


def _manual(draft: _Draft, cell: NotebookNode, number: int) -> None:
    if cell.cell_type == "code":
        draft.to_write.append(
            f"cell {number}: code that is graded by hand. Make it a graded function, or a written question"
        )
        draft.cells.append(cell)
        return
    asked = draft.cells[-1] if draft.cells and draft.cells[-1].cell_type == "markdown" else None
    if asked is None or asked.source.startswith("<!--"):
        asked = new_markdown_cell("Write the question here.")
        draft.cells.append(asked)
        draft.to_write.append(f"cell {number}: no text above it asks the question; write one")
    _ask(draft, asked, cell, number)
    draft.cells.append(cell)


def _task(draft: _Draft, cell: NotebookNode, number: int) -> None:
    cell.source, had_scheme = plain.without_mark_scheme(cell.source)
    if had_scheme:
        draft.to_write.append(f"cell {number}: its mark scheme is left out; keep it where students don't see it")
    _ask(draft, cell, cell, number)
    draft.cells += [cell, new_markdown_cell(_ANSWER)]


def _ask(draft: _Draft, question: NotebookNode, graded: NotebookNode, number: int) -> None:
    """Make a markdown cell a written question, with the points and the name of the cell that was graded."""
    points = _points(draft, graded, f"cell {number}: the question had no points, and has 1 now")
    name = unused(re.sub(r"[^\w-]", "-", plain.own_id(graded), flags=re.ASCII) or "question", draft.names)
    question.source = f"<!-- {Kind.WRITTEN}: {name}, {shown_points(points)} points -->\n{question.source}"
    draft.questions += 1


def _code(draft: _Draft, cell: NotebookNode, _number: int) -> None:
    made = plain.names_made(cell.source)
    draft.cells.append(cell)
    if plain.is_given(cell) or (made & draft.needed and not plain.names_read(cell.source) & set(draft.functions)):
        functions = [one.name for one in plain.functions_in(cell.source)]
        name = unused(functions[0] if functions else "helpers", draft.names)
        cell.source = f"# {Kind.GIVEN}: {name}\n{cell.source}"
        draft.given |= dict.fromkeys(made, "") | dict(_imports(cell.source))
    elif "plt." in cell.source:
        cell.source = f"# {Kind.DEMO}\n{cell.source}"


_STEPS: dict[Role, Callable[[_Draft, NotebookNode, int], None]] = {
    Role.SOLUTION: _solution,
    Role.TESTS: _tests,
    Role.MANUAL: _manual,
    Role.TASK: _task,
    Role.CODE: _code,
    Role.TEXT: lambda draft, cell, _number: draft.cells.append(cell),
}


def _needed_by_graded(cells: Sequence[NotebookNode]) -> frozenset[str]:
    """Names that solutions and tests read, and that the cells making them read in turn."""
    graded = [cell for cell in cells if plain.role_of(cell) in (Role.SOLUTION, Role.TESTS)]
    needed = frozenset().union(*(plain.names_read(cell.source) for cell in graded))
    others = [cell for cell in cells if plain.role_of(cell) is Role.CODE]
    while True:
        more = [plain.names_read(cell.source) for cell in others if plain.names_made(cell.source) & needed]
        larger = needed.union(*more)
        if larger == needed:
            return needed
        needed = larger


def _imports(source: str) -> Iterator[tuple[str, str]]:
    """The names that a cell imports, each with the text of its import."""
    tree = plain.tree_of(source)
    for node in tree.body if tree else ():
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                alone = copy.copy(node)
                alone.names = [alias]
                yield (alias.asname or alias.name).split(".")[0], ast.unparse(alone)


def _complete(draft: _Draft) -> None:
    """Give every function a check cell below it, and say which have no tests."""
    for name in draft.functions:
        if name not in draft.checks:
            mark = f"# {Kind.GRADED}: {name}\n"
            place = next(number for number, cell in enumerate(draft.cells) if cell.source.startswith(mark))
            draft.checks[name] = new_code_cell(f"# {Kind.CHECK}: {name}")
            draft.cells.insert(place + 1, draft.checks[name])
            draft.to_write.append(f"{name}: a check item at least; the notebook had no tests of it")
        if draft.checks[name].source == f"# {Kind.CHECK}: {name}":
            draft.checks[name].source += f"\n{_NO_EXAMPLE}"
            draft.to_write.append(f"{name}: an example in its check cell, which students see")


def _strip(notebook: NotebookNode) -> None:
    """Take away nbgrader's metadata and outputs: first lines say what cells are, and sources hold no results."""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    give_ids(notebook)
