"""A course with the demonstration's class, made once; tests that change it work on a copy."""

import shutil
import signal
from pathlib import Path

import hypothesis
import pytest
from commands import ASSIGNMENT, PROJECT, Run, run_in

from autograder.authoring import build
from autograder.cli.demo import demo_config, fresh_course
from autograder.course import Course
from autograder.demo import write_class
from autograder.frame.configuration import put_environment_first

hypothesis.settings.register_profile("patient", deadline=None)  # a busy machine is no mistake
hypothesis.settings.load_profile("patient")

# A shell that runs the tests in the background has them ignore interrupts, and every program that they start with them.
signal.signal(signal.SIGINT, signal.default_int_handler)

put_environment_first()  # nbgrader, called in this process, starts alembic from PATH


@pytest.fixture(scope="session")
def project() -> Course:
    """The course that ships with the platform."""
    return Course(PROJECT, "autograder/checks")


@pytest.fixture(scope="session")
def class_template(project: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one assignment, built, with twelve submissions, nothing graded."""
    course = fresh_course(project, ASSIGNMENT, tmp_path_factory.mktemp("template") / "course")
    build(course, ASSIGNMENT, demo_config(course))
    write_class(course, ASSIGNMENT)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.cell_seconds = c.Autograder.call_seconds = 1.0\n")
    return course.root


@pytest.fixture
def course(class_template: Path, tmp_path: Path) -> Course:
    """A fresh copy of that course."""
    return Course(Path(shutil.copytree(class_template, tmp_path / "course")))


@pytest.fixture
def run(course: Course) -> Run:
    """Run a program in the course's folder."""
    return lambda *command, code=0: run_in(course.root, *command, code=code)
