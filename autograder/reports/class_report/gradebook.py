"""What nbgrader's gradebook knows of a class, read in a few queries of one session; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import Assignment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import case, func, make_url, select
from sqlalchemy.orm import Session

from autograder.errors import GradebookError
from autograder.lms.grades import UNGRADED
from autograder.reports.reading import full_name, reading


@dataclass(frozen=True, slots=True)
class Entry:
    """The gradebook's record of one submission.

    Attributes:
        submitted: When it was handed in, in UTC without a zone, or None.
        late: Seconds past the due date with the student's extension; None where either is unknown.
        score: Points, after the penalty, written answers included as far as they are graded.
        penalty: Points taken off for being late.
        waiting: Cells that wait for a person's points: nobody gave any yet.
        by_hand: Automatic scores that a person changed.
        again: Cells whose points a person gave before the last grading: nbgrader asks for another look.
        scored: Whether anything in it has a score: nbgrader makes a record for an extension, too.
    """

    submitted: datetime | None
    late: float | None
    score: float
    penalty: float
    waiting: int
    by_hand: int
    again: int
    scored: bool


@dataclass(frozen=True, slots=True)
class Grades:
    """What the gradebook knows of one assignment.

    Attributes:
        names: First and last name of every student, by id.
        due: The due date in UTC without a zone, or None.
        max_score: Points of the assignment.
        entries: Its submissions, by student.
        elsewhere: Mean share of the points in each student's other assignments.
    """

    names: Mapping[str, str]
    due: datetime | None
    max_score: float
    entries: Mapping[str, Entry]
    elsewhere: Mapping[str, float]


def read_grades(db_url: str, assignment: str) -> Grades:
    """Read a class's grades.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        assignment: The assignment's name.

    Raises:
        GradebookError: There is no gradebook, it cannot be read, or it lacks the assignment.
    """
    remedy = f"Run: autograder grade {assignment}"
    with reading(db_url) as session:
        if session is None:
            raise GradebookError("there is no gradebook yet", where=make_url(db_url).database or "", remedy=remedy)
        return _read(session, assignment, remedy)


def _read(session: Session, assignment: str, remedy: str) -> Grades:
    query = select(Assignment.name, Assignment.duedate, Assignment.max_score)
    assignments = {name: (due, float(most or 0)) for name, due, most in session.execute(query)}
    if assignment not in assignments:
        raise GradebookError("the gradebook does not know the assignment", where=assignment, remedy=remedy)
    due, most = assignments[assignment]
    names = {
        student: full_name(first, last)
        for student, first, last in session.execute(select(Student.id, Student.first_name, Student.last_name))
    }
    entries: dict[str, Entry] = {}
    shares: dict[str, list[float]] = {}
    for student, name, entry in _entries(session, {one: when for one, (when, _) in assignments.items()}):
        if name == assignment:
            entries[student] = entry
        elif assignments[name][1] > 0:
            shares.setdefault(student, []).append(entry.score / assignments[name][1])
    elsewhere = {student: sum(some) / len(some) for student, some in shares.items()}
    return Grades(names, due, most, entries, elsewhere)


def _entries(session: Session, dues: Mapping[str, datetime | None]) -> list[tuple[str, str, Entry]]:
    """Student, assignment and record of every submission: sums are made by the database, not row by row."""
    penalties = _penalties(session)
    again = Grade.needs_manual_grade & Grade.manual_score.is_not(None)
    changed = Grade.manual_score.is_not(None) & Grade.auto_score.is_not(None)
    sums = (
        select(
            SubmittedNotebook.assignment_id.label("submission"),
            func.sum(
                func.coalesce(Grade.manual_score, Grade.auto_score, 0.0) + func.coalesce(Grade.extra_credit, 0.0)
            ).label("score"),
            func.sum(case((UNGRADED, 1), else_=0)).label("waiting"),
            func.sum(case((changed, 1), else_=0)).label("by_hand"),
            func.sum(case((again, 1), else_=0)).label("again"),
            func.count(func.coalesce(Grade.manual_score, Grade.auto_score)).label("scored"),
        )
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedNotebook.assignment_id)
        .subquery()
    )
    rows = session.execute(
        select(
            SubmittedAssignment.id,
            SubmittedAssignment.student_id,
            Assignment.name,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            sums.c.score,
            sums.c.waiting,
            sums.c.by_hand,
            sums.c.again,
            sums.c.scored,
        )
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .outerjoin(sums, sums.c.submission == SubmittedAssignment.id)
    )
    found = []
    for key, student, name, submitted, extension, score, waiting, by_hand, again, scored in rows:
        due = dues[name]
        late = None
        if due is not None and submitted is not None:
            late = max(0.0, (submitted - due - extension if extension else submitted - due).total_seconds())
        penalty = penalties.get(key, 0.0)
        points = max(0.0, float(score or 0) - penalty)
        counts = int(waiting or 0), int(by_hand or 0), int(again or 0), bool(scored)
        found.append((student, name, Entry(submitted, late, points, penalty, *counts)))
    return found


def _penalties(session: Session) -> dict[str, float]:
    """Points that were taken off for lateness, by submission."""
    rows = session.execute(
        select(SubmittedNotebook.assignment_id, func.sum(SubmittedNotebook.late_submission_penalty))
        .where(SubmittedNotebook.late_submission_penalty.is_not(None))
        .group_by(SubmittedNotebook.assignment_id)
    )
    return {submission: float(points) for submission, points in rows}
