"""A course that `nbgrader quickstart` began, with this project's four assignments, an exchange and accounts."""

import csv
import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from accounts import Account, accounts
from commands import PROJECT

from autograder.course import Course
from autograder.demo.people import Material, Person

COURSE = "round101"
ASSIGNMENTS = ("initialization", "regularization", "gradient_checking", "optimization")
_MACHINE = """
c = get_config()
c.Exchange.root = {exchange!r}
c.CourseDirectory.course_id = {course!r}
"""
_OURS = """
import autograder
c.LateSubmissionPlugin.penalty_method = "zero"
autograder.configure(c)
"""


@dataclass(frozen=True)
class School:
    """Everything that the round needs.

    Attributes:
        staff: Who runs the course.
        students: The students.
        exchange: The exchange's folder.
        course: The course's folder, in the home of the staff.
    """

    staff: Account
    students: tuple[Account, ...]
    exchange: Path
    course: Course

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the gradebook."""
        with sqlite3.connect(self.course.root / "gradebook.db") as connection:
            return list(connection.execute(query))

    def do(self, *words: object, code: int = 0) -> str:
        """A command of the staff, in the course's folder; what it said."""
        done = self.staff.run(*words, code=code, cwd=self.course.root)
        return done.stdout + done.stderr

    def inbound(self, student: Account, assignment: str) -> list[Path]:
        """What a student handed in, in the order of time."""
        return sorted((self.exchange / COURSE / "inbound").glob(f"{student.name}+{assignment}+*"))

    def grades(self) -> dict[tuple[str, str], dict[str, str]]:
        """What `nbgrader export` writes, by student and assignment."""
        self.do("nbgrader", "export")
        with (self.course.root / "grades.csv").open() as file:
            return {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}


def school(folder: Path, *students: str, assignments: tuple[str, ...] = ASSIGNMENTS) -> School:
    """Begin a course as its instructor would, with an exchange on this machine."""
    staff, *pupils = accounts(folder, *students)
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    (staff.etc / "nbgrader_config.py").write_text(_MACHINE.format(exchange=str(exchange), course=COURSE))
    staff.run("nbgrader", "quickstart", COURSE)
    root = staff.home / COURSE
    shutil.rmtree(root / "source" / "ps1")
    for name in assignments:
        shutil.copytree(PROJECT / "source" / name, root / "source" / name)
        shutil.copytree(PROJECT / "autograder" / "checks" / name, root / "checks" / name)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(_OURS)
    return School(staff, tuple(pupils), exchange, Course(root))


def work(student: Account, assignment: str, person: Person, course: Course) -> Path:
    """Let a student do what a person of the demonstration does to the fetched notebook; the notebook."""
    notebook = student.home / assignment / f"{assignment}.ipynb"
    material = Material.of(course, assignment)
    fetched = nbformat.read(notebook, as_version=4)
    own = Material(assignment, material.source, fetched, material.alternatives, material.misconceptions)
    notebook.write_bytes(person.hand_in(own))
    return notebook


def record(autograded: Path) -> dict[str, Any]:
    """The result in an autograded notebook."""
    found: dict[str, Any] = json.loads(autograded.read_text())["metadata"]["autograder"]["result"]
    return found
