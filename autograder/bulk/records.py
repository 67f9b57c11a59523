"""nbgrader's gradebook, written in one session: for each submission the rows that its own commands leave.

Rows are looked up by the keys that the gradebook has indexes for, many submissions at a time, so that a
submission costs the same however many are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, final

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Table, bindparam, case, false, insert, or_, select, update

from autograder.authoring import register
from autograder.bulk.marks import Marks
from autograder.bulk.session import Session
from autograder.frame.gradebook import refuse_stale_gradebook

_STUDENT, _SUBMISSION, _NOTEBOOK, _GRADE, _COMMENT = (
    one.__table__ for one in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One graded submission, to be recorded.

    Attributes:
        student: The student's id; unknown students are added.
        submitted: When it was handed in, or None where that is unknown.
        marks: What grading gave.
    """

    student: str
    submitted: datetime | None
    marks: Marks


@final
class Records:
    """The gradebook's rows of one assignment, open for writing.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        course_id: nbgrader's name of the course.
        assignment: The assignment's name.

    Raises:
        GradebookError: The gradebook cannot be used.
    """

    def __init__(self, db_url: str, course_id: str, assignment: str) -> None:
        self._assignment = assignment
        self._session = Session(db_url, course_id)

    def begin(self, release: NotebookNode, points: Mapping[str, float], penalties: AssignLatePenalties) -> None:
        """Make ready for saving; a released assignment that the gradebook lacks is registered.

        Args:
            release: The released notebook.
            points: Points of each graded function, as its check items sum up to.
            penalties: nbgrader's late penalties, as the course configures them.

        Raises:
            GradebookError: The gradebook differs from the release.
        """
        self._penalties = penalties
        self._penalties.init_plugin()
        with self._session.reading():
            self._read_assignment(self._registered(release, points))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the session; what was not saved is rolled back."""
        self._session.close()

    def students_graded(self) -> frozenset[str]:
        """Ids of the students whose submission has its rows."""
        query = select(_SUBMISSION.c.student_id).join(Assignment).where(Assignment.name == self._assignment)
        with self._session.reading():
            return frozenset(self._db.scalars(query))

    def refuse_unwritable(self) -> None:
        """Try to write, before a class is graded for a gradebook that takes nothing.

        Raises:
            GradebookError: It can be read only.
        """
        with self._session.reading():
            self._db.execute(update(_STUDENT).where(false()).values(email=None))

    def save(self, entries: Sequence[Entry]) -> None:
        """Record graded submissions, all in one transaction.

        Raises:
            GradebookError: The gradebook refuses; nothing is changed then.
        """
        self._session.transact(lambda: self._write(entries))

    @property
    def _db(self) -> Any:
        return self._session.gradebook.db

    def _write(self, entries: Sequence[Entry]) -> None:
        self._add_students([one.student for one in entries])
        submissions = self._submissions(entries)
        notebooks = self._notebooks(list(submissions.values()))
        own = {one.student: notebooks[submissions[one.student], self._notebook_id] for one in entries}
        self._write_cells(_GRADE, self._grade_cells, notebooks, [
            {"notebook_id": own[one.student], "cell_id": cell, **_scored(one.marks.scores[name])}
            for one in entries for cell, name in self._grade_cells[self._notebook_id] if name in one.marks.scores
        ])  # fmt: skip
        self._write_cells(_COMMENT, self._comment_cells, notebooks, [
            {"notebook_id": own[one.student], "cell_id": cell, "auto_comment": one.marks.comments[name]}
            for one in entries for cell, name in self._comment_cells[self._notebook_id] if name in one.marks.comments
        ])  # fmt: skip
        self._record_penalties(list(own.values()))

    def _add_students(self, students: Sequence[str]) -> None:
        known = set(self._db.scalars(select(_STUDENT.c.id).where(_STUDENT.c.id.in_(students))))
        self._insert(_STUDENT, [{"id": one} for one in students if one not in known])

    def _submissions(self, entries: Sequence[Entry]) -> dict[str, str]:
        """Ids of the submissions, by student, made where they are missing."""
        query = select(_SUBMISSION.c.student_id, _SUBMISSION.c.id).where(
            _SUBMISSION.c.assignment_id == self._assignment_id,
            _SUBMISSION.c.student_id.in_([one.student for one in entries]),
        )
        ids = {student: one for student, one in self._db.execute(query)}  # noqa: C416 - a result has keys()
        self._update(_SUBMISSION, [
            {"key_id": ids[one.student], "timestamp": one.submitted}
            for one in entries if one.student in ids and one.submitted is not None
        ])  # fmt: skip
        new = {one.student: new_uuid() for one in entries if one.student not in ids}
        self._insert(_SUBMISSION, [
            {"id": new[one.student], "assignment_id": self._assignment_id, "student_id": one.student,
             "timestamp": one.submitted, "extension": None}
            for one in entries if one.student in new
        ])  # fmt: skip
        return ids | new

    def _notebooks(self, submissions: Sequence[str]) -> dict[tuple[str, str], str]:
        """Ids of the submitted notebooks, by submission and released notebook, made where they are missing."""
        query = select(_NOTEBOOK.c.assignment_id, _NOTEBOOK.c.notebook_id, _NOTEBOOK.c.id).where(
            _NOTEBOOK.c.notebook_id.in_(list(self._grade_cells)), _NOTEBOOK.c.assignment_id.in_(submissions)
        )
        ids = {(row[0], row[1]): row[2] for row in self._db.execute(query)}
        new = {
            (submission, released): new_uuid()
            for submission in submissions
            for released in self._grade_cells
            if (submission, released) not in ids
        }
        self._insert(_NOTEBOOK, [
            {"id": one, "assignment_id": submission, "notebook_id": released, "flagged": False,
             "late_submission_penalty": None}
            for (submission, released), one in new.items()
        ])  # fmt: skip
        return ids | new

    def _write_cells(
        self,
        table: Table,
        cells: Mapping[str, Sequence[tuple[str, str]]],
        notebooks: Mapping[tuple[str, str], str],
        values: Sequence[dict[str, Any]],
    ) -> None:
        """Rows of cells: those that are missing are made for every notebook, then ours get their values."""
        wanted = [cell for some in cells.values() for cell, _ in some]
        query = select(table.c.notebook_id, table.c.cell_id).where(
            table.c.cell_id.in_(wanted), table.c.notebook_id.in_(list(notebooks.values()))
        )
        known = {(notebook, cell) for notebook, cell in self._db.execute(query)}
        given = {(one["notebook_id"], one["cell_id"]): one for one in values}
        blank = dict.fromkeys((column.name for column in table.columns), None)
        if "needs_manual_grade" in blank:
            blank["needs_manual_grade"] = True
        keys = [(one, cell) for (_, released), one in notebooks.items() for cell, _ in cells[released]]
        self._insert(table, [
            {**blank, "id": new_uuid(), "notebook_id": key[0], "cell_id": key[1], **given.get(key, {})}
            for key in keys if key not in known
        ])  # fmt: skip
        self._update(table, [
            {f"key_{name}" if name in ("notebook_id", "cell_id") else name: value for name, value in one.items()}
            for key, one in given.items() if key in known
        ])  # fmt: skip

    def _insert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self._db.execute(insert(table), rows)

    def _update(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Update rows by their ``key_`` columns. What a person entered stays, and still asks for a look."""
        if not rows:
            return
        keys = [name for name in rows[0] if name.startswith("key_")]
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name not in keys}
        if "needs_manual_grade" in values:
            by_hand = table.c.manual_score.is_not(None)
            values["needs_manual_grade"] = case((by_hand, True), else_=bindparam("needs_manual_grade"))
        condition = [table.c[name.removeprefix("key_")] == bindparam(name) for name in keys]
        self._db.connection().execute(update(table).where(*condition).values(values), rows)

    def _record_penalties(self, notebooks: Sequence[str]) -> None:
        """As ``AssignLatePenalties`` does, which opens a gradebook of its own for it."""
        self._update(_NOTEBOOK, [{"key_id": one, "late_submission_penalty": None} for one in notebooks])
        if self._duedate is None:
            return
        late = (
            select(SubmittedNotebook)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .where(
                SubmittedNotebook.id.in_(notebooks),
                or_(SubmittedAssignment.timestamp > self._duedate, SubmittedAssignment.extension.is_not(None)),
            )
        )
        for notebook in self._db.scalars(late):
            seconds = notebook.assignment.total_seconds_late
            if seconds > 0:
                plugin = self._penalties.plugin_inst
                penalty = plugin.late_submission_penalty(notebook.student.id, notebook.score, seconds)
                if penalty is not None:
                    notebook.late_submission_penalty = self._penalties._check_late_penalty(notebook, penalty)

    def _read_assignment(self, assignment: Assignment) -> None:
        """Keep what is needed of the assignment as plain values: rows of a session would pile up in it."""
        self._assignment_id, self._duedate = assignment.id, assignment.duedate
        self._notebook_id = next(one.id for one in assignment.notebooks if one.name == assignment.name)
        self._grade_cells = {
            one.id: [(cell.id, cell.name) for cell in (*one.grade_cells, *one.task_cells)]
            for one in assignment.notebooks
        }
        self._comment_cells = {
            one.id: [(cell.id, cell.name) for cell in (*one.solution_cells, *one.task_cells)]
            for one in assignment.notebooks
        }

    def _registered(self, release: NotebookNode, points: Mapping[str, float]) -> Assignment:
        name = self._assignment
        try:
            refuse_stale_gradebook(self._session.gradebook, name, release, points)
        except MissingEntry:
            register(release, self._session.gradebook, name, name)
            refuse_stale_gradebook(self._session.gradebook, name, release, points)
        return self._session.gradebook.find_assignment(name)


def _scored(score: float | None) -> dict[str, Any]:
    return {"auto_score": score, "needs_manual_grade": score is None}
