"""What the hidden checks of ``regularization`` alone must hold: what a wrong cost is told, and masks of every type."""

from collections.abc import Callable

import pytest
from answering import Grader


@pytest.fixture
def penalties(grader: Callable[[str], Grader]) -> Grader:
    """The grader of this assignment."""
    return grader("regularization")


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ("cost-penalty-left-out", "there is no penalty in it"),
        ("cost-penalty-subtracted", "the penalty goes the wrong way"),
        ("cost-factor-without-the-two", "the penalty is twice what it should be"),
    ],
)
def test_a_wrong_cost_is_told_by_its_penalty(mistake: str, words: str, penalties: Grader) -> None:
    messages = penalties.mistaken(mistake).failures
    assert words in messages["test_cost_penalty_by_hand"]
    assert words in messages["test_cost_any_size"]


@pytest.mark.parametrize("kind", ["bool", "int", "float"])
def test_masks_of_every_type_are_right(kind: str, penalties: Grader) -> None:
    """The forward pass may return truth values, whole numbers or floats."""
    function = "forward_propagation_with_dropout"
    cell = penalties.assignment.cells[function]
    for layer in "12":
        drawn = f"D{layer} = np.random.rand(*A{layer}.shape) < keep_prob"
        assert drawn in cell
        cell = cell.replace(drawn, f"D{layer} = (np.random.rand(*A{layer}.shape) < keep_prob).astype({kind})")
    assert penalties.try_({function: cell}, function).failures == {}
