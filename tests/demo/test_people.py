"""The demonstration's class: each of the twelve gets the score that the submission deserves.

Six functions are worth ten points each. A mistake costs its own function's items and no other's.
"""

import json
import shutil
from pathlib import Path

import pytest
from commands import ASSIGNMENT, run_in

from autograder.course import Course
from autograder.demo.people import Material

# What is deserved and why: points for each function in the notebook's order, and the status.
DESERVED = {
    "ada": ([10, 10, 10, 10, 10, 10], "graded"),  # the reference's answers
    "bela": ([10, 10, 10, 10, 10, 10], "graded"),  # every right way of writing a function counts fully
    "chen": ([1, 10, 0, 10, 10, 10], "graded"),  # plus for minus: only the shapes are right; one layer is lost
    "dora": ([10, 4, 10, 10, 10, 2], "graded"),  # parts of both functions are still right
    "emil": ([10, 10, 10, 10, 10, 0], "graded"),  # a deleted function earns nothing and costs no other
    "fay": ([0, 0, 0, 0, 0, 0], "graded"),  # stubs are a submission, worth nothing
    "gus": ([10, 10, 10, 0, 10, 10], "graded"),  # a cell that raises in between costs nothing
    "hana": ([10, 0, 10, 10, 10, 10], "graded"),  # a loop without end costs its own function
    "ivo": ([10, 10, 10, 10, 10, 10], "needs_review"),  # all is there but the metadata, which a person should see
    "june": ([0, 0, 0, 0, 0, 0], "failed"),  # a picture cannot be graded
    "kai": ([0, 0, 0, 0, 0, 0], "graded"),  # there was nothing to find, and so nothing to return
    "lena": ([0, 10, 10, 10, 10, 10], "needs_review"),  # the rewritten check gave nothing; a person should see it
}


@pytest.fixture(scope="module")
def results(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The class, graded by the command, by student."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("demo") / "course"))
    lines = run_in(root, "autograder", "grade", ASSIGNMENT, "--json", code=1).stdout.splitlines()
    return {result["student"]: result for result in map(json.loads, lines)}


@pytest.mark.parametrize("student", DESERVED)
def test_everybody_gets_what_they_deserve(results: dict[str, dict[str, object]], student: str) -> None:
    points, status = DESERVED[student]
    result = results[student]
    assert [function["score"] for function in result["functions"].values()] == points
    assert result["score"] == sum(points)
    assert result["status"] == status


def test_the_class_is_whole(results: dict[str, dict[str, object]]) -> None:
    assert set(results) == set(DESERVED)


def test_every_failed_item_says_why(results: dict[str, dict[str, object]]) -> None:
    for result in results.values():
        for function in result["functions"].values():
            assert all(item["passed"] or item["message"] for item in function["items"])


def test_the_one_who_looked_for_the_checks_saw_none(class_template: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(class_template, tmp_path / "course"))
    run_in(root, "autograder", "grade", ASSIGNMENT, "--student", "kai")
    shown = (root / "autograded" / "kai" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "found: []" in shown


def test_the_demonstration_runs_from_a_fresh_folder_to_feedback_pages(project: Course, tmp_path: Path) -> None:
    done = run_in(project.root, "autograder", "demo", tmp_path / "demo")
    pages = list((tmp_path / "demo" / "feedback").glob(f"*/{ASSIGNMENT}/{ASSIGNMENT}.html"))
    assert len(pages) == len(DESERVED)
    assert "Look next" in done.stdout
    for student, (points, status) in DESERVED.items():
        row = next(line for line in done.stdout.splitlines() if line.split()[:1] == [student] and "/60" in line)
        assert f"{sum(points)}/60" in row
        assert status in row


def test_a_folder_that_holds_something_else_is_not_touched(project: Course, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    done = run_in(project.root, "autograder", "demo", tmp_path, code=2)
    assert "not empty" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_no_submission_holds_the_authors_markers(project: Course) -> None:
    from autograder.demo import PEOPLE

    material = Material.of(project, ASSIGNMENT)
    assert not any(b"BEGIN SOLUTION" in person.hand_in(material) for person in PEOPLE)
