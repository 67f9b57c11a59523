"""The point-biserial correlation and its interval: the textbook's number, and the coverage that the interval claims."""

import numpy as np
import pytest

from autograder.reports.class_report.separation import LEAST, separation
from autograder.reports.class_report.tasks import BACKWARDS, EVERYBODY_FAILS, NOBODY_FAILS, SEPARATES_BADLY, _task


def test_it_is_the_difference_of_means_over_the_spread() -> None:
    """The other way to write it: (M1 - M0) / s * sqrt(p q)."""
    passed = np.array([1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0], bool)
    rest = np.array([9, 8, 7, 5, 3, 4, 2, 6, 5, 9, 4, 6], float)
    p = passed.mean()
    expected = (rest[passed].mean() - rest[~passed].mean()) / rest.std() * np.sqrt(p * (1 - p))
    found = separation(passed, rest)
    assert found is not None
    assert found.r == pytest.approx(expected, abs=1e-4)
    assert -1 < found.low < found.r < found.high < 1


@pytest.mark.parametrize(("share", "distance"), [(0.5, 0.0), (0.5, 1.0), (0.8, 0.7), (0.9, 1.5), (0.3, 2.0)])
def test_the_interval_holds_the_true_value_as_often_as_it_says(share: float, distance: float) -> None:
    """Of 2,000 classes of 150, as Tate's model makes them, about 95% have the true value inside."""
    chance = np.random.default_rng(1)
    variance = 1 + distance**2 * share * (1 - share)
    true = distance * np.sqrt(share * (1 - share) / variance)
    inside = total = 0
    for _ in range(2000):
        passed = chance.random(150) < share
        found = separation(passed, chance.normal(passed * distance, 1.0))
        if found is not None:
            total += 1
            inside += found.low <= true <= found.high
    assert total > 1900
    assert 0.93 <= inside / total <= 0.97


@pytest.mark.parametrize(
    ("passed", "rest"),
    [
        ([True] * 20, range(20)),  # nobody failed
        ([True] * 18 + [False] * 2, range(20)),  # too few did
        ([True] * 10 + [False] * 10, [5] * 20),  # nothing to separate
        ([True] * 4 + [False] * 4, range(8)),  # too few at all
        ([], []),
    ],
)
def test_where_there_is_nothing_to_say_it_says_nothing(passed: list[bool], rest: list[int]) -> None:
    assert separation(np.array(passed, bool), np.array(rest, float)) is None


def test_a_perfect_item_stays_below_one() -> None:
    found = separation(np.arange(20) >= 10, (np.arange(20) >= 10) * 1.0)
    assert found is not None and found.high <= 1


def remark(passed: np.ndarray, rest: np.ndarray) -> str:
    return _task("i", "f", "", 1.0, passed, rest).remark


def test_what_is_said_against_an_item() -> None:
    chance = np.random.default_rng(2)
    rest = chance.normal(size=400)
    assert remark(np.ones(400, bool), rest) == NOBODY_FAILS
    assert remark(np.zeros(400, bool), rest) == EVERYBODY_FAILS
    assert remark(chance.random(400) < 0.5, rest) == SEPARATES_BADLY
    assert remark(rest < 0, rest) == BACKWARDS
    assert remark(rest > 0, rest) == ""
    assert remark(np.ones(LEAST - 1, bool), rest[: LEAST - 1]) == ""  # so few say nothing
