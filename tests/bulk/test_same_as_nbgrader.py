"""`autograder grade` leaves behind what `nbgrader autograde` leaves behind: the same rows, the same files."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from commands import ASSIGNMENT, run_in

from autograder.demo import PEOPLE

pytestmark = pytest.mark.long

STUDENTS = [person.student for person in PEOPLE]

ROWS = {
    "scores": """select a.student_id, cell.name, g.auto_score, g.manual_score, g.extra_credit,
                        g.needs_manual_grade
                 from grade g join submitted_notebook n on g.notebook_id = n.id
                 join submitted_assignment a on n.assignment_id = a.id
                 join base_cell cell on g.cell_id = cell.id order by 1, 2""",
    "comments": """select a.student_id, cell.name, c.auto_comment, c.manual_comment
                   from comment c join submitted_notebook n on c.notebook_id = n.id
                   join submitted_assignment a on n.assignment_id = a.id
                   join base_cell cell on c.cell_id = cell.id order by 1, 2""",
    "submissions": """select a.student_id, b.name, a.timestamp, a.extension from submitted_assignment a
                      join assignment b on a.assignment_id = b.id order by 1""",
    "notebooks": """select a.student_id, b.name, n.late_submission_penalty from submitted_notebook n
                    join submitted_assignment a on n.assignment_id = a.id
                    join notebook b on n.notebook_id = b.id order by 1""",
    "students": "select id, first_name, last_name, email, lms_user_id from student order by 1",
    "assignments": "select name, duedate, course_id from assignment order by 1",
    "released notebooks": "select name, kernelspec from notebook order by 1",
    "cells": "select name, type from base_cell order by 1",
    "grade cells": """select b.name, g.max_score, g.cell_type from grade_cells g
                      join base_cell b on g.id = b.id order by 1""",
    "source cells": "select name, cell_type, locked, source, checksum from source_cell order by 1",
}


# A course that cuts outputs short, has steps of its own between nbgrader's, and leaves some of those out.
OWN_STEPS = """
from nbconvert.preprocessors import ClearMetadataPreprocessor, Preprocessor
from nbgrader.preprocessors import IgnorePattern, LimitOutput

class Shorten(Preprocessor):
    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = output.text[:300]
        return cell, resources

steps = list(c.Autograde.autograde_preprocessors)
place = steps.index(LimitOutput)
c.Autograde.autograde_preprocessors = [*steps[:place], LimitOutput, Shorten, IgnorePattern, *steps[place + 1:]]
c.LimitOutput.max_lines = 4
c.LimitOutput.max_traceback = 3
c.IgnorePattern.pattern = "nothing like this"
"""


@pytest.fixture(scope="module", params=["", OWN_STEPS], ids=["plain", "own steps"])
def both(
    class_template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, Path]:
    """The class graded by our command, and by nbgrader's from generating the assignment on."""
    folder = tmp_path_factory.mktemp("both")
    ours, theirs = (Path(shutil.copytree(class_template, folder / name)) for name in ("ours", "theirs"))
    for root in (ours, theirs):
        with (root / "nbgrader_config.py").open("a") as config:
            config.write(request.param)
    run_in(ours, "autograder", "grade", ASSIGNMENT, code=1)
    run_in(theirs, "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run_in(theirs, "nbgrader", "autograde", ASSIGNMENT)
    return ours, theirs


@pytest.mark.parametrize("table", ROWS)
def test_the_rows_are_the_same(both: tuple[Path, Path], table: str) -> None:
    ours, theirs = (rows(root, ROWS[table]) for root in both)
    assert ours
    assert ours == theirs


def rows(root: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(root / "gradebook.db") as connection:
        return list(connection.execute(query))


@pytest.mark.parametrize("student", STUDENTS)
def test_the_notebooks_are_the_same_cell_by_cell(both: tuple[Path, Path], student: str) -> None:
    ours, theirs = (autograded(root, student) for root in both)
    assert [cell["id"] for cell in ours["cells"]] == [cell["id"] for cell in theirs["cells"]]
    for our_cell, their_cell in zip(ours["cells"], theirs["cells"], strict=True):
        assert our_cell == their_cell
    assert ours == theirs


def autograded(root: Path, student: str) -> dict[str, object]:
    path = root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook: dict[str, object] = json.loads(path.read_text())
    notebook["metadata"]["autograder"]["result"].pop("seconds")  # type: ignore[index]
    return notebook


def test_the_folders_hold_the_same_files_with_the_same_modes(both: tuple[Path, Path]) -> None:
    ours, theirs = (
        sorted((str(path.relative_to(root)), path.stat().st_mode) for path in (root / "autograded").rglob("*"))
        for root in both
    )
    assert ours == theirs


def test_a_second_run_of_either_way_changes_nothing(both: tuple[Path, Path]) -> None:
    ours, _ = both
    before = [rows(ours, query) for query in ROWS.values()]
    run_in(ours, "autograder", "grade", ASSIGNMENT, code=1)
    assert [rows(ours, query) for query in ROWS.values()] == before
    run_in(ours, "nbgrader", "autograde", ASSIGNMENT, "--force")
    assert [rows(ours, query) for query in ROWS.values()] == before
