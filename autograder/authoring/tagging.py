"""nbgrader's cell metadata, from the first lines of a source notebook's cells."""

import ast
import copy
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks import Kind, Mark, first_line, marked, read_mark

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

_KEYWORDS = [kind.value for kind in Kind]
_LOOKS_LIKE_MARK = re.compile(r"#\s*([A-Z][A-Z ]{2,}[A-Z])\s*(?::|$)")


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell, for a message: the file's name and the cell's number."""

    file: str
    number: int
    cell: NotebookNode

    def error(self, what: str, remedy: str) -> CourseError:
        where = f"{self.file}, cell {self.number} '{first_line(self.cell)[:60]}'"
        return CourseError(what, where=where, remedy=remedy)


def tag(notebook: NotebookNode, points: Mapping[str, float], *, file: str = "source notebook") -> NotebookNode:
    """A copy of a source notebook whose marked cells carry nbgrader's metadata.

    A notebook without any mark comes back as it is. Tagging twice is tagging once.

    Args:
        notebook: The source notebook.
        points: Points of each graded function: the sum of its hidden check items.
        file: The notebook's name, for messages.

    Raises:
        CourseError: A mark is malformed or lacks its counterpart, a cell is not as its mark demands,
            an id is there twice, or metadata set by hand disagrees.
    """
    tagged = copy.deepcopy(notebook)
    places = [_Place(file, number, cell) for number, cell in enumerate(tagged.cells, start=1)]
    for place in places:
        _refuse_malformed(place)
    if not any(True for _ in marked(tagged.cells)):
        return tagged
    _refuse_unpaired(places)
    wanted = [_wanted(place, places, points) for place in places]
    _refuse_doubles(places, wanted)
    for place, metadata in zip(places, wanted, strict=True):
        _apply(place, metadata)
    return tagged


def _refuse_malformed(place: _Place) -> None:
    """A first line that was meant as a mark and is none."""
    if read_mark(place.cell) is not None:
        return
    line = first_line(place.cell)
    if place.cell.cell_type == "markdown":
        if re.match(r"<!--\s*WRITTEN", line, re.IGNORECASE):
            raise place.error("this mark of a written question cannot be read", "Write <!-- WRITTEN: id, 3 points -->")
        return
    found = _LOOKS_LIKE_MARK.match(line)
    close = difflib.get_close_matches(found[1], _KEYWORDS, n=1, cutoff=0.8) if found else []
    if place.cell.cell_type == "code" and (close or re.match(r"#\s*(GRADED FUNCTION|CHECK)\b", line)):
        raise place.error("this first line cannot be read", f"Write # {(close or ['GRADED FUNCTION'])[0]}: name")


def _refuse_unpaired(places: list[_Place]) -> None:
    """Every graded function has one check after it, and every check its function."""
    seen: dict[Kind, dict[str, _Place]] = {Kind.GRADED: {}, Kind.CHECK: {}}
    for place in places:
        mark = read_mark(place.cell)
        if mark is None or mark.kind not in seen:
            continue
        if mark.name in seen[mark.kind]:
            raise place.error(f"there are two cells '{mark.kind}: {mark.name}'", "Rename or remove one")
        if mark.kind is Kind.CHECK and mark.name not in seen[Kind.GRADED]:
            raise place.error("a check without its function above it", f"Write # GRADED FUNCTION: {mark.name}")
        seen[mark.kind][mark.name] = place
    for name, place in seen[Kind.GRADED].items():
        if name not in seen[Kind.CHECK]:
            raise place.error("a graded function without a check cell", f"Write a cell # CHECK: {name} below it")


def _wanted(place: _Place, places: list[_Place], points: Mapping[str, float]) -> dict[str, Any] | None:
    """The nbgrader metadata that a cell must have, or None for an ordinary cell."""
    mark = read_mark(place.cell)
    before = places[place.number - 2] if place.number > 1 else None
    question = read_mark(before.cell) if before else None
    if question is not None and question.kind is Kind.WRITTEN:
        return _metadata(f"answer-{question.name}", grade=True, solution=True, points=question.points)
    if mark is None or mark.kind is Kind.DEMO:
        return None
    grade_id = mark.grade_id or f"given-{place.cell.get('id', place.number)}"
    match mark.kind:
        case Kind.GRADED:
            _refuse_bad_function(place, mark)
            return _metadata(grade_id, solution=True)
        case Kind.CHECK:
            if mark.name not in points:
                raise place.error(
                    f"there are no hidden check items for {mark.name}",
                    f'Write an item marked @pytest.mark.graded("{mark.name}", points=...)',
                )
            return _metadata(grade_id, grade=True, locked=True, points=points[mark.name])
        case Kind.WRITTEN:
            _refuse_no_answer(place, places)
    return _metadata(grade_id, locked=True)


def _metadata(grade_id: str, **changes: Any) -> dict[str, Any]:
    plain = {"schema_version": 3, "grade_id": grade_id, "grade": False, "solution": False, "locked": False, "task": False}
    return {**plain, **changes}


def _refuse_no_answer(place: _Place, places: list[_Place]) -> None:
    after = places[place.number].cell if place.number < len(places) else None
    if after is None or after.cell_type != "markdown" or read_mark(after) is not None:
        raise place.error("a written question without an answer cell", "Put a markdown cell for the answer below it")


def _refuse_bad_function(place: _Place, mark: Mark) -> None:
    """A graded cell defines its function, with a solution region inside of it."""
    source: str = place.cell.source
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise place.error(f"the cell is not Python ({error})", "Mend it") from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions or functions[0].name != mark.name:
        raise place.error(f"the cell's first function is not {mark.name}", "Let the first line and the def agree")
    lines = source.split("\n")
    begins = [n for n, line in enumerate(lines, start=1) if line.strip() == BEGIN]
    ends = [n for n, line in enumerate(lines, start=1) if line.strip() == END]
    if not begins or len(begins) != len(ends) or any(b >= e for b, e in zip(begins, ends, strict=True)):
        raise place.error("the solution is not marked", f"Put it between {BEGIN} and {END}")
    last = max(functions[0].end_lineno or 0, len(lines) if len(tree.body) == 1 else 0)
    inside = all(functions[0].lineno < begin and end <= last for begin, end in zip(begins, ends, strict=True))
    if not inside or any(not lines[begin - 1].startswith((" ", "\t")) for begin in begins):
        raise place.error("a solution region lies outside of the function", "Move the markers into its body")


def _refuse_doubles(places: list[_Place], wanted: list[dict[str, Any] | None]) -> None:
    seen: set[str] = set()
    for place, metadata in zip(places, wanted, strict=True):
        if metadata is None:
            continue
        if metadata["grade_id"] in seen:
            raise place.error(f"two cells have the id '{metadata['grade_id']}'", "Rename one")
        seen.add(metadata["grade_id"])


def _apply(place: _Place, metadata: dict[str, Any] | None) -> None:
    by_hand = place.cell.metadata.get("nbgrader") or {}
    expected = metadata or {"grade": False, "solution": False, "locked": False, "task": False}
    for key, value in by_hand.items():
        if key not in ("schema_version", "checksum", "cell_type") and expected.get(key, value) != value:
            raise place.error(
                f"metadata set by hand says {key} = {value!r}, the first line says {expected[key]!r}",
                "Remove nbgrader's metadata from the cell",
            )
    if metadata is None:
        place.cell.metadata.pop("nbgrader", None)
    else:
        place.cell.metadata["nbgrader"] = NotebookNode(metadata)
