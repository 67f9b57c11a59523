"""What the hidden checks of ``gradient_checking`` alone must hold: the draft's worth, and a tolerance of their own."""

from collections.abc import Callable

import pytest
from answering import Grader, read

from autograder.grading.catalogue import Alternative, Misconception

MEASURING = ("gradient_check", "gradient_check_n")  # a difference is compared with the checks' own tolerance


@pytest.fixture
def gradients(grader: Callable[[str], Grader]) -> Grader:
    """The grader of this assignment."""
    return grader("gradient_checking")


@pytest.fixture
def tolerating(gradients: Grader, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Multiply the tolerance of the checks by a factor."""
    checks = gradients.suite.items[0].node.function.__globals__
    usual = checks["CLOSE"]
    return lambda factor: monkeypatch.setitem(checks, "CLOSE", factor * usual)


@pytest.mark.parametrize(
    ("mistake", "score"),
    [("mend-draft-unchanged", 3), ("mend-weight-mistake-left", 5.5), ("mend-bias-mistake-left", 5.5)],
)
def test_the_draft_as_it_was_handed_out_earns_little(mistake: str, score: float, gradients: Grader) -> None:
    """What is right in it without the learner's doing is worth less than either mended mistake."""
    assert gradients.mistaken(mistake).scores["backward_propagation_n"] == score


@pytest.mark.parametrize(
    "right",
    [one for one in read("gradient_checking").alternatives if one.function in MEASURING],
    ids=lambda one: f"{one.function}: {one.name}",
)
def test_a_right_check_passes_at_a_hundredth_of_the_tolerance(
    right: Alternative, gradients: Grader, tolerating: Callable[[float], None]
) -> None:
    tolerating(0.01)
    assert gradients.try_({right.function: right.source}, right.function).failures == {}


@pytest.mark.parametrize(
    "mistake",
    [one for one in read("gradient_checking").misconceptions if one.function in MEASURING],
    ids=lambda one: one.name,
)
def test_a_wrong_check_still_costs_at_a_hundred_times_the_tolerance(
    mistake: Misconception, gradients: Grader, tolerating: Callable[[float], None]
) -> None:
    tolerating(100)
    assert gradients.try_(gradients.assignment.mistaken(mistake.name), mistake.function).failures
