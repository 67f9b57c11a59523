"""nbgrader's late penalties, extra credit and further notebooks, the same by its own command and by ours."""

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT, run_in
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

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


@dataclass(frozen=True)
class Graded:
    """A course that was graded one of the two ways."""

    root: Path
    way: tuple[str, ...]

    def again(self) -> None:
        run_in(self.root, *self.way, "--force", code=(0, 1))

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db")

    def submission(self, student: str) -> tuple[float, float]:
        """Score and late penalty."""
        with self.gradebook() as gradebook:
            found = gradebook.find_submission(ASSIGNMENT, student)
            return found.score, found.late_submission_penalty


@pytest.fixture(scope="module", params=WAYS)
def graded(request: pytest.FixtureRequest, class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """A course with a due date, a penalty of its own and an extension for chen, graded by one of the two ways."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp(request.param) / "course"))
    for folder in (root / "submitted").iterdir():
        if folder.name not in STUDENTS:
            shutil.rmtree(folder)
    (root / "penalties.py").write_text(PENALTIES)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + 'c.AssignLatePenalties.plugin_class = "penalties.TenthForEachHour"\n')
    run_in(root, "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run_in(root, "nbgrader", "db", "assignment", "add", ASSIGNMENT, f"--duedate={DUE}")
    course = Graded(root, WAYS[request.param])
    with course.gradebook() as gradebook:
        gradebook.add_student("chen")
        gradebook.add_submission(ASSIGNMENT, "chen", timestamp=datetime(2026, 1, 30, 19, 0))
        gradebook.grant_extension(ASSIGNMENT, "chen", hours=5)
    course.again()
    return course


def test_a_late_penalty_of_the_courses_own_is_taken_off(graded: Graded) -> None:
    assert graded.submission("ada") == (60, 6)
    assert graded.submission("bela") == (60, 6)


def test_an_extension_counts(graded: Graded) -> None:
    score, penalty = graded.submission("chen")
    assert 0 < score < 60
    assert penalty == 0


def test_extra_credit_outlives_a_regrade_and_counts_for_the_penalty(graded: Graded) -> None:
    with graded.gradebook() as gradebook:
        grade = next(one for one in gradebook.find_submission(ASSIGNMENT, "bela").notebooks[0].grades if one.auto_score)
        grade.extra_credit = 5
        gradebook.db.commit()
    graded.again()
    assert graded.submission("bela") == (65, 6.5)


def test_a_late_penalty_goes_when_the_due_date_moves(graded: Graded) -> None:
    with graded.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-02-28 17:00:00 UTC")
    graded.again()
    assert graded.submission("ada") == (60, 0)


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


@pytest.mark.parametrize("way", WAYS)
def test_a_further_notebook_is_graded_from_its_own_cells_beside_ours(several: Path, tmp_path: Path, way: str) -> None:
    root = Path(shutil.copytree(several, tmp_path / "course"))
    run_in(root, *WAYS[way], code=(0, 1))
    query = """select a.student_id, b.name, sum(g.auto_score) from grade g
               join submitted_notebook n on g.notebook_id = n.id join notebook b on n.notebook_id = b.id
               join submitted_assignment a on n.assignment_id = a.id group by 1, 2"""
    with sqlite3.connect(root / "gradebook.db") as connection:
        scores = {(student, name): score for student, name, score in connection.execute(query)}
    assert {student: scores[student, ASSIGNMENT] for student in STUDENTS} == dict.fromkeys(STUDENTS, 60)
    assert {student: scores[student, "warmup"] for student in STUDENTS} == {"ada": 6, "bela": 1, "chen": 0}
    shown = nbformat.read(root / "autograded" / "ada" / ASSIGNMENT / "warmup.ipynb", as_version=4)
    assert shown.cells[0].source == "answer = 42"


def test_a_second_notebook_with_graded_functions_is_refused_in_one_line(class_template: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(class_template, tmp_path / "course"))
    folder = root / "source" / ASSIGNMENT
    shutil.copy(folder / f"{ASSIGNMENT}.ipynb", folder / "second.ipynb")
    for command in (("autograder", "build"), ("nbgrader", "generate_assignment")):
        done = run_in(root, *command, ASSIGNMENT, *(["--force"] if command[0] == "nbgrader" else []), code=(1, 2))
        assert "second.ipynb" in done.stderr
        assert f"only {ASSIGNMENT}.ipynb can have graded functions" in done.stderr
        assert "Traceback" not in done.stderr
