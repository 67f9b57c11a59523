"""What goes wrong between students and the course: one line each, and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from accounts import Account
from commands import BIN
from school import COURSE, School, record, school, work

from autograder.demo import PEOPLE

pytestmark = pytest.mark.long
ASSIGNMENT = "initialization"
_RIGHT = next(one for one in PEOPLE if one.student == "ada")


@pytest.fixture(scope="module")
def here(place: Path) -> School:
    """A course with one released assignment, which its student has fetched and done."""
    made = school(place, "ada", assignments=(ASSIGNMENT,))
    with (made.staff.etc / "nbgrader_config.py").open("a") as file:
        file.write('c.ExchangeFactory.submit = "autograder.frame.exchange.Submit"\n')
    made.do("nbgrader", "generate_assignment", ASSIGNMENT)
    made.do("nbgrader", "release_assignment", ASSIGNMENT)
    made.students[0].run("nbgrader", "fetch_assignment", ASSIGNMENT)
    work(made.students[0], ASSIGNMENT, _RIGHT, made.course)
    return made


@pytest.fixture
def ada(here: School) -> Iterator[Account]:
    """The student, whose work and whose submissions are the same afterwards."""
    [account] = here.students
    notebook = account.home / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    before = notebook.read_bytes(), here.inbound(account, ASSIGNMENT)
    yield account
    assert (notebook.read_bytes(), here.inbound(account, ASSIGNMENT)) == before


def reason(done: CompletedProcess[str]) -> str:
    """The one line that says why, before nbgrader's own that it failed."""
    assert "Traceback" not in done.stderr, done.stderr
    told = [line for line in done.stderr.splitlines() if "CRITICAL" in line or "ERROR" in line]
    assert len(told) == 2 and "failed" in told[1], done.stderr
    return told[0]


def test_a_full_exchange_takes_nothing(here: School, ada: Account) -> None:
    inbound = here.exchange / COURSE / "inbound"
    script = f"{BIN / 'nbgrader'} submit {ASSIGNMENT}; echo code $?, left: $(ls -A {inbound})"
    done = ada.run("/bin/sh", "-c", script, full=inbound)
    assert "No space left" in reason(done)
    assert done.stdout.strip() == "code 1, left:"
    assert not list((ada.home / ".local").rglob(f"*+{ASSIGNMENT}+*")), "it does not count as handed in"


def test_an_exchange_that_cannot_be_written(here: School, ada: Account) -> None:
    here.exchange.chmod(0o555)
    try:
        assert "Unwritable directory" in reason(ada.run("nbgrader", "submit", ASSIGNMENT, code=1))
    finally:
        here.exchange.chmod(0o777)


@pytest.mark.parametrize("command", ["fetch_assignment", "submit", "collect"])
def test_a_wrong_course_id(here: School, ada: Account, command: str) -> None:
    who, folder = (here.staff, here.course.root) if command == "collect" else (ada, ada.home)
    assert "other" in reason(who.run("nbgrader", command, ASSIGNMENT, "--course", "other", cwd=folder, code=1))


def test_a_deleted_release(here: School, ada: Account) -> None:
    """Students are told; releasing again mends it."""
    released = here.exchange / COURSE / "outbound" / ASSIGNMENT
    kept = released.rename(here.course.root / "aside")
    assert "Assignment not found" in reason(ada.run("nbgrader", "submit", ASSIGNMENT, code=1))
    here.do("nbgrader", "release_assignment", ASSIGNMENT)
    assert (released / f"{ASSIGNMENT}.ipynb").read_bytes() == (kept / f"{ASSIGNMENT}.ipynb").read_bytes()


def test_a_release_onto_a_full_disk_leaves_none_rather_than_half(here: School) -> None:
    outbound = here.exchange / COURSE / "outbound"
    script = f"{BIN / 'nbgrader'} release_assignment {ASSIGNMENT}; echo code $?, left: $(ls -A {outbound})"
    done = here.staff.run("/bin/sh", "-c", script, full=outbound, cwd=here.course.root)
    assert "No space left" in reason(done)
    assert done.stdout.strip() == "code 1, left:"


def test_a_name_in_the_exchange_that_no_submission_has(here: School) -> None:
    """Anybody can make one there."""
    strange = here.exchange / COURSE / "inbound" / f"eve+{ASSIGNMENT}+tomorrow+x"
    strange.mkdir()
    assert "tomorrow" in reason(here.staff.run("nbgrader", "collect", ASSIGNMENT, cwd=here.course.root, code=1))
    strange.rmdir()


def test_clocks_that_are_ahead_and_names_with_blanks_and_accents_are_graded_as_others(here: School) -> None:
    [ada] = here.students
    skewed = ["--Exchange.timezone=Pacific/Kiritimati", "--Exchange.timestamp_format=%Y-%m-%d %H:%M:%S UTC"]
    ada.run("nbgrader", "submit", ASSIGNMENT, *skewed)
    ada.run("nbgrader", "submit", ASSIGNMENT, "--student", "Åsa Öberg")
    here.do("nbgrader", "collect", ASSIGNMENT)
    here.do("autograder", "grade", ASSIGNMENT)
    here.do("nbgrader", "generate_feedback", ASSIGNMENT)
    here.do("nbgrader", "release_feedback", ASSIGNMENT)
    for student in ("ada", "Åsa Öberg"):
        result = record(here.course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        assert (result["status"], result["score"]) == ("graded", result["max_score"])
        assert (here.course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()
    with sqlite3.connect(here.course.root / "gradebook.db") as connection:
        times = dict(connection.execute("select student_id, timestamp from submitted_assignment"))
    assert times["ada"] > f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}" > times["Åsa Öberg"]
    ada.run("nbgrader", "fetch_feedback", ASSIGNMENT, "--student", "Åsa Öberg")
    assert list((ada.home / ASSIGNMENT / "feedback").rglob("*.html"))
