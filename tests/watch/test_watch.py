"""`autograder watch`: submissions are graded as they arrive, so many for each student, where the course allows it."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import ASSIGNMENT, Run, run_in

from autograder.course import Course
from autograder.demo import PEOPLE
from autograder.demo.people import Material

_NOW = datetime.now(UTC).replace(microsecond=0)
_RIGHT, _MISTAKEN = (next(one for one in PEOPLE if one.student == name) for name in ("ada", "chen"))


@pytest.fixture
def inbound(course: Course) -> Path:
    """The inbound folder of a course that allows grading on submit."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(
            f"c.Exchange.root = {str(course.root / 'exchange')!r}\n"
            f"c.CourseDirectory.course_id = 'c'\nc.WatchCommand.allowed = ['{ASSIGNMENT}']\n"
        )
    folder = course.root / "exchange" / "c" / "inbound"
    folder.mkdir(parents=True)
    for student in (course.root / "submitted").iterdir():
        student.rename(course.root / student.name)
    return folder


def hand_in(course: Course, inbound: Path, student: str, when: datetime, content: bytes) -> Path:
    """What `nbgrader submit` leaves in the exchange."""
    time = f"{when:%Y-%m-%d %H:%M:%S.%f} UTC"
    folder = inbound / f"{student}+{ASSIGNMENT}+{time}+{abs(hash(when)):x}"
    folder.mkdir()
    (folder / f"{ASSIGNMENT}.ipynb").write_bytes(content)
    (folder / "timestamp.txt").write_text(time)
    (folder / "submission_secret.txt").write_text(f"{student} {time}")
    return folder


def content(course: Course, person: object) -> bytes:
    return person.hand_in(Material.of(course, ASSIGNMENT))  # type: ignore[attr-defined, no-any-return]


def total(course: Course, student: str) -> float:
    query = """select sum(g.auto_score) from grade g join submitted_notebook n on g.notebook_id = n.id
               join submitted_assignment a on n.assignment_id = a.id where a.student_id = ?"""
    with sqlite3.connect(course.root / "gradebook.db") as connection:
        [(score,)] = connection.execute(query, (student,))
    return float(score)


def test_each_student_is_graded_so_often_before_the_deadline(course: Course, inbound: Path, run: Run) -> None:
    """Also one with a blank and an accent in the name; the record outlives the program."""
    for student in ("ada", "Åsa Öberg"):
        hand_in(course, inbound, student, _NOW - timedelta(hours=3), content(course, _MISTAKEN))
    first = run("autograder", "watch", ASSIGNMENT, "--once", "--limit=2", "--feedback")
    assert [line.split(":")[0] for line in first.stdout.splitlines()] == ["ada", "Åsa Öberg"]
    assert all("graded" in line and line.endswith("1 of 2") for line in first.stdout.splitlines())
    assert 0 < total(course, "Åsa Öberg") < 60
    assert len(list((course.root / "exchange" / "c" / "feedback").glob("*.html"))) == 2

    assert run("autograder", "watch", ASSIGNMENT, "--once", "--limit=2").stdout == "", "nothing is new"

    hand_in(course, inbound, "ada", _NOW - timedelta(hours=2), content(course, _RIGHT))
    second = run("autograder", "watch", ASSIGNMENT, "--once", "--limit=2")
    assert second.stdout.startswith("ada: 60 of 60 points, graded")
    assert total(course, "ada") == 60

    hand_in(course, inbound, "ada", _NOW - timedelta(hours=1), content(course, _MISTAKEN))
    third = run("autograder", "watch", ASSIGNMENT, "--once", "--limit=2")
    assert third.stdout == ""
    assert "ada: 2 submissions were graded" in third.stderr
    assert total(course, "ada") == 60, "what waits is not in the gradebook"


def test_what_is_late_or_cut_off_waits_and_a_wrong_clock_is_told(course: Course, inbound: Path, run: Run) -> None:
    run("nbgrader", "db", "assignment", "add", ASSIGNMENT, f"--duedate={_NOW + timedelta(hours=1)}")
    good = content(course, _RIGHT)
    hand_in(course, inbound, "late", _NOW + timedelta(hours=2), good)
    hand_in(course, inbound, "ahead", _NOW + timedelta(minutes=50), good)
    (hand_in(course, inbound, "cut", _NOW - timedelta(hours=1), good) / "timestamp.txt").unlink()
    hand_in(course, inbound, "picture", _NOW - timedelta(hours=2), b"\x89PNG")
    done = run("autograder", "watch", ASSIGNMENT, "--once", code=1)
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["picture", "ahead"]
    for student, word in (("late", "late"), ("ahead", "clock"), ("cut", "cut off")):
        [line] = [one for one in done.stderr.splitlines() if one.startswith(f"{student}:")]
        assert word in line
    assert len(list(inbound.iterdir())) == 4, "nothing in the exchange was touched"


def test_a_course_must_allow_it(course: Course, run: Run) -> None:
    done = run("autograder", "watch", ASSIGNMENT, "--once", code=2)
    assert "c.WatchCommand.allowed" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("c.Exchange.root = '/no/such/exchange'", "/no/such/exchange"),
        ("c.CourseDirectory.course_id = 'other'", "other"),
        ("c.CourseDirectory.course_id = ''", "course id"),
    ],
)
def test_a_wrong_exchange_is_one_line(course: Course, inbound: Path, config: str, says: str) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(config + "\n")
    done = run_in(course.root, "autograder", "watch", ASSIGNMENT, "--once", code=2)
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
