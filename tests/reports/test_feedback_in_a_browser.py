"""The page of feedback in a real browser: axe-core finds nothing, nothing is loaded, and keys reach all of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Page, one_page
from commands import ASSIGNMENT, run_in
from feedback_class import change, feedback, give, grade, say

from autograder.course import Course

pytestmark = pytest.mark.long
_WIDTHS = {"phone": 390, "desk": 1200}


@pytest.fixture(scope="module")
def course(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Graded, with all that a page can hold: late, marked by a person, commented on, waiting, failed, restored."""
    course = Course(Path(shutil.copytree(class_template, tmp_path_factory.mktemp("browser") / "course")))
    grade(course, ("ada", "chen", "june", "lena"))
    change(course, "update assignment set duedate = '2026-01-30 18:00:00.000000'")
    change(course, "update submitted_notebook set late_submission_penalty = 2")
    give(course, "chen", "check-update_parameters_with_gd", manual=6, extra=1)
    give(course, "chen", "answer-batch-size", manual=2)
    say(course, "chen", "answer-batch-size", "## Well seen\n\n$$\\frac{1}{m} \\sum_i dW^{(i)}$$\n\n- `np.mean`")
    run_in(course.root, "autograder", "feedback", ASSIGNMENT)
    return course


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with one_page() as page:
        yield page


def show(tab: Page, file: Path, *, width: int = 1200, scheme: str = "light", media: str = "") -> None:
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    tab.call("Emulation.setEmulatedMedia", media=media, features=features)
    tab.open(file.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", _WIDTHS)
@pytest.mark.parametrize("student", ["chen", "june", "lena"])
def test_axe_finds_nothing(course: Course, tab: Page, student: str, width: str, scheme: str) -> None:
    show(tab, feedback(course, student), width=_WIDTHS[width], scheme=scheme)
    assert tab.axe() == []


def test_axe_finds_nothing_in_the_opened_notebook_either(course: Course, tab: Page) -> None:
    show(tab, feedback(course, "chen"), width=390)
    tab.evaluate("document.querySelector('details').open = true")
    assert tab.axe() == []


def test_axe_would_find_something(course: Course, tab: Page) -> None:
    """The control: a page spoiled in three ways."""
    text = feedback(course, "ada").read_text()
    spoiled = text.replace('lang="en"', "").replace("--text: #1b1e23", "--text: #dddddd")
    spoiled = spoiled.replace("<main>", "<main><img src='data:,'>")
    other = feedback(course, "ada").with_name("spoiled.html")
    other.write_text(spoiled)
    show(tab, other)
    rules = {line.split(":")[0] for line in tab.axe()}
    assert rules >= {"html-has-lang", "color-contrast", "image-alt"}


@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("student", ["chen", "june", "lena"])
def test_nothing_is_loaded_and_nothing_runs_off_the_side(course: Course, tab: Page, student: str, width: int) -> None:
    show(tab, feedback(course, student), width=width)
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert tab.evaluate("performance.getEntriesByType('resource').map(one => one.name)") == []
    assert tab.evaluate("document.scripts.length") == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_alone_reach_every_link_and_open_the_notebook(course: Course, tab: Page) -> None:
    show(tab, feedback(course, "chen"))
    count = tab.evaluate("document.querySelectorAll('main a[href], summary').length")
    reached = set()
    for _ in range(2 * count):
        for kind in ("keyDown", "keyUp"):
            tab.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        reached.add(tab.evaluate("(document.activeElement.getAttribute('href') || document.activeElement.tagName)"))
        assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'"), "the focus is seen"
        if "SUMMARY" in reached:
            break
    wanted = set(tab.evaluate("[...document.querySelectorAll('table a')].map(one => one.getAttribute('href'))"))
    assert reached >= wanted
    tab.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    tab.call("Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter", windowsVirtualKeyCode=13)
    assert tab.evaluate("document.querySelector('details').open")


def test_every_link_of_the_table_leads_to_its_part(course: Course, tab: Page) -> None:
    show(tab, feedback(course, "chen"))
    links = "[...document.querySelectorAll('a[href^=\"#\"]')].map(one => one.hash.slice(1))"
    assert tab.evaluate(f"{links}.filter(name => !document.getElementById(name))") == []


def test_print_is_dark_on_white_and_cuts_nothing_off(course: Course, tab: Page) -> None:
    show(tab, feedback(course, "chen"), width=700, scheme="dark", media="print")
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(27, 30, 35)"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 700
    cut = "[...document.querySelectorAll('pre')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
    assert tab.evaluate(cut) == 0


def test_meaning_never_hangs_on_colour_alone(course: Course, tab: Page) -> None:
    show(tab, feedback(course, "chen"))
    words = tab.evaluate("[...document.querySelectorAll('.items li')].map(one => one.className + ' ' + one.innerText)")
    assert words
    assert all(("Not passed:" in one) == one.startswith("failed") for one in words)
