"""nbgrader's late penalties, extra credit and further notebooks, the same by its own command and by ours."""

import shutil
import sqlite3
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT, run_in
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.authoring import register
from autograder.course import Course

pytestmark = pytest.mark.long

STUDENTS = ("ada", "bela", "chen")
DUE = "2026-01-30 17:00:00 UTC"  # ada handed in an hour late, bela 97 minutes, chen has an extension
WAYS = {"nbgrader": ("nbgrader", "autograde", ASSIGNMENT), "autograder": ("autograder", "grade", ASSIGNMENT)}
PENALTIES = '''
from nbgrader.plugins import BasePlugin


class TenthForEachHour(BasePlugin):
    """A penalty of the course's own."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return round(score * 0.1 * (total_seconds_late // 3600), 2)
'''


Scores = dict[str, tuple[float, float]]


@pytest.fixture(scope="module", params=WAYS)
def rounds(
    request: pytest.FixtureRequest, class_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Scores, Scores]:
    """Scores and late penalties by student, of a course graded twice, one of the two ways.

    Before the first time chen has an extension; before the second one bela gets extra credit and ada an extension.
    """
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp(request.param) / "course"))
    for folder in (root / "submitted").iterdir():
        if folder.name not in STUDENTS:
            shutil.rmtree(folder)
    (root / "penalties.py").write_text(PENALTIES)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + 'c.AssignLatePenalties.plugin_class = "penalties.TenthForEachHour"\n')
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        register(Course(root).read_release(ASSIGNMENT), gradebook, ASSIGNMENT, ASSIGNMENT)
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
        gradebook.add_student("chen")
        gradebook.add_submission(ASSIGNMENT, "chen")
        gradebook.grant_extension(ASSIGNMENT, "chen", hours=5)
    run_in(root, *WAYS[request.param], code=(0, 1))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        first = penalties(gradebook)
        grades = gradebook.find_submission(ASSIGNMENT, "bela").notebooks[0].grades
        next(one for one in grades if one.auto_score).extra_credit = 5
        gradebook.grant_extension(ASSIGNMENT, "ada", hours=5)
        gradebook.db.commit()
    run_in(root, *WAYS[request.param], "--force", code=(0, 1))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return first, penalties(gradebook)


def penalties(gradebook: Gradebook) -> Scores:
    return {
        one.student.id: (one.score, one.late_submission_penalty) for one in gradebook.assignment_submissions(ASSIGNMENT)
    }


def test_a_late_penalty_of_the_courses_own_is_taken_off(rounds: tuple[Scores, Scores]) -> None:
    assert rounds[0]["ada"] == rounds[0]["bela"] == (60, 6)


def test_who_has_an_extension_is_not_late(rounds: tuple[Scores, Scores]) -> None:
    score, penalty = rounds[0]["chen"]
    assert 0 < score < 60
    assert penalty == 0


def test_a_late_penalty_goes_with_an_extension_that_is_granted_later(rounds: tuple[Scores, Scores]) -> None:
    assert rounds[1]["ada"] == (60, 0)


def test_extra_credit_outlives_a_regrade_and_counts_for_the_penalty(rounds: tuple[Scores, Scores]) -> None:
    assert rounds[1]["bela"] == (65, 6.5)


def marked(grade_id: str, source: str, **changes: object) -> nbformat.NotebookNode:
    roles = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return new_code_cell(source, metadata={"nbgrader": {"schema_version": 3, "grade_id": grade_id, **roles, **changes}})


@pytest.fixture(scope="module")
def several(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose assignment has a further notebook, marked by hand as for stock nbgrader; nothing is graded."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("several") / "course"))
    shutil.rmtree(root / "submitted")
    cells = [
        marked("answer", "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION", solution=True),
        marked("test-answer", "assert answer == 42", grade=True, locked=True, points=5),
        marked("test-walls", "import os\nassert not os.path.exists('/etc/shadow')", grade=True, locked=True, points=1),
    ]
    nbformat.write(new_notebook(cells=cells), root / "source" / ASSIGNMENT / "warmup.ipynb")
    run_in(root, "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    right = class_template / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for student, answer in (("ada", "answer = 42"), ("bela", "answer = 41"), ("chen", None)):
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        shutil.copy(right, folder)
        if answer:
            warmup = nbformat.read(root / "release" / ASSIGNMENT / "warmup.ipynb", as_version=4)
            warmup.cells[0].source = answer
            nbformat.write(warmup, folder / "warmup.ipynb")
    return root


def test_a_further_notebook_is_graded_from_its_own_cells_beside_ours(several: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(several, tmp_path / "course"))
    run_in(root, *WAYS["nbgrader"], code=(0, 1))
    query = """select a.student_id, b.name, sum(g.auto_score) from grade g
               join submitted_notebook n on g.notebook_id = n.id join notebook b on n.notebook_id = b.id
               join submitted_assignment a on n.assignment_id = a.id group by 1, 2"""
    with sqlite3.connect(root / "gradebook.db") as connection:
        scores = {(student, name): score for student, name, score in connection.execute(query)}
    assert {student: scores[student, ASSIGNMENT] for student in STUDENTS} == dict.fromkeys(STUDENTS, 60)
    assert {student: scores[student, "warmup"] for student in STUDENTS} == {"ada": 6, "bela": 1, "chen": 0}
    shown = nbformat.read(root / "autograded" / "ada" / ASSIGNMENT / "warmup.ipynb", as_version=4)
    assert shown.cells[0].source == "answer = 42"


def test_bulk_grading_leaves_an_assignment_with_further_notebooks_to_nbgrader(several: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(several, tmp_path / "course"))
    told = run_in(root, *WAYS["autograder"], code=2).stderr.strip().splitlines()
    assert len(told) == 1
    assert "warmup.ipynb" in told[0]
    assert f"Run: nbgrader autograde {ASSIGNMENT}" in told[0]


def test_a_second_notebook_with_graded_functions_is_refused_in_one_line(class_template: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(class_template, tmp_path / "course"))
    folder = root / "source" / ASSIGNMENT
    shutil.copy(folder / f"{ASSIGNMENT}.ipynb", folder / "second.ipynb")
    for command in (("autograder", "build"), ("nbgrader", "generate_assignment")):
        done = run_in(root, *command, ASSIGNMENT, *(["--force"] if command[0] == "nbgrader" else []), code=(1, 2))
        assert "second.ipynb" in done.stderr
        assert f"only {ASSIGNMENT}.ipynb can have graded functions" in done.stderr
        assert "Traceback" not in done.stderr
