"""A notebook under another name is graded alike by `autograder grade`, `nbgrader autograde` and the Python API."""

import getpass
import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from commands import ASSIGNMENT, run_in
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.course import Course
from autograder.frame import configure

pytestmark = pytest.mark.long

# What ada's right notebook is called in each folder, what it earns, and what is said.
FOLDERS = {
    "copied": (["optimization-Copy1.ipynb"], 60.0, "graded", "the only notebook handed in"),
    "downloaded": (["optimization (1).ipynb"], 60.0, "graded", "'optimization (1).ipynb'"),
    "texted": (["optimization.ipynb.txt"], 60.0, "graded", "'optimization.ipynb.txt'"),
    "several": (["a.ipynb", "b.ipynb"], 0.0, "needs_review", "Rename the right one to optimization.ipynb"),
    "none": ([], 0.0, "failed", "no notebook of the assignment's name"),
}


@pytest.fixture(scope="module")
def roots(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The course graded by each entry."""
    folder = tmp_path_factory.mktemp("names")
    found = {}
    for entry in ("bulk", "nbgrader"):
        root = found[entry] = Path(shutil.copytree(class_template, folder / entry))
        right = (root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
        shutil.rmtree(root / "submitted")
        for student, (names, *_) in FOLDERS.items():
            (root / "submitted" / student / ASSIGNMENT).mkdir(parents=True)
            for name in names:
                (root / "submitted" / student / ASSIGNMENT / name).write_bytes(right)
    run_in(found["bulk"], "autograder", "grade", ASSIGNMENT, code=1)
    run_in(found["nbgrader"], "nbgrader", "autograde", ASSIGNMENT)
    return found


def kept(root: Path, student: str) -> dict[str, object]:
    path = root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    record: dict[str, object] = json.loads(path.read_text())["metadata"]["autograder"]
    record["result"].pop("seconds")  # type: ignore[attr-defined]
    return record


def in_gradebook(root: Path) -> dict[str, float]:
    query = """select a.student_id, sum(g.auto_score) from grade g
               join submitted_notebook n on g.notebook_id = n.id
               join submitted_assignment a on n.assignment_id = a.id group by 1"""
    with sqlite3.connect(root / "gradebook.db") as connection:
        return dict(connection.execute(query))


@pytest.mark.parametrize("entry", ["bulk", "nbgrader"])
@pytest.mark.parametrize("student", FOLDERS)
def test_what_it_earns_and_what_is_said(roots: dict[str, Path], entry: str, student: str) -> None:
    _, score, status, says = FOLDERS[student]
    result = kept(roots[entry], student)["result"]
    assert (result["score"], result["status"]) == (score, status)  # type: ignore[index]
    assert says in " ".join(result["notes"])  # type: ignore[index]
    assert in_gradebook(roots[entry])[student] == score


@pytest.mark.parametrize("student", FOLDERS)
def test_both_entries_leave_the_same_result_and_digest(roots: dict[str, Path], student: str) -> None:
    assert kept(roots["bulk"], student) == kept(roots["nbgrader"], student)


def test_no_submitted_file_was_touched_or_put_in_place(roots: dict[str, Path]) -> None:
    for root in roots.values():
        for student, (names, *_) in FOLDERS.items():
            assert sorted(path.name for path in (root / "submitted" / student / ASSIGNMENT).iterdir()) == names


def test_naming_the_right_one_of_several_grades_it_in_the_next_run(roots: dict[str, Path]) -> None:
    folder = roots["bulk"] / "submitted" / "several" / ASSIGNMENT
    (folder / "a.ipynb").rename(folder / f"{ASSIGNMENT}.ipynb")
    run_in(roots["bulk"], "autograder", "grade", ASSIGNMENT, code=1)
    assert in_gradebook(roots["bulk"])["several"] == 60.0


def test_formgraders_button_grades_it(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the button calls: the Python API, for one student."""
    path = course.root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.rename(path.with_name("optimization (2).ipynb"))
    monkeypatch.chdir(course.root)
    config = Config({"CourseDirectory": {"root": str(course.root)}})
    configure(config)
    done = NbGraderAPI(config=config).autograde(ASSIGNMENT, "ada")
    assert done["success"], done
    assert in_gradebook(course.root) == {"ada": 60.0}


def test_the_page_is_fetched_under_the_name_that_the_student_gave(class_template: Path, tmp_path: Path) -> None:
    """By nbgrader's own command in a plain course folder of the student's, as everywhere."""
    root, home = Path(shutil.copytree(class_template, tmp_path / "course")), tmp_path / "home"
    inbound = root / "submitted" / "ada" / ASSIGNMENT
    (inbound / f"{ASSIGNMENT}.ipynb").rename(inbound / f"{ASSIGNMENT} (1).ipynb")
    (inbound / "submission_secret.txt").write_text("only ada knows this")
    (inbound / "timestamp.txt").write_text("2026-11-26 12:00:00.000000 UTC")
    options = "--course=101", f"--Exchange.root={tmp_path}/exchange", f"--Exchange.cache={home}/cache"
    run_in(root, "autograder", "grade", ASSIGNMENT, "--student", "ada")
    run_in(root, "nbgrader", "generate_feedback", ASSIGNMENT, "--student=ada")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    for _ in range(2):  # a page that was made again replaces the first
        run_in(root, "nbgrader", "release_feedback", ASSIGNMENT, *options)
    user = getpass.getuser()
    shutil.copytree(inbound, home / "cache" / "101" / f"{user}+{ASSIGNMENT}+2026-11-26 12:00:00.000000 UTC")
    run_in(home, "nbgrader", "fetch_feedback", ASSIGNMENT, *options)
    [fetched] = (home / ASSIGNMENT / "feedback").rglob("*.html")
    assert fetched.name == f"{ASSIGNMENT} (1).html"
    assert fetched.read_bytes() == (root / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_bytes()
    assert len(list((tmp_path / "exchange" / "101" / "feedback").iterdir())) == 2


def test_the_page_of_a_second_notebook_stays_and_odd_names_stop_nothing(class_template: Path, tmp_path: Path) -> None:
    """A page for another notebook of the assignment is that one's; who is left out needs no secret."""
    root, exchange = Path(shutil.copytree(class_template, tmp_path / "course")), tmp_path / "exchange"
    for student in ("ada", "bela"):
        submitted, made = (root / step / student / ASSIGNMENT for step in ("submitted", "feedback"))
        (submitted / f"{ASSIGNMENT}.ipynb").rename(submitted / "second.ipynb")
        (submitted / os.fsdecode(b"L\xf6sung.ipynb")).write_text("{}")
        made.mkdir(parents=True)
        (made / f"{ASSIGNMENT}.html").write_text("the first")
        (made / "second.html").write_text("the second")
        (made / "timestamp.txt").write_text("2026-11-26 12:00:00.000000 UTC")
    (root / "feedback" / "ada" / ASSIGNMENT / "submission_secret.txt").write_text("only ada knows this")
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    options = "--course=101", f"--Exchange.root={exchange}", "--CourseDirectory.student_id_exclude=bela"
    run_in(root, "nbgrader", "release_feedback", ASSIGNMENT, *options)
    assert sorted(page.read_text() for page in (exchange / "101" / "feedback").iterdir()) == ["the first", "the second"]
