"""Whether a right answer agrees with the reference on inputs that no item has drawn before."""

from collections.abc import Callable
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


@final
@dataclass(frozen=True, slots=True)
class Agreement:
    """How an answer did on fresh inputs.

    Attributes:
        compared: The items that drew fresh inputs, once for each seed, by their ids.
        unchanged: The items that draw nothing, whose inputs no seed changes: not run.
        disagreements: Where the answer failed.
    """

    compared: tuple[str, ...]
    unchanged: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]


def fresh_agreement(
    suite: Suite, function: str, callee_for: Callable[[CheckItem], Callee], *, seeds: int = SEEDS
) -> Agreement:
    """Run a function's items with other seeds; what is pinned for the usual inputs comes from the reference then.

    Args:
        suite: The assignment's check items.
        function: The graded function.
        callee_for: Who answers an item's calls.
        seeds: How many further seeds to try.

    Raises:
        CourseError: The course is at fault, as for `Suite.run`.
    """
    items = [item for item in suite.items if item.function == function]
    drawing = [item for item in items if draws(item)]
    found = [
        one
        for item in drawing
        for shift in range(1, seeds + 1)
        if (one := _disagreement(suite, item, callee_for(item), shift))
    ]
    unchanged = tuple(item.id for item in items if not draws(item))
    return Agreement(tuple(item.id for item in drawing), unchanged, tuple(found))


def _disagreement(suite: Suite, item: CheckItem, callee: Callee, shift: int) -> Disagreement | None:
    verdict = suite.run(item, callee, shift=shift)
    if verdict.passed:
        return None
    right = suite.run(item, Reference(suite.solutions), shift=shift)
    return Disagreement(item.id, shift, verdict.message if right.passed else right.message, not right.passed)
