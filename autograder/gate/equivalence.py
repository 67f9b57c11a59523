"""Whether edits of a reference that are listed as no mistake really change nothing, on thousands of inputs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any, Final, final

from autograder.errors import CourseError
from autograder.grading.behaviour import same_value
from autograder.grading.catalogue import Equivalent
from autograder.grading.faults import StudentFault
from autograder.grading.provided import draws
from autograder.grading.reference import Reference
from autograder.grading.student import Answer, Replacements
from autograder.grading.suite import Suite

INPUTS: Final = 10_000  # on how many to compare


def refuted(suite: Suite, function: str, listed: Sequence[tuple[Equivalent, str]]) -> tuple[str, ...]:
    """Why some of a function's listed edits are mistakes after all, a line each.

    The inputs are the first that each of the function's own items draws, from one seed after another.

    Args:
        suite: The assignment's check items.
        function: The graded function.
        listed: Its listed edits, each with the text of the edited cell.

    Raises:
        CourseError: No item of the function draws its inputs, so that there are none to compare on.
    """
    items = [item for item in suite.items if item.function == function and draws(item)]
    compared = _Compared(function, Reference(suite.solutions), listed)
    for shift in count(1):
        before = compared.calls
        for item in items:
            suite.run(item, compared, shift=shift)
            if compared.calls >= INPUTS or not compared.alive:
                return tuple(compared.faults)
        if compared.calls == before:
            raise CourseError(
                f"no item of {function} draws its inputs: nothing can be said of the edits listed as no mistake",
                where=listed[0][0].place,
                remedy="Let an item draw inputs, or take the edits out",
            )
    raise AssertionError  # pragma: no cover - count has no end


@final
class _Compared:
    """Looks at each input whether the edited references say the same as the reference, and ends the item."""

    def __init__(self, function: str, reference: Reference, listed: Sequence[tuple[Equivalent, str]]) -> None:
        self._function, self._reference = function, reference
        self.alive = [(one, Reference(reference.path, source)) for one, source in listed]
        self.calls = 0
        self.faults: list[str] = []

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        answer = self._reference.call(function, args, kwargs, replaced)
        if function != self._function:
            return answer
        self.calls += 1
        for one, edited in list(self.alive):
            if why := _difference(partial(edited.call, function, args, kwargs, replaced), answer.value):
                self.alive.remove((one, edited))
                self.faults.append(
                    f"{one.place}: '{one.name}' is listed as no mistake, but {why} on the {_th(self.calls)} input"
                )
        raise StudentFault("The input is all that was wanted of this item.")  # what it does next takes longest


def _difference(edited: Callable[[], Answer], right: Any) -> str:
    try:
        value = edited().value
    except Exception as error:  # an edited function raises what it likes
        return f"it raises {type(error).__name__}"
    if isinstance(value, dict) and isinstance(right, dict):
        value = {key: one for key, one in value.items() if key in right}  # extra keys don't count
    return "" if same_value(value, right) else "it returns something else"


def _th(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
