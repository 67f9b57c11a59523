"""What the gradebook says of each student and assignment, read once for any export."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import ColumnElement, select

from autograder.errors import AutograderError

# Points that a person has to give and nobody has: after a regrade nbgrader asks for a look at those given, too.
UNGRADED: Final = Grade.needs_manual_grade & Grade.manual_score.is_(None)


@dataclass(frozen=True, slots=True)
class Mark:
    """The grade of one submission.

    Attributes:
        score: Points, with extra credit and what people graded by hand, less the late penalty; never below 0.
        penalty: Points taken off for being late.
        ungraded: Whether something in it waits for points by hand: nobody gave any yet.
        comments: What people wrote beside it.
    """

    score: float
    penalty: float
    ungraded: bool
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gradesheet:
    """Students and assignments, in the gradebook's order, and the grades of those who handed in.

    Attributes:
        students: The students.
        points: The points of each assignment, by name.
        marks: Grades by student's id and assignment; nothing for who handed nothing in.
    """

    students: tuple[Student, ...]
    points: Mapping[str, float]
    marks: Mapping[tuple[str, str], Mark]


def read_grades(gradebook: Gradebook, assignments: list[str], students: list[str]) -> Gradesheet:
    """Read the grades.

    Args:
        gradebook: An open gradebook.
        assignments: The assignments wanted; all when empty.
        students: Ids of the students wanted; all when empty.

    Raises:
        AutograderError: One of them is unknown, or there is nothing to export.
    """
    points = {one.name: float(one.max_score) for one in gradebook.assignments}
    people = {one.id: one for one in gradebook.students}
    _refuse_unknown("assignment", assignments, points)
    _refuse_unknown("student", students, people)
    points = {name: points[name] for name in assignments or points}
    people = {name: people[name] for name in students or people}
    if not points or not people:
        missing = "assignment" if not points else "student"
        remedy = "Run: autograder grade ASSIGNMENT" if not points else "Run: autograder roster FILE"
        raise AutograderError(f"the gradebook has no {missing}", remedy=remedy)
    comments = _comments(gradebook)
    # nbgrader makes a submission for an extension, too, before anything is handed in: nothing in it has a score.
    scored = _submissions(gradebook, Grade.auto_score.is_not(None) | Grade.manual_score.is_not(None))
    waiting = _submissions(gradebook, UNGRADED)
    marks = {
        (one.student_id, one.name): Mark(
            score=max(0.0, one.score - one.late_submission_penalty),
            penalty=one.late_submission_penalty,
            ungraded=one.id in waiting,
            comments=tuple(comments.get(one.id, ())),
        )
        for one in gradebook.db.query(SubmittedAssignment)
        if one.name in points and one.student_id in people and one.id in scored
    }
    return Gradesheet(tuple(people.values()), points, marks)


def as_number(points: float) -> str:
    """Points as every importer reads them: a decimal point, no more digits than there is meaning in.

    >>> as_number(41.300000000000004), as_number(60.0), as_number(0.0)
    ('41.3', '60', '0')
    """
    return f"{points:.6f}".rstrip("0").rstrip(".")


def _submissions(gradebook: Gradebook, condition: ColumnElement[bool]) -> set[str]:
    """Submissions in which a cell's grade is so."""
    query = select(SubmittedNotebook.assignment_id).join(Grade, Grade.notebook_id == SubmittedNotebook.id)
    return set(gradebook.db.scalars(query.where(condition)))


def _comments(gradebook: Gradebook) -> dict[str, list[str]]:
    """What people wrote, by submission; nbgrader's own ``No response.`` tells no more than the score."""
    found: dict[str, list[str]] = {}
    query = (
        gradebook.db.query(SubmittedNotebook.assignment_id, Comment.manual_comment)
        .join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
        .filter(Comment.manual_comment.is_not(None))
        .order_by(Comment.id)
    )
    for submission, text in query:
        if text.strip():
            found.setdefault(submission, []).append(text.strip())
    return found


def _refuse_unknown(kind: str, wanted: list[str], known: Mapping[str, object]) -> None:
    for name in wanted:
        if name not in known:
            raise AutograderError(
                f"the gradebook has no {kind} {name!r}",
                remedy=f"It has: {', '.join(list(known)[:12]) or 'none'}",
            )
