"""The calls that check items make as long as the answers are right: they can be made before an item asks.

Which they are doesn't depend on what was graded before, so a submission is always called in the same order: first what
lends no function to it, then the rest. Nobody answers for lent functions meanwhile: who knew the inputs of all items
could ask them for the values. A call in which they are called is made again when its item asks for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, final

from autograder.errors import AutograderError
from autograder.grading.items import CheckItem
from autograder.grading.reference import Reference
from autograder.grading.student import Answer, Replacements
from autograder.grading.suite import Suite
from autograder.sandbox import BadValue, Limits, Question, Questions, question


@dataclass(frozen=True, slots=True)
class Calls:
    """Some calls as one message.

    Attributes:
        items: For each call the id of the item that makes it.
        questions: The calls.
    """

    items: tuple[str, ...]
    questions: Questions


@final
class Foreseen:
    """The calls of those of an assignment's items that need no more of pytest than its names.

    Args:
        suite: The assignment's check items.
        limits: What a submission may cost.
    """

    def __init__(self, suite: Suite, limits: Limits) -> None:
        self._limits = limits
        self._calls = {item.id: tuple(_rehearsed(suite, item, limits)) for item in suite.items if suite.is_plain(item)}
        self._together = cache(self._put_together)

    def calls(self, items: Sequence[CheckItem], defined: Set[str]) -> Calls | None:
        """The calls that some items make of defined functions; None where there are none."""
        return self._together(tuple(item.id for item in items), frozenset(defined))

    def _put_together(self, items: tuple[str, ...], defined: frozenset[str]) -> Calls | None:
        calls = [(item, one) for item in items for one in self._calls.get(item, ()) if one.asked.function in defined]
        calls.sort(key=lambda call: call[1].lends)
        if not calls:
            return None
        names = tuple(item for item, _ in calls)
        try:
            return Calls(names, Questions.together([one.asked for _, one in calls], self._limits))
        except BadValue:  # too large together
            return None


@dataclass(frozen=True, slots=True)
class _Call:
    asked: Question
    lends: bool


def _rehearsed(suite: Suite, item: CheckItem, limits: Limits) -> Iterator[_Call]:
    rehearsal = _Rehearsal(Reference(suite.solutions), item, limits)
    try:
        suite.run(item, rehearsal)
    except (AutograderError, BadValue):  # whoever runs the item says so
        return
    yield from rehearsal.calls


@final
class _Rehearsal:
    """The reference, whose calls are noted but for those in which it calls what it was lent."""

    def __init__(self, reference: Reference, item: CheckItem, limits: Limits) -> None:
        self._reference, self._item, self._limits = reference, item, limits
        self.calls: list[_Call] = []

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        echo = self._item.looks_closer
        asked = question(
            function, args, kwargs, seed=self._item.seed, limits=self._limits, replaced=replaced, echo=echo
        )
        called: list[str] = []
        lent = {name: _noting(name, function, called) for name, function in replaced.items()}
        answer = self._reference.call(function, args, kwargs, lent)
        if not called:
            self.calls.append(_Call(asked, bool(replaced)))
        return answer


def _noting(name: str, function: Callable[..., Any], called: list[str]) -> Callable[..., Any]:
    def noting(*args: Any, **kwargs: Any) -> Any:
        called.append(name)
        return function(*args, **kwargs)

    return noting
