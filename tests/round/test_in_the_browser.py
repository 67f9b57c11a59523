"""A student and an instructor in JupyterLab: everything from the release to the feedback by their own clicks."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from accounts import Account
from browser import chromium
from jupyter_servers import Server, jupyter_server
from playwright.sync_api import Browser, FrameLocator, Page, expect
from school import COURSE, School, record, school

from autograder.demo.people import Material, graded_cell

pytestmark = pytest.mark.long
ASSIGNMENT = "initialization"
_SLOW = 180_000.0  # milliseconds: a server that starts a kernel, or runs a whole notebook
_ANSWER = "With zeros all units of a layer stay the same, so that it learns no more than one unit could."

_SCREENS = 60  # more than any notebook has: JupyterLab keeps only the cells in sight on the page
_HEAD = "Before you turn this problem in"  # quickstart's header names the words that answers begin with
_NO_NEWS = {"fetchNews": "false"}  # else a question about them lies over the page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Desk:
    """A person's JupyterLab in a browser of its own.

    Args:
        browser: The browser.
        server: The person's server.
        pictures: Where screenshots go.
        name: What they begin with.
    """

    def __init__(self, browser: Browser, server: Server, pictures: Path, name: str) -> None:
        self.page: Page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
        self.page.set_default_timeout(_SLOW)
        self._server, self._pictures, self._name = server, pictures, name
        self._taken = 0
        self.open("lab")

    def open(self, path: str) -> None:
        """Go to an address of the server and wait for JupyterLab."""
        self.page.goto(self._server.url(path))
        self.page.locator("#jp-menu-panel").wait_for()

    def from_menu(self, command: str) -> None:
        """Choose an entry of nbgrader's menu."""
        self.page.locator('#jp-menu-panel div.lm-MenuBar-itemLabel:text("Nbgrader")').click()
        self.page.locator(f'#jp-mainmenu-nbgrader li[data-command="{command}"]').click()

    def picture(self, what: str) -> None:
        """Take a screenshot."""
        self._taken += 1
        self.page.screenshot(path=self._pictures / f"{self._name}-{self._taken:02}-{what}.png")


def test_a_student_and_an_instructor_by_their_own_clicks(browser: Browser, place: Path, tmp_path: Path) -> None:
    here = school(place, "ada", assignments=(ASSIGNMENT,))
    pictures = tmp_path / "screenshots"
    pictures.mkdir()
    [ada] = here.students
    with lab(here.staff, here.course.root) as teaching, lab(ada, ada.home) as learning:
        instructor = Desk(browser, teaching, pictures, "instructor")
        instructor.from_menu("nbgrader:open-formgrader")
        formgrader = instructor.page.frame_locator("iframe")
        release(here, instructor, formgrader)
        student = Desk(browser, learning, pictures, "student")
        fetch(student, ada)
        write_the_answers(here, student, ada)
        submit(here, student, ada)
        collect_and_autograde(here, instructor, formgrader)
        grade_the_written_answer(here, instructor, formgrader)
        give_feedback(here, instructor, formgrader)
        read_the_feedback(student, ada)


def lab(account: Account, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """A person's JupyterLab."""
    log = account.passwd.parent / f"{account.name}.log"
    news = account.home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True, exist_ok=True)
    news.write_text(json.dumps(_NO_NEWS))
    for path in (account.home / ".jupyter", *(account.home / ".jupyter").rglob("*")):
        os.chown(path, account.user, account.user)
    return jupyter_server(folder, "jupyter-lab", account.command, account.environment(), log)


def press(desk: Desk, formgrader: FrameLocator, column: str) -> None:
    """Press the one button of a column of formgrader's table, and close what says that it worked."""
    formgrader.locator(f"td.{column} a").first.click()
    done = formgrader.locator("#success-modal")
    done.wait_for()
    desk.picture(column)
    done.locator("button.btn-primary").click()
    expect(done).to_have_count(0)


def release(here: School, instructor: Desk, formgrader: FrameLocator) -> None:
    formgrader.locator(f'td.name a:text-is("{ASSIGNMENT}")').wait_for()
    instructor.picture("assignments")
    press(instructor, formgrader, "assign")
    press(instructor, formgrader, "release")
    assert (here.exchange / COURSE / "outbound" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").is_file()


def fetch(student: Desk, ada: Account) -> None:
    student.from_menu("nbgrader:open-assignment-list")
    student.page.locator("#released_assignments_list .item_status button").click()
    student.page.locator("#fetched_assignments_list > .list_item").wait_for()
    student.picture("fetched")
    assert (ada.home / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").is_file()


def write_the_answers(here: School, student: Desk, ada: Account) -> None:
    """Open the notebook, see that it is not right yet, type the answers, see that it is."""
    student.open(f"lab/tree/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    validate(student, "ErrorDialog", "not-yet")
    right = Material.of(here.course, ASSIGNMENT)
    solved = right.right()
    for function in right.functions:
        type_into(student, f"# GRADED FUNCTION: {function}def ", graded_cell(solved, function).source)
    type_into(student, "YOUR ANSWER HERE", _ANSWER)
    student.page.keyboard.press("Control+s")
    student.picture("answered")
    validate(student, "SuccessDialog", "right")
    written = nbformat.read(ada.home / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    assert _ANSWER in [cell.source for cell in written.cells]


def type_into(student: Desk, text: str, source: str) -> None:
    """Scroll down to a cell and replace what it holds, as typing does.

    Args:
        student: Whose notebook it is, open.
        text: What is in the cell; its lines follow each other without a break.
        source: The new content.
    """
    page = student.page
    cell = page.locator(".jp-Notebook .jp-Cell:visible", has_text=text, has_not_text=_HEAD)
    page.mouse.move(800, 600)
    for _ in range(_SCREENS):
        if cell.count():
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(250)
    cell.scroll_into_view_if_needed()
    editor = cell.locator(".cm-content")
    if not editor.count() or not editor.is_visible():
        cell.dblclick()  # a rendered markdown cell, whose editor may be there already, hidden
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


def validate(student: Desk, dialog: str, what: str) -> None:
    student.page.locator("jp-button.validate-button").click()
    said = student.page.locator(f".nbgrader-{dialog}")
    said.wait_for()
    student.picture(f"validated-{what}")
    said.locator("button.jp-Dialog-button").first.click()


def submit(here: School, student: Desk, ada: Account) -> None:
    student.open("lab")
    student.from_menu("nbgrader:open-assignment-list")
    student.page.locator('#fetched_assignments_list .item_status button:text("Submit")').click()
    student.page.locator("#submitted_assignments_list > .list_item").first.wait_for()
    student.picture("submitted")
    [handed_in] = here.inbound(ada, ASSIGNMENT)
    notebook = f"{ASSIGNMENT}.ipynb"
    assert (handed_in / notebook).read_bytes() == (ada.home / ASSIGNMENT / notebook).read_bytes()


def collect_and_autograde(here: School, instructor: Desk, formgrader: FrameLocator) -> None:
    press(instructor, formgrader, "collect")
    formgrader.locator("td.num-submissions a").first.click()
    press(instructor, formgrader, "autograde")
    instructor.picture("autograded")
    result = record(here.course.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    assert (result["status"], result["score"]) == ("graded", result["max_score"])


def grade_the_written_answer(here: School, instructor: Desk, formgrader: FrameLocator) -> None:
    for link in ("Manual Grading", ASSIGNMENT, ASSIGNMENT, "Submission #1"):
        formgrader.locator(f'a:text-is("{link}")').last.click()
        formgrader.locator("body").wait_for()
    answer = formgrader.locator(".nbgrader_cell", has_text=_ANSWER)
    answer.scroll_into_view_if_needed()
    answer.locator("input.score").fill("2.5")
    answer.locator("textarea.comment").fill("Well put.")
    answer.locator("textarea.comment").blur()
    expect(answer.locator(".comment-saved")).to_be_visible()
    instructor.picture("written-answer")
    manual = "select manual_score, needs_manual_grade from grade where manual_score is not null"
    assert here.rows(manual) == [(2.5, 0)]


def give_feedback(here: School, instructor: Desk, formgrader: FrameLocator) -> None:
    for link in ("Manual Grading", "Manage Assignments"):
        formgrader.locator(f'a:text-is("{link}")').click()
    press(instructor, formgrader, "generate-feedback")
    press(instructor, formgrader, "release-feedback")
    page = here.course.root / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert "Well put." in page.read_text()


def read_the_feedback(student: Desk, ada: Account) -> None:
    student.page.locator("#refresh_assignments_list").click()
    student.page.locator('#submitted_assignments_list button:text("Fetch Feedback")').click()
    student.page.locator('#submitted_assignments_list a:text("view feedback")').first.wait_for()
    student.picture("feedback-fetched")
    [page] = (ada.home / ASSIGNMENT / "feedback").rglob("*.html")
    assert "Well put." in page.read_text()
    student.page.goto(page.as_uri())
    student.picture("feedback")
