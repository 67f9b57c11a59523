"""What the regularization lesson alone must show."""

from typing import Any

import pytest
from lessons import read


@pytest.fixture
def lesson() -> dict[str, Any]:
    """A namespace with the given cells and the reference solutions."""
    return read("regularization").namespace(*read("regularization").functions)


def test_the_lesson_shows_what_it_says(lesson: dict[str, Any]) -> None:
    """Unregularized, the network knows the seen examples best and the new ones worst."""
    seen, new, new_costs = {}, {}, {}
    for name, choice in {"none": {}, "L2": {"lambd": 0.4}, "dropout": {"keep_prob": 0.7}}.items():
        learned, _, path = lesson["model"](lesson["train_X"], lesson["train_Y"], **choice)
        seen[name] = lesson["accuracy"](lesson["train_X"], lesson["train_Y"], learned)
        new[name] = lesson["accuracy"](lesson["test_X"], lesson["test_Y"], learned)
        outputs = [lesson["forward_propagation"](lesson["test_X"], now)[0] for now in path]
        new_costs[name] = [lesson["compute_cost"](output, lesson["test_Y"]) for output in outputs]
    assert max(seen, key=seen.__getitem__) == "none"
    assert min(new.values()) == new["none"] < 90 < seen["none"]
    assert new_costs["none"][-1] > 2 * min(new_costs["none"])
    assert max(new_costs["L2"][-1], new_costs["dropout"][-1]) < 0.75 * new_costs["none"][-1]


def test_the_given_backward_pass_agrees_with_the_written_one(lesson: dict[str, Any]) -> None:
    """The demonstration of overfitting uses the given one; without a penalty both are the same."""
    X, Y = lesson["train_X"], lesson["train_Y"]
    cache = lesson["forward_propagation"](X, lesson["initialize_parameters"]([2, 6, 5, 1]))[1]
    written = lesson["backward_propagation_with_regularization"](X, Y, cache, 0)
    for name, gradient in lesson["backward_propagation"](X, Y, cache).items():
        assert abs(gradient - written[name]).max() < 1e-12


def test_the_loop_refuses_both_methods_at_once(lesson: dict[str, Any]) -> None:
    """There is no function for a pass with dropout and a penalty."""
    with pytest.raises(ValueError, match="Choose one"):
        lesson["model"](lesson["train_X"], lesson["train_Y"], lambd=0.1, keep_prob=0.5)
