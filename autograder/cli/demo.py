"""``autograder demo``: a small course with a class of very different submissions, from release to feedback."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from traitlets.config import Config

from autograder.authoring import build
from autograder.bulk import Classwork, grade_class
from autograder.cli.command import Command
from autograder.cli.progress import show_progress
from autograder.cli.triage import Outcome, print_summary
from autograder.course import Course
from autograder.demo import PEOPLE, write_class
from autograder.errors import CourseError
from autograder.frame import configure
from autograder.frame.options import Autograder
from autograder.models import SubmissionResult
from autograder.reports import write_feedback

DEFAULT_FOLDER = "demo-course"
MARKER = ".autograder-demo"
CELL_SECONDS = 3.0

_CONFIG = f'''"""The demonstration's configuration: all that a course needs."""

import autograder

c = get_config()

# Endless loops are part of the demonstration: ten seconds for each of their cells would make it long.
c.Autograder.cell_seconds = {CELL_SECONDS}

autograder.configure(c)
'''


class DemoCommand(Command):
    """Grade a small class of very different submissions in a fresh folder, from release to feedback."""

    name = "demo"
    examples = "autograder demo\nautograder demo /tmp/some-folder"

    def run(self) -> int:
        """Make the course, grade the class, write the feedback, say where to look."""
        words = self.arguments("autograder demo [DIR]", most=1)
        origin = self.course
        assignment = _richest_assignment(origin)
        console = Console(highlight=False)
        started = time.monotonic()
        course = fresh_course(origin, assignment, Path(words[0] if words else DEFAULT_FOLDER).absolute())
        console.print(f"[bold]1[/] a course with the assignment {assignment} in {course.root}", soft_wrap=True)
        config = demo_config(course)
        build(course, assignment, config)
        console.print(f"[bold]2[/] built {course.release_notebook(assignment).relative_to(course.root)}")
        count = write_class(course, assignment)
        console.print(f"[bold]3[/] {count} submissions:")
        for person in PEOPLE:
            console.print(f"     {person.student:5} {person.story}")
        console.print("[bold]4[/] grading them into gradebook.db")
        results = grade_demo(course, assignment, config)
        print_summary([Outcome.of(one) for one in results], assignment, console)
        pages = write_feedback(_coursedir(course, config), assignment, NbGrader(config=config)).all
        console.print(f"[bold]5[/] {len(pages)} pages of feedback, for example:", soft_wrap=True)
        for page in pages[1:4]:
            console.print(f"     {page}", soft_wrap=True, highlight=False)
        own = Path(sys.executable).parent
        programs = "" if os.environ.get("VIRTUAL_ENV") == sys.prefix else f"{own}/"  # activated or not
        console.print(
            f"\nDone in {time.monotonic() - started:.0f} s. Look next:\n"
            f"  cd {course.root}\n"
            f"  {programs}autograder check submitted/chen/{assignment}/{assignment}.ipynb --assignment {assignment}\n"
            f"  {programs}autograder grade {assignment} --force\n"
            f"  {programs}nbgrader export   # grades.csv, all scores\n"
            f"  {programs}jupyter lab       # with nbgrader's formgrader: the written answers wait there",
            soft_wrap=True,
        )
        return 0


def _richest_assignment(course: Course) -> str:
    """The assignment with most graded functions among those that can be demonstrated."""
    ready = [name for name in course.assignments() if (course.checks_folder(name) / "misconceptions.py").is_file()]
    if not ready:
        raise CourseError(
            "no assignment has a catalogue to make a class from",
            where=str(course.root),
            remedy="Run this in the platform's own course, or write misconceptions.py and alternatives.py",
        )
    return max(ready, key=lambda name: course.source_notebook(name).read_text().count("# GRADED FUNCTION:"))


def fresh_course(origin: Course, assignment: str, target: Path) -> Course:
    """A course of one assignment in a folder of its own; a former demonstration's folder is made anew.

    Raises:
        CourseError: The folder holds something else.
    """
    if target.exists() and any(target.iterdir()):
        if not (target / MARKER).is_file():
            raise CourseError("the folder is not empty", where=str(target), remedy="Name another, or empty it")
        shutil.rmtree(target)
    target.mkdir(parents=True, exist_ok=True)
    (target / MARKER).write_text("made by autograder demo, which may delete this folder\n")
    course = Course(target)
    shutil.copytree(origin.source_notebook(assignment).parent, course.source_notebook(assignment).parent)
    shutil.copytree(
        origin.checks_folder(assignment),
        course.checks_folder(assignment),
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (target / "nbgrader_config.py").write_text(_CONFIG)
    return course


def demo_config(course: Course) -> Config:
    """The configuration that the demonstration's ``nbgrader_config.py`` gives."""
    config = Config({"CourseDirectory": {"root": str(course.root)}, "Application": {"log_level": "CRITICAL"}})
    config.Autograder.cell_seconds = CELL_SECONDS
    configure(config)
    return config


def grade_demo(course: Course, assignment: str, config: Config) -> list[SubmissionResult]:
    """Grade the demonstration's class."""
    coursedir = _coursedir(course, config)
    coursedir.assignment_id = assignment
    app: Any = NbGrader(config=config)
    work = Classwork(Autograde(coursedir=coursedir, parent=app), Autograder(config=config), assignment)
    with show_progress(assignment) as shown:
        results = []
        for result in grade_class(work, shown.announce):
            shown.advance(result.status)
            results.append(result)
    return sorted(results, key=lambda one: one.student)


def _coursedir(course: Course, config: Config) -> CourseDirectory:
    return CourseDirectory(config=config, root=str(course.root))
