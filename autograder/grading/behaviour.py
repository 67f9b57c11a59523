"""What a function answered to a check item's calls, and when two such records are alike.

A record tells how a function behaves, whatever its text: two authors who make the same mistake in other words
leave the same record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, final

import numpy as np

from autograder.grading.faults import StudentFault
from autograder.grading.student import Answer, Callee, Replacements

# Far looser than rounding (1e-13 of the largest entry), far tighter than what tells two mistakes apart.
ARRAY_RTOL = 1e-9
# Single numbers come from finite differences as well: rounding moves those by 1e-8 of themselves, and those that
# should be zero by as much as the course's own threshold for "zero" allows.
NUMBER_RTOL = 1e-6
NUMBER_ATOL = 2e-7

# Bytes of what went into a call and came out, above which a record holds neither: far above any item's own inputs. All
# records of a submission are kept until it is graded, and each of its values may take as much as a message.
MOST_KEPT = 1 << 20
_PART = 64  # bytes of a part of a container, about

# Whose text holds a name that the author of the code chose.
NAMES_OF_THEIR_AUTHOR = ("NameError", "UnboundLocalError")


@final
@dataclass(frozen=True, slots=True)
class Call:
    """One call of an item and what came of it.

    Attributes:
        function: The called function.
        args: Its positional arguments.
        kwargs: Its arguments by name.
        replaced: What was lent to it.
        value: What it returned; None where it raised.
        error: What it raised, as ``KeyError: 'W3'``, or that it is too large to be kept; empty where it returned.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    replaced: Replacements
    value: Any = None
    error: str = ""


@final
@dataclass(slots=True)
class Listener:
    """Passes calls on, and keeps what came of them.

    Attributes:
        callee: Who answers.
        calls: The calls so far. Values are those that the item got, not copies: an item leaves them as they are.
    """

    callee: Callee
    calls: list[Call] = field(default_factory=list)

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        """See `Callee.call`."""
        try:
            answer = self.callee.call(function, args, kwargs, replaced)
        except StudentFault as fault:
            self.calls.append(Call(function, args, kwargs, replaced, error=fault.raised))
            raise
        if _weight((args, dict(kwargs), answer.value)) > MOST_KEPT:
            self.calls.append(Call(function, (), {}, replaced, error="TooLarge"))
        else:
            self.calls.append(Call(function, args, kwargs, replaced, answer.value))
        return answer


def _weight(value: Any) -> int:
    """Bytes that a value holds, about."""
    if isinstance(value, np.ndarray):
        return _PART + value.nbytes
    if isinstance(value, str | bytes):
        return _PART + len(value)
    if isinstance(value, dict):
        return _PART + sum(map(_weight, value)) + sum(map(_weight, value.values()))
    if isinstance(value, list | tuple | set):
        return _PART + sum(map(_weight, value))
    return _PART


def alike(first: Sequence[Call], second: Sequence[Call]) -> bool:
    """Whether two functions answered the same calls in the same way, up to rounding."""
    return len(first) == len(second) and all(map(_same_answer, first, second))


def _same_answer(one: Call, other: Call) -> bool:
    if one.function != other.function or bool(one.error) != bool(other.error):
        return False
    if one.error:
        kinds = one.error.split(":", 1)[0], other.error.split(":", 1)[0]
        return kinds[0] == kinds[1] and (kinds[0] in NAMES_OF_THEIR_AUTHOR or one.error == other.error)
    return same_value(one.value, other.value)


def same_value(one: Any, other: Any, *, exact: bool = False) -> bool:
    """Whether two returned values are the same to a check: in kind, shape and keys, and in numbers up to rounding.

    Lists are as good as tuples, truth values and integers as floats, and a single number in any form.

    Args:
        one: A value.
        other: Another one.
        exact: Whether rounding counts as a difference.
    """
    same = partial(same_value, exact=exact)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if _numeric(one) and _numeric(other):
        return _same_numbers(np.asarray(one), np.asarray(other), exact)
    if one is None or other is None:
        return one is other
    if isinstance(one, str | bytes) and isinstance(other, str | bytes):
        return one == other
    # A marker of something that no check can use, but for the name of its type.
    named = getattr(one, "type_name", None), getattr(other, "type_name", None)
    return isinstance(named[0], str) and named[0] == named[1]


def _numeric(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biuf"
    return isinstance(value, float | int) and (isinstance(value, float) or abs(value) < 2**1000)


def _same_numbers(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any], exact: bool) -> bool:
    if one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes():
        return True  # as nearly always: a tenth of the work
    single = one.size == other.size == 1
    if one.shape != other.shape and not (single and (not one.shape or not other.shape)):
        return False
    with np.errstate(all="ignore"):
        first, second = np.asarray(one, float).ravel(), np.asarray(other, float).ravel()
        if (equal := np.array_equal(first, second, equal_nan=True)) or exact:
            return equal
        finite = np.isfinite(first)
        if not np.array_equal(finite, np.isfinite(second)):
            return False
        if not np.array_equal(first[~finite], second[~finite], equal_nan=True):
            return False
        apart = np.max(np.abs(first[finite] - second[finite]), initial=0.0)
        largest = np.max(np.abs(second[finite]), initial=0.0)
        return bool(apart <= (NUMBER_RTOL * largest + NUMBER_ATOL if single else ARRAY_RTOL * largest))
