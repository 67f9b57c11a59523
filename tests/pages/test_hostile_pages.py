"""Nothing that a student wrote runs in the browser of whoever reads it: feedback pages and formgrader's own view."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browser import Page, one_page
from commands import ASSIGNMENT, BIN, run_in
from jupyter_servers import jupyter_server
from payloads import hostile_cells

from autograder.course import Course

pytestmark = pytest.mark.long
_STUDENT = "ada"
_UNPROTECTED = """
from nbconvert.exporters import HTMLExporter
c.Autograde.autograde_preprocessors = c.Autograde.autograde_preprocessors[:-1]
c.HTMLExporter.preprocessors = []
c.GenerateFeedback.exporter_class = HTMLExporter
"""
_NAME = "<img src=x: onerror=mark(/name/.source)>"


def graded(course: Course, *, protected: bool, command: str = "autograder") -> Path:
    """Grade the hostile submission, give feedback, name the student; the page of feedback."""
    for folder in (course.root / "submitted").iterdir():
        if folder.name != _STUDENT:
            folder.rename(course.root / folder.name)
    submitted = course.root / "submitted" / _STUDENT / ASSIGNMENT
    notebook = nbformat.read(submitted / f"{ASSIGNMENT}.ipynb", as_version=4)
    notebook.cells += hostile_cells().values()
    nbformat.write(notebook, submitted / f"{ASSIGNMENT}.ipynb")
    (submitted / "page.html").write_text("<script>1</script>")
    (submitted / "picture.SVG").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='1'/>")
    (submitted / "numbers.csv").write_text("1,2\n")
    if not protected:
        with (course.root / "nbgrader_config.py").open("a") as file:
            file.write(_UNPROTECTED)
    if command == "nbgrader":
        run_in(course.root, "nbgrader", "autograde", ASSIGNMENT)
    else:
        run_in(course.root, "autograder", "grade", ASSIGNMENT, code=(0, 1))
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("update student set first_name = ?, last_name = ?", (_NAME, f'"{_NAME}'))
        connection.commit()
    run_in(course.root, "nbgrader", "generate_feedback", ASSIGNMENT)
    return course.root / "feedback" / _STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html"


@contextlib.contextmanager
def formgrader(root: Path) -> Iterator[str]:
    """The address of formgrader's view of the submission, on a server in the course's folder."""
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as connection:
        ((submission,),) = connection.execute("select id from submitted_notebook").fetchall()
    with jupyter_server(root) as server:
        yield server.url(f"formgrader/submissions/{submission}/")


@pytest.fixture
def page() -> Iterator[Page]:
    with one_page() as opened:
        yield opened


def without_policy(page: Path) -> str:
    """A copy of a page of feedback without its second wall."""
    text, count = re.subn(r'<meta content="[^"]*" http-equiv="Content-Security-Policy"/>|'
                          r'<meta http-equiv="Content-Security-Policy"[^>]*/>', "", page.read_text())  # fmt: skip
    assert count == 1
    copy = page.with_name("copy.html")
    copy.write_text(text)
    return copy.as_uri()


def test_without_our_steps_the_payloads_run(course: Course, page: Page) -> None:
    """The control: else the tests below would prove nothing."""
    feedback = graded(course, protected=False, command="nbgrader")  # our own command leaves no step out
    page.open(feedback.as_uri())
    ran = page.touch_everything()
    assert set(hostile_cells()) - ran == {"javascript.plain"}, "which nbgrader's feedback leaves out, formgrader not"
    with formgrader(course.root) as address:
        page.open(address)
        ran = page.touch_everything()
    assert {*hostile_cells(), "name"} - ran == set()


@pytest.mark.parametrize("command", ["autograder", "nbgrader"])
def test_nothing_runs_in_feedback_or_formgrader(course: Course, page: Page, command: str) -> None:
    feedback = graded(course, protected=True, command=command)
    page.open(feedback.as_uri())
    assert page.touch_everything() == set()
    page.open(without_policy(feedback))
    assert page.touch_everything() == set(), "the content itself is inert, not only forbidden to run"
    with formgrader(course.root) as address:
        page.open(address)
        assert page.touch_everything() == set()
        assert page.evaluate("document.querySelectorAll('input.score').length") > 0, "formgrader itself works"
        assert page.evaluate("document.querySelector('li.live-notebook a.name-shown').textContent.includes('<img')")


@pytest.mark.parametrize("command", ["autograder", "nbgrader"])
def test_files_that_a_browser_would_run_are_not_beside_the_notebook(course: Course, command: str) -> None:
    """Formgrader serves that folder from its own origin."""
    feedback = graded(course, protected=True, command=command)
    for folder in (feedback.parent, course.root / "autograded" / _STUDENT / ASSIGNMENT):
        names = {path.name for path in folder.iterdir()}
        assert "numbers.csv" in names
        assert not names & {"page.html", "picture.SVG"}


def test_a_server_that_never_saw_the_options_is_safe_too(course: Course, page: Page) -> None:
    """Formgrader's exporter is made once, before another course's options are read."""
    graded(course, protected=True)
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("update student set first_name = null, last_name = null")
        connection.commit()
    (course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    with formgrader(course.root) as address:
        page.open(address)
        assert page.touch_everything() == set()


def test_a_page_names_no_path_of_this_machine(course: Course) -> None:
    feedback = graded(course, protected=True)
    for text in (
        feedback.read_text(),
        (course.root / "autograded" / _STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(),
    ):
        assert str(course.root) not in text
        assert str(BIN.parent) not in text


@pytest.mark.parametrize(("protected", "runs"), [(False, {"id"}), (True, set())], ids=["control", "protected"])
def test_a_student_id_is_text_too(course: Course, page: Page, protected: bool, runs: set[str]) -> None:
    """It is the name of a folder, which formgrader's page shows as it is."""
    student = "<img src=x: onerror=mark(`id`)>"
    for folder in (course.root / "submitted").iterdir():
        folder.rename(folder.with_name(student) if folder.name == _STUDENT else course.root / folder.name)
    if not protected:
        with (course.root / "nbgrader_config.py").open("a") as file:
            file.write(_UNPROTECTED)
    run_in(course.root, "autograder", "grade", ASSIGNMENT, code=(0, 1))
    with formgrader(course.root) as address:
        page.open(address)
        assert page.touch_everything() == runs
