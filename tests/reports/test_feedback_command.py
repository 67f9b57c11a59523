"""``autograder feedback`` for a class, and the same pages from nbgrader's own command, its API and its exchange."""

import json
import shutil
import sqlite3
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT, run_in
from feedback_class import autograded, feedback, give, grade
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.course import Course
from autograder.frame import configure

pytestmark = pytest.mark.long

_CLASS = ("ada", "chen", "june")


@pytest.fixture(scope="module")
def graded(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of three, graded once, with its pages."""
    course = Course(Path(shutil.copytree(class_template, tmp_path_factory.mktemp("pages") / "course")))
    grade(course, _CLASS)
    done = run_in(course.root, "autograder", "feedback", ASSIGNMENT)
    assert "pages of feedback: 3 made, 0 current" in done.stdout
    assert "3 of 3 pages" in done.stderr
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    """A copy of the graded class."""
    return Course(Path(shutil.copytree(graded.root, tmp_path / "course")))


def pages(course: Course) -> dict[str, bytes]:
    return {student: feedback(course, student).read_bytes() for student in _CLASS}


def test_every_way_makes_the_same_page(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our command, nbgrader's, and its Python API, which formgrader's button calls."""
    ours = pages(course)
    run_in(course.root, "nbgrader", "generate_feedback", ASSIGNMENT, "--force")
    assert pages(course) == ours
    monkeypatch.chdir(course.root)
    config = Config({"CourseDirectory": {"root": str(course.root)}})
    configure(config)
    shutil.rmtree(course.root / "feedback")
    done = NbGraderAPI(config=config).generate_feedback(ASSIGNMENT)
    assert done["success"], done
    assert pages(course) == ours
    again = run_in(course.root, "autograder", "feedback", ASSIGNMENT)
    assert "pages of feedback: 0 made, 3 current" in again.stdout, "a page of nbgrader's making is current as well"


def test_only_what_changed_is_made_again(course: Course) -> None:
    give(course, "chen", "answer-batch-size", manual=2)
    done = run_in(course.root, "autograder", "feedback", ASSIGNMENT)
    assert "pages of feedback: 1 made, 2 current" in done.stdout
    assert "43</strong> of 63 points" in feedback(course, "chen").read_text()
    done = run_in(course.root, "autograder", "feedback", ASSIGNMENT, "--student", "ada", "--force", "--jobs", "1")
    assert "pages of feedback: 1 made, 0 current" in done.stdout
    assert "feedback/ada/" in done.stdout


def test_a_damaged_notebook_costs_its_own_page_only(course: Course) -> None:
    shutil.rmtree(course.root / "feedback")
    autograded(course, "ada").chmod(0o644)
    autograded(course, "ada").write_text('{"cells": [')
    with sqlite3.connect(course.root / "gradebook.db") as connection:
        connection.execute("insert into student (id) values ('zoe')")
        connection.execute(
            "insert into submitted_assignment (id, assignment_id, student_id) select 'z', id, 'zoe' from assignment"
        )
        connection.execute(
            "insert into submitted_notebook (id, assignment_id, notebook_id) select 'z', 'z', id from notebook"
        )
    done = run_in(course.root, "autograder", "feedback", ASSIGNMENT, code=1)
    assert "ada: the autograded notebook is damaged" in done.stderr
    assert f"autograder grade {ASSIGNMENT} --student ada --force" in done.stderr
    assert "no page for 1 without an autograded notebook: zoe" in done.stderr
    assert "Traceback" not in done.stderr
    assert not feedback(course, "ada").exists()
    assert "41</strong>" in feedback(course, "chen").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((ASSIGNMENT, "--student", "nobody"), "nothing of student 'nobody' is graded yet"),
        ((ASSIGNMENT, "--jobs", "-1"), "--jobs is -1"),
        ((ASSIGNMENT, "--jobs", "many"), "jobs"),
        (("calculus",), "there is no assignment 'calculus'"),
        ((), "usage: autograder feedback ASSIGNMENT"),
        ((ASSIGNMENT, "--colour"), "there is no option '--colour'"),
        ((ASSIGNMENT, "--db", "sqlite:///nbgrader_config.py"), "the gradebook cannot be read"),
    ],
)
def test_wrong_use_is_one_line(graded: Course, words: tuple[str, ...], said: str) -> None:
    done = run_in(graded.root, "autograder", "feedback", *words, code=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_that_cannot_be_written_is_named(course: Course) -> None:
    shutil.rmtree(course.root / "feedback")
    (course.root / "feedback").mkdir()
    (course.root / "feedback" / "chen").write_text("a file where a folder belongs")
    done = run_in(course.root, "autograder", "feedback", ASSIGNMENT, code=1)
    assert "chen: the page cannot be written" in done.stderr
    assert feedback(course, "ada").is_file()


def test_a_course_that_chose_its_own_exporter_keeps_it(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.GenerateFeedback.exporter_class = 'nbconvert.exporters.HTMLExporter'\n")
    run_in(course.root, "autograder", "feedback", ASSIGNMENT)
    assert "mathjax" in feedback(course, "ada").read_text().lower()


def test_an_assignment_of_plain_nbgrader_keeps_nbgraders_page(tmp_path: Path) -> None:
    def marked(name: str, **fields: object) -> dict[str, object]:
        own = {"grade_id": name, "schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
        return {"nbgrader": {**own, **fields}}

    course = Course(tmp_path / "course")
    cells = [
        new_code_cell("### BEGIN SOLUTION\na = 42\n### END SOLUTION", metadata=marked("a", solution=True)),
        new_code_cell("assert a == 42", metadata=marked("test-a", grade=True, locked=True, points=5)),
    ]
    course.source_notebook("plain").parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), course.source_notebook("plain"))
    (course.root / "nbgrader_config.py").write_text("import autograder\nc = get_config()\nautograder.configure(c)\n")
    run_in(course.root, "nbgrader", "generate_assignment", "plain")
    submitted = course.root / "submitted" / "ada" / "plain" / "plain.ipynb"
    submitted.parent.mkdir(parents=True)
    shutil.copy(course.source_notebook("plain"), submitted)
    run_in(course.root, "nbgrader", "autograde", "plain")
    done = run_in(course.root, "autograder", "feedback", "plain")
    assert "pages of feedback: 1 made" in done.stdout
    page = (course.root / "feedback" / "ada" / "plain" / "plain.html").read_text()
    assert "Score: 5.0 / 5.0" in page
    assert "Test cell" in page


def test_a_student_fetches_the_page_through_nbgraders_exchange(course: Course, tmp_path: Path) -> None:
    config = course.root / "nbgrader_config.py"
    exchange = f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\nc.CourseDirectory.course_id = 'nets'\n"
    config.write_text(config.read_text() + exchange + f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / "nbgrader_config.py").write_text("c = get_config()\n" + exchange
                                             + f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n")  # fmt: skip
    run_in(course.root, "nbgrader", "release_assignment", ASSIGNMENT)
    run_in(home, "nbgrader", "fetch_assignment", ASSIGNMENT)
    run_in(home, "nbgrader", "submit", ASSIGNMENT)
    run_in(course.root, "nbgrader", "collect", ASSIGNMENT)
    (mine,) = {path.parent.name for path in (course.root / "submitted").glob(f"*/{ASSIGNMENT}")} - set(_CLASS)
    run_in(course.root, "autograder", "grade", ASSIGNMENT, "--student", mine, code=(0, 1))
    run_in(course.root, "autograder", "feedback", ASSIGNMENT, "--student", mine)
    run_in(course.root, "nbgrader", "release_feedback", ASSIGNMENT, "--student", mine)
    run_in(home, "nbgrader", "fetch_feedback", ASSIGNMENT)
    (fetched,) = home.glob(f"{ASSIGNMENT}/feedback/*/{ASSIGNMENT}.html")
    assert fetched.read_bytes() == feedback(course, mine).read_bytes()
    assert json.loads(autograded(course, mine).read_text())["metadata"]["autograder"]["result"]["score"] == 0
