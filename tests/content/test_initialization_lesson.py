"""What the initialization lesson alone must show."""

import numpy as np
from lessons import read


def trained(start: str) -> list[float]:
    """The costs of the lesson's own training, from the reference's start."""
    lesson = read("initialization")
    space = lesson.namespace(*lesson.functions)
    costs: list[float] = space["model"](space["train_X"], space["train_Y"], start)[1]
    return costs


def test_zeros_never_learn() -> None:
    """The cost stays at ln 2, as the lesson says."""
    assert set(np.round(trained("zeros"), 12)) == {round(np.log(2), 12)}


def test_large_weights_start_with_a_huge_cost_and_he_learns() -> None:
    """About twenty times ln 2 against ln 2, and in the end the better network by far."""
    random, he = trained("random"), trained("he")
    assert 15 < random[0] / np.log(2) < 25
    assert 0.5 < he[0] < 1.5
    assert he[-1] < random[-1] / 10
