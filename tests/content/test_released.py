"""What is released has passed its gate, as it is now."""

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gate import recorded
from autograder.grading.catalogue import load_alternatives, load_misconceptions

COURSE = Course(Path(__file__).parents[2], "autograder/checks")


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_the_gate_is_open_for_the_files_as_they_are(assignment: str) -> None:
    report = recorded(COURSE, assignment)
    assert report is not None, f"Run: autograder gate {assignment}"
    assert report.open, report.faults


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_every_answer_of_the_catalogue_has_been_through_it(assignment: str) -> None:
    report = recorded(COURSE, assignment)
    assert report is not None
    checks = COURSE.checks_folder(assignment)
    assert sum(one.alternatives[0] for one in report.functions) == len(load_alternatives(checks))
    assert sum(one.misconceptions[0] for one in report.functions) == len(load_misconceptions(checks))
