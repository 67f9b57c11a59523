"""A course with the demonstration's class, made once; tests that change it work on a copy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring import build
from autograder.cli.demo import demo_config, fresh_course
from autograder.course import Course
from autograder.demo import write_class

PROJECT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ASSIGNMENT = "optimization"

Run = Callable[..., subprocess.CompletedProcess[str]]


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


def run_in(folder: Path, *command: object, code: int | tuple[int, ...] = 0) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment, without activating it, and insist on its exit code."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    words = [str(BIN / str(command[0])), *map(str, command[1:])]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    expected = (code,) if isinstance(code, int) else code
    assert done.returncode in expected, f"{command} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture
def run(course: Course) -> Run:
    """Run a program in the course's folder."""
    return lambda *command, code=0: run_in(course.root, *command, code=code)
