"""What nbgrader's gradebook holds about submissions: scores, comments, deadlines, names."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from autograder.reports.reading import full_name, reading


class CellGrade(msgspec.Struct, frozen=True):
    """The points of one graded cell.

    Attributes:
        max_score: What it is worth.
        auto: Points from the checks, or None where a person has to mark it.
        manual: Points that a person gave; they count in place of the others.
        extra: Extra credit that a person gave, or None.
        waiting: Whether a person has yet to look at it.
    """

    max_score: float
    auto: float | None
    manual: float | None
    extra: float | None
    waiting: bool

    @property
    def score(self) -> float:
        """Points that count, as nbgrader adds them up."""
        given = self.manual if self.manual is not None else self.auto
        return (given or 0.0) + (self.extra or 0.0)


class CellComment(msgspec.Struct, frozen=True):
    """What was said about one cell, by a person or, failing that, by nbgrader."""

    manual: str | None
    automatic: str | None


class Marks(msgspec.Struct, frozen=True):
    """The gradebook's part of one page.

    Attributes:
        student: The student's id.
        name: First and last name; empty where the gradebook has none.
        course: nbgrader's id of the course, or empty.
        assignment: The assignment's name.
        notebook: The notebook's name.
        known: Whether the gradebook has this submission; if not, all that follows is empty.
        submitted: When it was handed in, in UTC.
        due: The deadline, in UTC, without the extension.
        extension: More time that this student was given.
        penalty: Points taken off for being late, or None.
        grades: The points of each graded cell, by nbgrader's id of the cell.
        comments: What was said about a cell, likewise.
    """

    student: str
    assignment: str
    notebook: str
    name: str = ""
    course: str = ""
    known: bool = False
    submitted: datetime | None = None
    due: datetime | None = None
    extension: timedelta | None = None
    penalty: float | None = None
    grades: dict[str, CellGrade] = {}
    comments: dict[str, CellComment] = {}

    @property
    def late(self) -> timedelta:
        """How long after the deadline, with its extension, it was handed in."""
        if self.submitted is None or self.due is None:
            return timedelta(0)
        return max(timedelta(0), self.submitted - self.due - (self.extension or timedelta(0)))


class Gradings:
    """The marks of an assignment, read in one session.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        assignment: The assignment's name.
        student: A student's id, where only that one's are wanted.

    Raises:
        GradebookError: The gradebook cannot be read.
    """

    def __init__(self, db_url: str, assignment: str, student: str | None = None) -> None:
        self._assignment = assignment
        with reading(db_url) as session:
            self._marks = {} if session is None else _read(session, assignment, student)

    def of(self, student: str, notebook: str) -> Marks:
        """The marks of one student's notebook; empty ones where the gradebook has none."""
        empty = Marks(student, self._assignment, notebook)
        return self._marks.get((student, notebook), empty)

    @property
    def students(self) -> frozenset[str]:
        """Ids of the students who have an entry for the assignment."""
        return frozenset(student for student, _ in self._marks)


def _read(session: Any, assignment: str, student: str | None) -> Mapping[tuple[str, str], Marks]:
    chosen = [Assignment.name == assignment]
    if student is not None:
        chosen.append(SubmittedAssignment.student_id == student)

    def rows(query: Any) -> Any:
        joined = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        return joined.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).filter(*chosen)

    grades, comments = _cells(session, rows)
    query = session.query(
        SubmittedNotebook.id, Notebook.name, SubmittedAssignment.student_id, Student.first_name, Student.last_name,
        SubmittedAssignment.timestamp, Assignment.duedate, Assignment.course_id,
        SubmittedAssignment.extension,
        SubmittedNotebook.late_submission_penalty,
    ).select_from(SubmittedNotebook).join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)  # fmt: skip
    found = {}
    for key, notebook, who, first, last, submitted, due, course, extension, penalty in rows(query).outerjoin(
        Student, SubmittedAssignment.student_id == Student.id
    ):
        found[who, notebook] = Marks(
            who, assignment, notebook, full_name(first, last), course, True, submitted, due, extension, penalty,
            grades[key], comments[key],
        )  # fmt: skip
    return found


def _cells(session: Any, rows: Any) -> tuple[dict[str, dict[str, CellGrade]], dict[str, dict[str, CellComment]]]:
    """Grades and comments of each submitted notebook, by its key and the cell's id."""
    grades: dict[str, dict[str, CellGrade]] = defaultdict(dict)
    comments: dict[str, dict[str, CellComment]] = defaultdict(dict)
    query = (
        session.query(
            Grade.notebook_id, BaseCell.name, GradeCell.max_score, TaskCell.max_score,
            Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .outerjoin(GradeCell.__table__, GradeCell.__table__.c.id == BaseCell.id)
        .outerjoin(TaskCell.__table__, TaskCell.__table__.c.id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
    )  # fmt: skip
    for key, cell, worth, task_worth, auto, manual, extra, waiting in rows(query):
        grades[key][cell] = CellGrade(worth if worth is not None else task_worth or 0.0, auto, manual, extra, waiting)
    said = (
        session.query(Comment.notebook_id, BaseCell.name, Comment.manual_comment, Comment.auto_comment)
        .select_from(Comment)
        .join(BaseCell, Comment.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
        .filter((Comment.manual_comment.isnot(None)) | (Comment.auto_comment.isnot(None)))
    )
    for key, cell, manual, automatic in rows(said):
        comments[key][cell] = CellComment(manual, automatic)
    return grades, comments
