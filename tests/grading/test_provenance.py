"""What a grade follows from besides the submission: when it changes, the next run grades anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.record import provenance
from autograder.sandbox import Limits


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    for path in (
        course.release_notebook("a"),
        course.release_notebook("a").with_name("data.csv"),
        course.solutions_module("a"),
        course.checks_folder("a") / "test_a.py",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1,2")
    return course


@pytest.mark.parametrize("name", ["release/a/a.ipynb", "release/a/data.csv", "solutions/a.py", "checks/a/test_a.py"])
def test_files_count(course: Course, name: str) -> None:
    before = provenance(course, "a", Options())
    assert provenance(course, "a", Options()) == before
    (course.root / name).write_text("1,3")
    assert provenance(course, "a", Options()) != before


@pytest.mark.parametrize(
    "changed", [{"packages": ("scipy",)}, {"limits": Limits(call_seconds=9)}, {"isolation": "process"}], ids=str
)
def test_options_count(course: Course, changed: dict[str, object]) -> None:
    assert provenance(course, "a", replace(Options(), **changed)) != provenance(course, "a", Options())
