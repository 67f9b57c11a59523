"""Whether a right answer agrees with the reference on inputs that no item has drawn before."""

from dataclasses import dataclass
from typing import final

from autograder.grading.items import CheckItem
from autograder.grading.provided import draws
from autograder.grading.reference import Reference
from autograder.grading.student import Callee
from autograder.grading.suite import Suite

SEEDS = 10


@final
@dataclass(frozen=True, slots=True)
class Disagreement:
    """An item that an answer fails with fresh inputs.

    Attributes:
        item: Its id.
        shift: How far its seed was moved.
        message: What was seen; of an unfit item, in the reference's own answer.
        unfit: Whether the reference fails it too: then the item is wrong, and not the answer.
    """

    item: str
    shift: int
    message: str
    unfit: bool


def fresh_disagreements(suite: Suite, function: str, answer: Callee, *, seeds: int = SEEDS) -> tuple[Disagreement, ...]:
    """Run a function's items with other seeds; what is pinned for the usual inputs comes from the reference then.

    Items that draw nothing are not run: no seed changes their inputs.

    Args:
        suite: The assignment's check items.
        function: The graded function.
        answer: Who answers the items' calls.
        seeds: How many further seeds to try.

    Raises:
        CourseError: The course is at fault, as for `Suite.run`.
    """
    drawing = [item for item in suite.items if item.function == function and draws(item)]
    tried = (_disagreement(suite, item, answer, shift) for item in drawing for shift in range(1, seeds + 1))
    return tuple(one for one in tried if one is not None)


def _disagreement(suite: Suite, item: CheckItem, answer: Callee, shift: int) -> Disagreement | None:
    verdict = suite.run(item, answer, shift=shift)
    if verdict.passed:
        return None
    right = suite.run(item, Reference(suite.solutions), shift=shift)
    return Disagreement(item.id, shift, verdict.message if right.passed else right.message, not right.passed)
