"""Whether an assignment's check items stand each for itself: the same whatever ran before, and every time."""

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from autograder.course import Course
from autograder.grading.items import CheckItem
from autograder.grading.reference import Reference
from autograder.grading.student import Answer, Replacements
from autograder.grading.suite import Suite

Trace = tuple[str, ...]


def dependent_items(course: Course, assignment: str) -> tuple[str, ...]:
    """What is wrong with items that don't stand for themselves, a line each: file, line and reason.

    The items run against the reference, forwards, again, and backwards, each time collected anew;
    what they call and find must be the same.

    Args:
        course: The course as it would be after a build.
        assignment: The assignment's name.
    """
    first, again, backwards = (_traces(course, assignment, step) for step in (1, 1, -1))
    faults = []
    for item in Suite(course.checks_folder(assignment), course.root).items:
        if first[item.id] != again[item.id]:
            faults.append(
                f"{item.place}: {item.id} is not the same every time. Take random numbers from draw, and no time"
            )
        elif first[item.id] != backwards[item.id]:
            faults.append(
                f"{item.place}: {item.id} depends on the items that ran before it. Let it make all that it needs"
            )
    return tuple(faults)


def _traces(course: Course, assignment: str, step: int) -> dict[str, Trace]:
    """What each item called and found, the items taken in order, or backwards."""
    suite = Suite(course.checks_folder(assignment), course.root)
    callee = _Traced(Reference(suite.solutions))
    return {item.id: callee.trace(suite, item) for item in suite.items[::step]}


@final
class _Traced:
    """The reference, which keeps what it is asked."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._calls: list[str] = []

    def trace(self, suite: Suite, item: CheckItem) -> Trace:
        self._calls = []
        verdict = suite.run(item, self)
        return (*self._calls, verdict.message)

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        self._calls.append(f"{function} {_text(args)} {_text(kwargs)} {sorted(replaced)}")
        return self._reference.call(function, args, kwargs, replaced)


def _text(value: Any) -> str:
    """A value as text that differs where the value does."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{value.tobytes().hex()}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return f"[{', '.join(map(_text, value))}]"
    if value is None or isinstance(value, str | bytes | int | float | np.generic):
        return repr(value)
    return type(value).__name__
