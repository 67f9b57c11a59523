"""What lies on disk of a class: results and graded code in autograded notebooks, and who handed anything in."""

import glob
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import Exchange

from autograder.models import Result
from autograder.reports.reading import student_folders


class _Mark(msgspec.Struct):
    """nbgrader's metadata of a cell, as far as a report needs it."""

    grade_id: str = ""
    solution: bool = False


class _CellMetadata(msgspec.Struct):
    nbgrader: _Mark = msgspec.field(default_factory=_Mark)


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str]
    metadata: _CellMetadata


class _Kept(msgspec.Struct):
    result: Result


class _NotebookMetadata(msgspec.Struct):
    autograder: _Kept


class _Notebook(msgspec.Struct):
    """An autograded notebook without its outputs, which a report does not look at and msgspec passes over quickly."""

    metadata: _NotebookMetadata
    cells: list[_Cell]


_DECODER = msgspec.json.Decoder(_Notebook)


@dataclass(frozen=True, slots=True)
class Graded:
    """One autograded notebook.

    Attributes:
        result: The result.
        code: The student's text of each graded function.
    """

    result: Result
    code: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Handed:
    """What lies on disk of an assignment.

    Attributes:
        submitted: Students with a submitted folder.
        graded: Autograded notebooks, by student.
        unreadable: Students whose autograded notebook holds no result that can be read.
        hand_ins: How often each student has handed in, or None where there is no exchange to ask.
    """

    submitted: frozenset[str]
    graded: Mapping[str, Graded]
    unreadable: frozenset[str]
    hand_ins: Mapping[str, int] | None


def read_handed(coursedir: CourseDirectory, assignment: str) -> Handed:
    """Read what a class handed in and what grading made of it."""
    graded, unreadable = {}, set()
    for student, folder in student_folders(coursedir, coursedir.autograded_directory, assignment).items():
        one = _read_graded(folder / f"{assignment}.ipynb")
        if one is None:
            unreadable.add(student)
        else:
            graded[student] = one
    submitted = frozenset(student_folders(coursedir, coursedir.submitted_directory, assignment))
    return Handed(submitted, graded, frozenset(unreadable), _hand_ins(coursedir, assignment))


def _read_graded(notebook: Path) -> Graded | None:
    """Result and graded code of an autograded notebook, or None where it holds none of this platform's."""
    try:
        read = _DECODER.decode(notebook.read_bytes())
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return None
    result = read.metadata.autograder.result
    code = {
        cell.metadata.nbgrader.grade_id: cell.source if isinstance(cell.source, str) else "".join(cell.source)
        for cell in read.cells
        if cell.cell_type == "code" and cell.metadata.nbgrader.solution
    }
    return Graded(result, {name: code[name] for name in result.functions if name in code})


def _hand_ins(coursedir: CourseDirectory, assignment: str) -> Mapping[str, int] | None:
    """How often each student handed in, as nbgrader's exchange has it; None where it has nothing of the assignment.

    The course's own folder holds only the newest submission, so nothing else knows.
    """
    exchange = Exchange(coursedir=coursedir, config=coursedir.config)
    inbound = Path(exchange.root) / (coursedir.course_id or "*") / "inbound"
    names = {Path(found).name for found in glob.glob(f"{inbound}/*+{glob.escape(assignment)}+*")}
    counts = Counter(name.split("+", 1)[0] for name in names)
    return dict(counts) if counts else None
