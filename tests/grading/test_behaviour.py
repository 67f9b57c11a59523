"""Records of what functions answered."""

import numpy as np
import pytest

from autograder.grading.behaviour import MOST_KEPT, Listener, alike
from autograder.grading.student import Answer

HEAVY = {"W1": np.zeros((2, 2)), "junk": np.zeros(MOST_KEPT // 8)}


class _Echo:
    """Answers each call with its first argument."""

    def call(self, function: str, args: tuple[object, ...], kwargs: object, replaced: object) -> Answer:
        return Answer(args[0])


def _heard(value: object) -> Listener:
    listener = Listener(_Echo())
    assert listener.call("f", (value,), {}, {}).value is value
    return listener


def test_what_went_in_and_came_out_is_kept() -> None:
    [call] = _heard({"W1": np.ones((2, 2))}).calls
    assert call.args[0] is call.value
    assert alike(_heard(1.0).calls, _heard(np.float64(1.0)).calls)


@pytest.mark.parametrize("value", [HEAVY, [0.0] * 20_000, "x" * MOST_KEPT], ids=["array", "list", "text"])
def test_a_hundred_heavy_answers_do_not_pile_up_in_the_grader(value: object) -> None:
    [call] = _heard(value).calls
    assert (call.args, call.value, call.error) == ((), None, "TooLarge")
    assert not alike([call], _heard(1.0).calls)
