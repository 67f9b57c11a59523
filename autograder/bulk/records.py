"""nbgrader's gradebook, written in one session: for each submission the rows that its own commands leave."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Self, final

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from autograder.authoring import register
from autograder.errors import GradebookError
from autograder.frame.points import refuse_stale_gradebook
from autograder.grading.grade import Grader


@final
class Records:
    """The gradebook's rows of one assignment, open for writing.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        course_id: nbgrader's name of the course.
        grader: The assignment's grader; a released assignment that the gradebook lacks is registered.
        penalties: nbgrader's late penalties, as the course configures them.

    Raises:
        GradebookError: The gradebook cannot be used, or differs from the release.
    """

    def __init__(self, db_url: str, course_id: str, grader: Grader, penalties: AssignLatePenalties) -> None:
        self._penalties = penalties
        self._penalties.init_plugin()
        with _explained(db_url):
            self._gradebook = Gradebook(db_url, course_id)
            # This session is the only writer while it is open: rows need not be read again after each commit.
            self._gradebook.db().expire_on_commit = False
        self._db_url = db_url
        try:
            with _explained(db_url):
                self._assignment = self._registered(grader)
                self._cells = {
                    cell.id: cell.name
                    for notebook in self._assignment.notebooks
                    for cell in (*notebook.grade_cells, *notebook.solution_cells, *notebook.task_cells)
                }
        except BaseException:
            self._gradebook.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the session; what was not saved is rolled back."""
        self._gradebook.db.rollback()
        self._gradebook.close()

    def students_graded(self) -> frozenset[str]:
        """Ids of the students whose submission has its rows."""
        query = self._gradebook.db.query(SubmittedAssignment.student_id).filter(
            SubmittedAssignment.assignment_id == self._assignment.id
        )
        return frozenset(row[0] for row in query)

    def save(self, student: str, submitted: datetime | None, notebook: NotebookNode) -> None:
        """Record a graded notebook's scores, in one transaction.

        Args:
            student: The student's id; unknown students are added.
            submitted: When it was handed in, or None.
            notebook: The graded notebook, with its outputs.

        Raises:
            GradebookError: The gradebook refuses; nothing is changed then.
        """
        with _explained(self._db_url):
            try:
                rows = self._rows(student, submitted)
                _record_scores(rows, notebook, self._cells)
                self._gradebook.db.flush()
                self._record_penalty(rows)
                self._gradebook.db.commit()
            except BaseException:
                self._gradebook.db.rollback()
                raise

    def _registered(self, grader: Grader) -> Assignment:
        name = grader.assignment
        try:
            refuse_stale_gradebook(self._gradebook, name, grader)
        except MissingEntry:
            register(grader.release, self._gradebook, name, name)
            refuse_stale_gradebook(self._gradebook, name, grader)
        return self._gradebook.find_assignment(name)

    def _rows(self, student: str, submitted: datetime | None) -> SubmittedNotebook:
        """The rows of one submission, made as ``Gradebook.add_submission`` makes them, without its commits."""
        session = self._gradebook.db
        person = session.get(Student, student)
        if person is None:
            person = Student(id=student)
            session.add(person)
        submission = (
            session.query(SubmittedAssignment)
            .filter_by(assignment_id=self._assignment.id, student_id=student)
            .one_or_none()
        )
        if submission is None:
            with session.no_autoflush:  # rows refer to each other before they are whole
                submission = SubmittedAssignment(assignment=self._assignment, student=person)
                for notebook in self._assignment.notebooks:
                    _add_cells(SubmittedNotebook(notebook=notebook, assignment=submission))
                session.add(submission)
        if submitted is not None:
            submission.timestamp = submitted
        session.flush()
        row: SubmittedNotebook = next(one for one in submission.notebooks if one.name == self._assignment.name)
        return row

    def _record_penalty(self, notebook: SubmittedNotebook) -> None:
        """As ``AssignLatePenalties`` does, which opens a gradebook of its own for it."""
        notebook.late_submission_penalty = None
        late = notebook.assignment.total_seconds_late
        if late > 0:
            self._gradebook.db.refresh(notebook)  # its score is a sum that the database makes
            penalty = self._penalties.plugin_inst.late_submission_penalty(notebook.student.id, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = self._penalties._check_late_penalty(notebook, penalty)


def _add_cells(row: SubmittedNotebook) -> None:
    for cell in row.notebook.grade_cells:
        Grade(cell_id=cell.id, notebook=row)
    for cell in row.notebook.solution_cells:
        Comment(cell_id=cell.id, notebook=row)
    for cell in row.notebook.task_cells:
        Comment(cell_id=cell.id, notebook=row)
        Grade(cell_id=cell.id, notebook=row)


def _record_scores(row: SubmittedNotebook, notebook: NotebookNode, names: Mapping[str, str]) -> None:
    """As ``SaveAutoGrades`` does: automatic scores and comments; what a person entered stays."""
    grades = {names[grade.cell_id]: grade for grade in row.grades}
    comments = {names[comment.cell_id]: comment for comment in row.comments}
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if utils.is_grade(cell):
            grade = grades[grade_id]
            grade.auto_score, _ = utils.determine_grade(cell)
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        if utils.is_solution(cell) or utils.is_task(cell):
            unchanged = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comments[grade_id].auto_comment = "No response." if unchanged and not utils.is_task(cell) else None


@contextmanager
def _explained(db_url: str) -> Iterator[None]:
    """Turn what the database says into one line."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        remedy = "Close other programs that write to it and run this again"
        if isinstance(error, DatabaseError) and "lock" not in said:
            remedy = "If nbgrader was upgraded, make a copy of it and run: nbgrader db upgrade"
        raise GradebookError(f"the gradebook cannot be used ({said})", where=_place(db_url), remedy=remedy) from error


def _place(db_url: str) -> str:
    """The address without a password."""
    from sqlalchemy import make_url

    return make_url(db_url).render_as_string(hide_password=True)
