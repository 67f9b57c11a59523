"""A small class, made once and graded once; tests that change it work on a copy."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from commands import ASSIGNMENT, run_in

FAST = ("ada", "chen", "fay", "ivo")  # all right, two mistakes, stubs, lost metadata; none waits for a time-out

Scores = dict[str, dict[str, float | None]]


SCORES = """select a.student_id, cell.name, g.auto_score from grade g
            join submitted_notebook n on g.notebook_id = n.id join submitted_assignment a on n.assignment_id = a.id
            join base_cell cell on g.cell_id = cell.id"""


def by_student(rows: Iterable[tuple[Any, ...]]) -> Scores:
    found: Scores = {}
    for student, cell, score in rows:
        found.setdefault(student, {})[cell] = score
    return found


def scores(root: Path) -> Scores:
    """The automatic scores in the gradebook, by student and cell."""
    with sqlite3.connect(root / "gradebook.db") as connection:
        return by_student(connection.execute(SCORES))


def submission(root: Path, student: str) -> Path:
    return root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


@pytest.fixture(scope="session")
def small_template(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("small") / "course"))
    for folder in (root / "submitted").iterdir():
        if folder.name not in FAST:
            shutil.rmtree(folder)
    return root


@pytest.fixture(scope="session")
def graded_template(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(small_template, tmp_path_factory.mktemp("graded") / "course"))
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    return root


Fresh = Callable[[], Path]


@pytest.fixture
def ungraded(small_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_template, tmp_path / "course"))


@pytest.fixture
def graded(graded_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded_template, tmp_path / "course"))
