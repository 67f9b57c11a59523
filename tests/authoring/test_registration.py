"""A release put into a gradebook leaves the rows that nbgrader's generate_assignment leaves."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from courses import configuration, lesson, write_course
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from autograder.authoring import build, register
from autograder.course import Course

TABLES = {
    "course": "select * from course order by id",
    "assignment": "select name, duedate, course_id from assignment order by name",
    "notebook": """select n.name, n.kernelspec, a.name from notebook n join assignment a on n.assignment_id = a.id
                   order by 1""",
    "base_cell": """select c.name, c.type, n.name from base_cell c join notebook n on c.notebook_id = n.id
                    order by 1, 2""",
    "grade_cells": """select b.name, g.max_score, g.cell_type from grade_cells g join base_cell b on g.id = b.id
                      order by 1""",
    "solution_cells": "select b.name from solution_cells s join base_cell b on s.id = b.id order by 1",
    "source_cell": """select s.name, s.cell_type, s.locked, s.source, s.checksum, n.name
                      from source_cell s join notebook n on s.notebook_id = n.id order by 1""",
    "task_cells": "select * from task_cells",
    "student": "select * from student",
    "submitted_assignment": "select * from submitted_assignment",
}


def rows(database: Path, query: str) -> list[Any]:
    with sqlite3.connect(database) as connection:
        return list(connection.execute(query))


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A gradebook with the release put in, and one that nbgrader filled from the source."""
    folder = tmp_path_factory.mktemp("registration")
    ours, theirs = (write_course(folder / name, lesson()) for name in ("ours", "theirs"))
    build(ours, "lesson", configuration(ours))
    with Gradebook(f"sqlite:///{ours.root / 'gradebook.db'}", "small") as gradebook:
        register(ours.read_release("lesson"), gradebook, "lesson", "lesson")
    config = configuration(theirs)
    config.CourseDirectory.assignment_id = "lesson"
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    return ours.root / "gradebook.db", theirs.root / "gradebook.db"


@pytest.mark.parametrize("table", TABLES)
def test_the_rows_are_nbgraders(databases: tuple[Path, Path], table: str) -> None:
    ours, theirs = (rows(database, TABLES[table]) for database in databases)
    assert ours == theirs


def test_there_are_rows_to_compare(databases: tuple[Path, Path]) -> None:
    assert rows(databases[0], TABLES["grade_cells"]) == [
        ("answer-why", 3.0, "markdown"),
        ("check-scale", 10.0, "code"),
        ("check-shift", 4.0, "code"),
    ]
    assert len(rows(databases[0], TABLES["source_cell"])) == 8
    assert json.loads(rows(databases[0], TABLES["notebook"])[0][1])["name"] == "python3"


def test_no_table_is_left_out(databases: tuple[Path, Path]) -> None:
    names = {name for (name,) in rows(databases[0], "select name from sqlite_master where type = 'table'")}
    untouched = {"alembic_version", "grade", "comment", "submitted_notebook"}
    filled = {name for name in names if rows(databases[0], f"select count(*) from {name}") != [(0,)]}
    assert filled <= set(TABLES) | untouched
    assert set(TABLES) <= names


def test_the_open_gradebook_knows_the_assignment_at_once(databases: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copy(databases[0], tmp_path / "gradebook.db")
    release = Course(databases[0].parent).read_release("lesson")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "small") as gradebook:
        register(release, gradebook, "next week", "lesson")
        assert gradebook.find_assignment("next week").max_score == 17.0


def test_registering_again_changes_nothing(databases: tuple[Path, Path], tmp_path: Path) -> None:
    database = Path(shutil.copy(databases[0], tmp_path / "gradebook.db"))
    release = Course(databases[0].parent).read_release("lesson")
    with Gradebook(f"sqlite:///{database}", "small") as gradebook:
        register(release, gradebook, "lesson", "lesson")
    for query in TABLES.values():
        assert rows(database, query) == rows(databases[0], query)
    assert release == Course(databases[0].parent).read_release("lesson")
