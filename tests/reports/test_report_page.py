"""The report in a real browser: axe-core finds nothing, wide and narrow, by day and by night; nothing runs or loads."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from browser import Page, one_page
from commands import ASSIGNMENT, run_in

pytestmark = pytest.mark.long

_EVIL = '<img src=x onerror=mark("name")>'


@pytest.fixture(scope="module")
def report(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a class in which two hand in the same, somebody is late, and a name holds markup."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("page") / "course"))
    for student in ("emil", "gus", "hana", "kai"):
        shutil.rmtree(root / "submitted" / student)
    shutil.copytree(root / "submitted" / "bela", root / "submitted" / "zoe")
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    with closing(sqlite3.connect(root / "gradebook.db")) as connection:
        connection.execute("update student set first_name = ?", (_EVIL,))
        connection.execute("update assignment set duedate = '2026-01-30 19:00:00.000000'")
        connection.execute("insert into student (id) values ('yann')")
        connection.commit()
    run_in(root, "autograder", "report", ASSIGNMENT)
    return root / "reports" / f"{ASSIGNMENT}.html"


@pytest.fixture(scope="module")
def page(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with one_page() as tab:
        tab.open(report.as_uri())
        yield tab


def look(page: Page, width: int, scheme: str) -> None:
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])


@pytest.mark.parametrize("opened", [False, True], ids=["as it opens", "with all lists open"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(page: Page, width: int, scheme: str, opened: bool) -> None:
    look(page, width, scheme)
    page.evaluate(f"document.querySelectorAll('details').forEach(one => one.open = {str(opened).lower()})")
    assert page.axe() == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_its_window(page: Page, width: int) -> None:
    look(page, width, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_runs_and_nothing_is_loaded(page: Page, report: Path) -> None:
    page.open(report.as_uri())
    assert _EVIL in page.evaluate("document.body.innerText")
    assert page.touch_everything() == set()
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("number", ["figure svg a[href^='#points-']", "a[href='#each-score']", "a[href='#each-time']",
                                    "a[href^='#who-']"])  # fmt: skip
def test_a_bar_a_mean_and_a_share_open_the_list_behind_them(page: Page, report: Path, number: str) -> None:
    """Links lead into closed lists: the browser opens them."""
    page.open(report.as_uri())
    found = page.evaluate(
        f"(async () => {{ const link = document.querySelector(`{number}`), place = link.getAttribute('href');"
        " location.hash = place; await new Promise(done => setTimeout(done, 500));"
        " return document.getElementById(place.slice(1)).closest('details').open; })()"
    )
    assert found is True


def test_the_two_who_hand_in_the_same_stand_side_by_side(page: Page, report: Path) -> None:
    page.open(report.as_uri())
    groups = page.evaluate("[...document.querySelectorAll('details.group > summary')].map(one => one.textContent)")
    assert groups == ["2 submissions, 100% alike, the same to the letter: bela, zoe"]
    assert page.evaluate("document.querySelectorAll('details.group mark').length") > 10
