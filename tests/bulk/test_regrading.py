"""A grade that counts is changed only after it was shown what would change and why."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from commands import ASSIGNMENT, run_in

from .conftest import FAST, scores, submission

pytestmark = pytest.mark.long

STRICTER = '''

@pytest.mark.graded("initialize_velocity", points=1)
def test_nobody_passes_this(student, draw):
    """The velocity is a dictionary of nothing."""
    assert student.initialize_velocity({"W1": draw.randn(2, 2), "b1": draw.randn(2, 1)}) == {}
'''


def checks(root: Path) -> Path:
    return root / "checks" / ASSIGNMENT / f"test_{ASSIGNMENT}.py"


def make_an_item_impossible(root: Path) -> None:
    """Same items, same points; one of them now fails everybody: a mistake that an instructor can make."""
    path = checks(root)
    text = path.read_text()
    mark = '@pytest.mark.graded("initialize_velocity"'
    at = text.index(mark)
    body = text.index('"""\n', text.index('"""', text.index("def ", at)) + 3) + 4
    path.write_text(f'{text[:body]}    assert False, "Nobody passes this."\n{text[body:]}')


def exchange_notebooks(root: Path, one: str, other: str) -> None:
    first, second = submission(root, one), submission(root, other)
    kept = first.read_bytes()
    shutil.copy(second, first)
    second.write_bytes(kept)


def changes(stdout: str) -> dict[str, dict[str, Any]]:
    return {one["student"]: one for one in map(json.loads, stdout.splitlines())}


def test_a_second_run_grades_nothing_and_says_the_same(graded: Path) -> None:
    before = scores(graded)
    first = run_in(graded, "autograder", "grade", ASSIGNMENT, "--json", code=1).stdout
    results = [json.loads(line) for line in first.splitlines()]
    assert sorted(one["student"] for one in results) == sorted(FAST)
    assert scores(graded) == before
    assert not (graded / "backups").exists()


def test_a_dry_run_tells_who_gains_and_who_loses_and_changes_nothing(graded: Path) -> None:
    exchange_notebooks(graded, "ada", "chen")
    before = scores(graded)
    done = run_in(graded, "autograder", "grade", ASSIGNMENT, "--dry-run", "--json", code=1)
    told = changes(done.stdout)
    assert set(told) == {"ada", "chen"}
    assert told["ada"]["before"] == 60 == told["chen"]["after"]
    assert told["ada"]["after"] == told["chen"]["before"] < 60
    assert told["ada"]["reasons"] == ["new submission"]
    assert not told["ada"]["waits"]  # a new submission's score simply counts
    assert {item["function"] for item in told["ada"]["items"]} == {item["function"] for item in told["chen"]["items"]}
    assert scores(graded) == before
    assert not list(graded.glob("autograded/*/.*"))


def test_a_dry_run_shows_people_a_table(graded: Path) -> None:
    exchange_notebooks(graded, "ada", "chen")
    told = run_in(graded, "autograder", "grade", ASSIGNMENT, "--dry-run", code=1).stderr
    assert "grades that change" in told
    assert "new submission" in told


def test_a_new_submission_counts_whether_it_gains_or_loses(graded: Path) -> None:
    exchange_notebooks(graded, "ada", "chen")
    before = scores(graded)
    run_in(graded, "autograder", "grade", ASSIGNMENT, code=1)
    after = scores(graded)
    assert (after["ada"], after["chen"]) == (before["chen"], before["ada"])


def test_the_gradebook_is_backed_up_before_grades_are_replaced(graded: Path) -> None:
    before = scores(graded)
    exchange_notebooks(graded, "ada", "chen")
    run_in(graded, "autograder", "grade", ASSIGNMENT, code=1)
    (backup,) = (graded / "backups").iterdir()
    shutil.copy(backup, graded / "gradebook.db")
    assert scores(graded) == before


def test_lower_grades_of_unchanged_submissions_wait_for_acceptance(graded: Path) -> None:
    before = scores(graded)
    make_an_item_impossible(graded)
    done = run_in(graded, "autograder", "grade", ASSIGNMENT, code=1)
    assert "--accept" in done.stderr
    assert "changed checks" in done.stderr
    assert scores(graded) == before

    kept = run_in(graded, "autograder", "grade", ASSIGNMENT, "--json", code=1).stdout
    assert {one["student"]: one["score"] for one in map(json.loads, kept.splitlines())}["ada"] == 60

    run_in(graded, "autograder", "grade", ASSIGNMENT, "--accept", code=1)
    after = scores(graded)
    assert after["ada"]["check-initialize_velocity"] < before["ada"]["check-initialize_velocity"]
    assert after["fay"] == before["fay"]
    assert not list(graded.glob("autograded/*/.*"))


def test_what_a_person_entered_outlives_every_regrade(graded: Path) -> None:
    with sqlite3.connect(graded / "gradebook.db") as connection:
        connection.execute("update grade set manual_score = 9.5, extra_credit = 1.0")
        connection.execute("update comment set manual_comment = 'Come and see me.'")
    make_an_item_impossible(graded)
    run_in(graded, "autograder", "grade", ASSIGNMENT, "--accept", "--force", code=1)
    with sqlite3.connect(graded / "gradebook.db") as connection:
        entered = set(connection.execute("select manual_score, extra_credit, needs_manual_grade from grade"))
        comments = set(connection.execute("select manual_comment from comment"))
    assert entered == {(9.5, 1.0, 1)}
    assert comments == {("Come and see me.",)}


def test_points_that_no_longer_match_the_gradebook_are_refused(graded: Path) -> None:
    checks(graded).write_text(checks(graded).read_text() + STRICTER)
    before = scores(graded)
    told = run_in(graded, "autograder", "grade", ASSIGNMENT, code=2).stderr
    assert "its check items sum to 11" in told
    assert "nbgrader generate_assignment" in told
    assert scores(graded) == before


def test_a_changed_limit_is_told_as_the_reason(graded: Path) -> None:
    config = graded / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.call_seconds = 1e-6\n")
    told = run_in(graded, "autograder", "grade", ASSIGNMENT, "--dry-run", "--json", code=1).stdout
    assert {reason for one in changes(told).values() for reason in one["reasons"]} == {"changed limits"}
    assert changes(told)["ada"]["waits"]


@pytest.mark.parametrize("edit", [None, make_an_item_impossible])
def test_a_recorded_grade_is_repeated_exactly_or_told_to_be_otherwise(graded: Path, edit: Any) -> None:
    if edit is not None:
        edit(graded)
    done = run_in(graded, "autograder", "check", "--replay", "chen", ASSIGNMENT, code=0 if edit is None else 1)
    folder = graded / "appeals" / "chen" / ASSIGNMENT
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "recorded.json", "repeated.json", "submission.ipynb",
    ]  # fmt: skip
    assert (folder / "submission.ipynb").read_bytes() == submission(graded, "chen").read_bytes()
    recorded, repeated = (json.loads((folder / f"{name}.json").read_text()) for name in ("recorded", "repeated"))
    if edit is None:
        assert "every check item gave the same result" in done.stdout
        assert recorded["result"]["functions"] == repeated["result"]["functions"]
        assert recorded["made_from"] == repeated["made_from"]
    else:
        assert "not an exact repetition; changed since: checks" in done.stdout
        assert recorded["made_from"]["checks"] != repeated["made_from"]["checks"]


def test_a_grade_that_nobody_recorded_cannot_be_repeated(ungraded: Path) -> None:
    told = run_in(ungraded, "autograder", "check", "--replay", "ada", ASSIGNMENT, code=2).stderr
    assert told.strip().splitlines() == [
        "autograder: ada, optimization: there is no recorded grade to repeat. "
        "Run: autograder grade optimization --student ada"
    ]
