"""`pytest checks` is an author's way to the same verdicts that grading gives."""

import json
import re
import shutil
from pathlib import Path

import pytest
from commands import ASSIGNMENT, run_in

from autograder.course import Course

pytestmark = pytest.mark.long


def verdicts(stdout: str) -> dict[str, bool]:
    """Items by id, whether they passed, from pytest's verbose output."""
    found = re.findall(r"test_\w+\.py::(\S.*?) (PASSED|FAILED)", stdout)
    return {name: outcome == "PASSED" for name, outcome in found}


def test_without_a_submission_the_reference_answers_and_passes(course: Course) -> None:
    done = run_in(course.root, "python", "-m", "pytest", "checks")
    assert " passed" in done.stdout
    assert "failed" not in done.stdout


@pytest.mark.parametrize("student", ["bela", "chen", "emil", "gus"])
def test_with_a_submission_the_verdicts_are_those_of_grading(course: Course, student: str) -> None:
    path = course.root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    graded = json.loads(
        run_in(course.root, "autograder", "check", path, "--assignment", ASSIGNMENT, "--json", code=(0, 1)).stdout
    )
    done = run_in(course.root, "python", "-m", "pytest", "checks", "--submission", path, "-v", code=(0, 1))
    expected = {item["id"]: item["passed"] for one in graded["functions"].values() for item in one["items"]}
    assert verdicts(done.stdout) == expected


def test_one_item_runs_alone_with_the_same_verdict(course: Course) -> None:
    path = course.root / "submitted" / "chen" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    everything = verdicts(
        run_in(course.root, "python", "-m", "pytest", "checks", "--submission", path, "-v", code=1).stdout
    )
    item = next(name for name, passed in everything.items() if not passed)
    alone = run_in(
        course.root, "python", "-m", "pytest", f"checks/{ASSIGNMENT}/test_{ASSIGNMENT}.py::{item}", "--submission",
        path, "-v", code=1,
    )  # fmt: skip
    assert verdicts(alone.stdout) == {item: False}


def test_pinning_again_gives_the_same_file(course: Course) -> None:
    pinned = course.checks_folder(ASSIGNMENT) / "expected.npz"
    before = pinned.read_bytes()
    run_in(course.root, "python", "-m", "pytest", "checks", "--pin")
    assert pinned.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--submission", "none.ipynb"), "no such file"),
        (("--submission", "nbgrader_config.py"), "not JSON"),
        (("--submission", "SUBMISSION", "--assignment", "nope"), "'nope'"),
    ],
)
def test_wrong_use_is_one_line(course: Course, options: tuple[str, ...], says: str) -> None:
    path = course.root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    words = [str(path) if word == "SUBMISSION" else word for word in options]
    done = run_in(course.root, "python", "-m", "pytest", "checks", *words, code=4)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_checks_are_found_below_a_link(course: Course, tmp_path: Path) -> None:
    """The course's folder may hold symbolic links, as to checks that several courses share."""
    shared = tmp_path / "shared-checks"
    shutil.move(course.root / "checks", shared)
    (course.root / "checks").symlink_to(shared)
    path = course.root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    result = json.loads(run_in(course.root, "autograder", "check", path, "--json").stdout)
    assert result["score"] == 60
    run_in(course.root, "python", "-m", "pytest", "checks")
