"""What the hidden checks of ``initialization`` alone must hold: parts of an answer, and answers that lean on others."""

from collections.abc import Callable

import pytest
from answering import Grader


@pytest.fixture
def starts(grader: Callable[[str], Grader]) -> Grader:
    """The grader of this assignment."""
    return grader("initialization")


def test_an_answer_may_rely_on_its_own_earlier_function(starts: Grader) -> None:
    """The notebook's own start may hold more than the reference's does."""
    zeros = starts.assignment.cells["initialize_parameters_zeros"]
    cells = {
        "initialize_parameters_zeros": zeros.replace("return parameters", 'return parameters | {"L": L}'),
        "initialize_parameters_he": """# GRADED FUNCTION: initialize_parameters_he
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    start = initialize_parameters_zeros(layers_dims)
    for l in range(1, start["L"] + 1):
        start[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * (2 / layers_dims[l - 1]) ** 0.5
    return start
""",
    }
    assert starts.try_(cells).failures == {}


@pytest.mark.parametrize(
    "mistake",
    ["random-ten-left-out", "he-xavier", "he-root-left-out", "random-other-seed", "he-other-seed"],
)
def test_a_wrong_factor_or_seed_leaves_the_other_points(mistake: str, starts: Grader) -> None:
    """Partly right earns part: names, shapes and biases, and either the draws or the size."""
    (function,) = starts.assignment.mistaken(mistake)
    assert 3 <= starts.mistaken(mistake).scores[function] <= 5
