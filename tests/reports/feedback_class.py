"""A small graded class for tests of feedback, and its pages made without a process of their own."""

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from commands import ASSIGNMENT

from autograder.cli.demo import demo_config, grade_demo
from autograder.course import Course
from autograder.reports.feedback.grades import Gradings, Marks
from autograder.reports.feedback.page import page

# All right; two misconceptions; the last function missing; an exception; stubs; no notebook; a changed check.
STUDENTS = ("ada", "chen", "emil", "gus", "fay", "june", "lena")


def grade(course: Course, students: Sequence[str] = STUDENTS) -> Course:
    """Leave only these students' submissions, and grade them."""
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in students:
            folder.rename(course.root / folder.name)
    grade_demo(course, ASSIGNMENT, demo_config(course))
    return course


def autograded(course: Course, student: str) -> Path:
    """A student's autograded notebook."""
    return course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def feedback(course: Course, student: str) -> Path:
    """Where a student's page belongs."""
    return course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"


def marks(course: Course, student: str) -> Marks:
    """What the gradebook holds about a student."""
    return Gradings(f"sqlite:///{course.root}/gradebook.db", ASSIGNMENT).of(student, ASSIGNMENT)


def page_of(course: Course, student: str) -> str:
    """A student's page, as the gradebook stands now."""
    made = page(autograded(course, student).read_bytes(), marks(course, student))
    assert made is not None
    return made


def change(course: Course, statement: str, *values: object) -> None:
    """Change the gradebook, as formgrader would."""
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute(statement, values)
        connection.commit()


_NOTEBOOK = """(select n.id from submitted_notebook n join submitted_assignment a on n.assignment_id = a.id
                where a.student_id = ?)"""


def give(course: Course, student: str, cell: str, *, manual: float | None = None, extra: float | None = None) -> None:
    """A person's points for a cell."""
    change(
        course,
        f"""update grade set manual_score = ?, extra_credit = ?, needs_manual_grade = 0 where notebook_id = {_NOTEBOOK}
            and cell_id in (select id from base_cell where name = ?)""",
        *(manual, extra, student, cell),
    )


def say(course: Course, student: str, cell: str, comment: str) -> None:
    """A person's comment on a cell."""
    change(
        course,
        f"""update comment set manual_comment = ? where notebook_id = {_NOTEBOOK}
            and cell_id in (select id from base_cell where name = ?)""",
        *(comment, student, cell),
    )
