"""Comparisons for the authors of checks: each passes, or says in an ``AssertionError`` what was seen.

The functions take a decoded value of any kind and raise nothing else, whatever it is. A message may
say the shape and the keys that are asked for, which follow from the course's conventions, but never
an expected number. Rulings: an array's shape counts; integers and truth values are as good as floats;
lists are as good as tuples; extra keys and the order of keys don't count; another number of returned
values does. A list of numbers is no array: the course's functions return arrays.

Tolerance: a value is right within ``RTOL`` of itself and ``ATOL`` of the array's largest entry. Sums in
another order, or a product taken apart, move a right answer by 1e-15 to 1e-13 of the largest entry; the
checks choose inputs on which every catalogued mistake moves something by more than 1e-7. So either side is
a factor of 100 away, which the tests of each assignment's checks try.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograder.grading.faults import StudentFault, TimedOut
from autograder.grading.mismatch import Array, explanation, shape_mismatch, value_mismatch

Function = Callable[..., Any]

RTOL = 1e-9
ATOL = 1e-11

_SHOWN = 8  # names in one message
_TOLD = 2  # different problems in one message
_LONGEST_NAME = 40  # characters
_LONGEST_KIND = 100  # characters; an array may have 64 dimensions
_KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bool, np.bool_), "a truth value"),
    ((int, float, np.number), "a number"),
    ((complex,), "a complex number"),
    ((str, bytes), "text"),
    ((dict,), "a dictionary"),
    ((list,), "a list"),
    ((tuple,), "a tuple"),
    ((set, frozenset), "a set"),
)


_errors: ContextVar[list[float] | None] = ContextVar("errors", default=None)


@contextmanager
def measured() -> Iterator[list[float]]:
    """Keep the error of every comparison that found one, in units of its tolerance: above 1 it failed."""
    found: list[float] = []
    before = _errors.set(found)
    try:
        yield found
    finally:
        _errors.reset(before)


def that(condition: object, message: str) -> None:
    """Pass where the condition holds.

    Raises:
        AssertionError: It doesn't; with the message.
    """
    if not condition:
        raise AssertionError(message)


def either_way(lent: Function, own: Function, check: Callable[[Function], None]) -> None:
    """Check a function with others lent to it and, where that fails, with the notebook's own.

    What is lent makes a mistake of another function cost nothing here. The notebook's own may take or return more
    than what is lent, or work in place, and a right answer may rely on that.

    Args:
        lent: The function, of ``student.replaced(...)``.
        own: The same function of ``student``.
        check: Calls the one that it is given, and compares.

    Raises:
        AssertionError: Both fail: what the first try said, whose fault is the function's own.
        StudentFault: A call gave no value, either way.
    """
    try:
        check(lent)
    except TimedOut:
        raise
    except StudentFault:  # it may be one that what is lent does not suit
        check(own)
    except Exception as first:
        try:
            check(own)
        except Exception:  # what is lent has no mistake of another function in it, so the first says more
            raise first from None


def unchanged(seen: Any, before: Any, name: str) -> None:
    """Pass where an argument is after the call what it was before.

    Args:
        seen: One of ``student.arguments``.
        before: What was handed over: arrays, numbers and text in lists, tuples and dictionaries.
        name: What it is, for the message.

    Raises:
        AssertionError: It was changed.
    """
    that(_same(seen, before), f"The call changed {name}, which belongs to the caller. Work on a copy of your own.")


def _same(seen: Any, before: Any) -> bool:
    if isinstance(before, dict):
        same = isinstance(seen, dict) and seen.keys() == before.keys()
        return same and all(_same(seen[key], value) for key, value in before.items())
    if isinstance(before, list | tuple):
        return isinstance(seen, list | tuple) and len(seen) == len(before) and all(map(_same, seen, before))
    return np.array_equal(seen, before)


def returned(seen: Any, *names: str) -> tuple[Any, ...]:
    """The values that a function returned together, as a tuple.

    Args:
        seen: What it returned: a tuple or list of as many values.
        names: Their names, in order.

    Raises:
        AssertionError: It returned another number of values, or something else.
    """
    asked = f"{len(names)} values, {_listed(names)}"
    that(seen is not None, f"The function returned nothing (None); it should return {asked}.")
    that(isinstance(seen, tuple | list), f"The function returned {kind(seen)}; it should return {asked}.")
    that(len(seen) == len(names), f"The function returned {_counted(len(seen))}; it should return {asked}.")
    return tuple(seen)


def listing(seen: Any, name: str) -> list[Any]:
    """A list or tuple, as a list.

    Raises:
        AssertionError: It is neither.
    """
    that(isinstance(seen, list | tuple), f"{_start(name)} should be a list; it is {kind(seen)}.")
    return list(seen)


def dictionary(seen: Any, keys: Iterable[str], name: str) -> dict[Any, Any]:
    """A dictionary that has all of the keys.

    Raises:
        AssertionError: It is none, or lacks some.
    """
    that(isinstance(seen, dict), f"{_start(name)} should be a dictionary; it is {kind(seen)}.")
    if missing := [key for key in keys if key not in seen]:
        has = _listed(key if isinstance(key, str) and key.isprintable() and key else kind(key) for key in seen)
        raise AssertionError(f"Missing in {name}: {_listed(missing)}; found: {has}.")
    return dict(seen)


def numeric(seen: Any, name: str, shape: tuple[int, ...] | None = None) -> Array:
    """A numpy array of real numbers, as float64.

    Args:
        seen: The value.
        name: What to call it.
        shape: The shape that it should have, or None where any will do.

    Raises:
        AssertionError: It is something else, or has another shape.
    """
    problem = _structural(seen, shape)
    that(not problem, f"{_start(name)}: {problem}.")
    return _as_float(seen)


def array(
    seen: Any,
    expected: Array,
    name: str,
    *,
    start: Array | None = None,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Pass where an array has the expected shape and values.

    Args:
        seen: The value.
        expected: The right array, of real and finite numbers.
        name: What to call it.
        start: What it was before the step under check, for a better message.
        rtol: Tolerance relative to each entry.
        atol: Tolerance relative to the largest entry (absolute where all are 0).

    Raises:
        AssertionError: It has not.
    """
    expected = np.asarray(expected, dtype=float)
    found = numeric(seen, name, expected.shape)
    if not _within(found, expected, rtol, atol):
        raise AssertionError(f"{_start(name)}: {value_mismatch(found, expected, start)}.")


def arrays(
    seen: Any,
    expected: Mapping[str, Array],
    name: str,
    *,
    start: Mapping[str, Array] | None = None,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Pass where a dictionary holds every expected array under its name.

    Args:
        seen: The value.
        expected: The right arrays by name; the dictionary may hold others besides.
        name: What to call the dictionary.
        start: The arrays before the step under check, for a better message.
        rtol: As for `array`.
        atol: As for `array`.

    Raises:
        AssertionError: It doesn't. The message says which arrays are wrong, how, and that others are right.
    """
    found = dictionary(seen, expected, name)
    right = {key: np.asarray(value, dtype=float) for key, value in expected.items()}
    problems = {key: text for key, value in right.items() if (text := _structural(found[key], value.shape))}
    if not problems:
        floats = {key: _as_float(found[key]) for key in right}
        wrong = {key: value for key, value in right.items() if not _within(floats[key], value, rtol, atol)}
        problems = _value_problems(floats, wrong, start or {})
    if problems:
        raise AssertionError(f"In {name}, {_told(problems, len(right))}.")


def near(seen: float, expected: float, *, rtol: float = RTOL, atol: float = 0.0) -> bool:
    """Whether a number is right within ``rtol`` of itself or ``atol``, for an item with words of its own.

    The release gate measures its error as that of every other comparison.
    """
    return _compared(abs(seen - expected), rtol * abs(expected) + atol)


def number(seen: Any, expected: float, name: str, *, rtol: float = RTOL, atol: float = 0.0) -> None:
    """Pass where a value is one number, right within ``rtol`` of itself or ``atol``.

    Raises:
        AssertionError: It isn't. The message says what was seen and on which side it lies.
    """
    found = value(seen, name)
    if not near(found, expected, rtol=rtol, atol=atol):
        side = "large" if found > expected else "small"
        raise AssertionError(f"{_start(name)} is {found:.6g}, which is too {side}.")


def value(seen: Any, name: str) -> float:
    """A finite number: a Python or numpy number, or an array of one element.

    Raises:
        AssertionError: It is something else.
    """
    found = np.asarray(seen) if isinstance(seen, int | float | np.number | np.ndarray) else None
    if found is None or isinstance(seen, bool) or found.dtype.kind not in "iuf":
        what = "an integer too large for a float" if type(seen) is int else kind(seen)
        raise AssertionError(f"{_start(name)} should be a number; it is {what}.")
    that(found.size == 1, f"{_start(name)} should be one number; it is an array of shape {found.shape}.")
    single = float(_as_float(found).ravel()[0])
    that(np.isfinite(single), f"{_start(name)} is {single}, not a finite number.")
    return single


def kind(seen: Any) -> str:
    """What a value is, in words for a student: "a list", "None", "an object of type Foo"."""
    if seen is None:
        return "None"
    if isinstance(seen, np.ndarray):
        return f"an array of shape {seen.shape} and type {seen.dtype}"[:_LONGEST_KIND]
    for types, words in _KINDS:
        if isinstance(seen, types):
            return words
    # Objects of the student's own arrive as the sandbox's marker, which names their type.
    named = getattr(seen, "type_name", None)
    name = named if isinstance(named, str) and named.isprintable() else type(seen).__name__
    return f"an object of type {name[:_LONGEST_NAME]}"


def _structural(seen: Any, shape: tuple[int, ...] | None) -> str:
    """What is wrong with the value besides its numbers; empty where nothing is."""
    if isinstance(seen, np.generic):
        seen = np.asarray(seen)
    if not isinstance(seen, np.ndarray):
        return f"it should be a numpy array; it is {kind(seen)}"
    if seen.dtype.kind not in "biuf":
        return f"it should hold real numbers; it is {kind(seen)}"
    return "" if shape is None else shape_mismatch(seen.shape, shape)


def _as_float(seen: Any) -> Array:
    if isinstance(seen, np.ndarray) and seen.dtype == np.float64:
        return seen
    with np.errstate(all="ignore"):  # a longdouble may be too large, and becomes infinite
        return np.array(seen, dtype=np.float64)


def _within(seen: Array, expected: Array, rtol: float, atol: float) -> bool:
    if (seen == expected).all():  # as nearly always, where the answer is right: a tenth of the work
        return True
    largest = float(np.max(np.abs(expected), initial=0.0)) or 1.0
    with np.errstate(all="ignore"):
        return _compared(np.abs(seen - expected), rtol * np.abs(expected) + atol * largest)


def _compared(errors: Any, allowed: Any) -> bool:
    """Whether no error is larger than allowed."""
    if (found := _errors.get()) is not None:
        with np.errstate(all="ignore"):
            shares = np.where(errors == 0, 0.0, np.divide(errors, allowed))
        found.append(float(np.max(np.nan_to_num(shares, nan=np.inf), initial=0.0)))
    return bool(np.all(errors <= allowed))


def _value_problems(
    seen: Mapping[str, Array], wrong: Mapping[str, Array], start: Mapping[str, Array]
) -> dict[str, str]:
    """What is wrong with each array: one explanation for all of them where there is one."""
    before = _flat(start, wrong) if wrong and all(key in start for key in wrong) else None
    if wrong and (together := explanation(_flat(seen, wrong), _flat(wrong, wrong), before)):
        return dict.fromkeys(wrong, together)
    return {key: value_mismatch(seen[key], right, start.get(key)) for key, right in wrong.items()}


def _flat(values: Mapping[str, Array], keys: Iterable[str]) -> Array:
    return np.concatenate([np.ravel(values[key]) for key in keys])


def _told(problems: Mapping[str, str], total: int) -> str:
    """All problems in one sentence, those that are alike together."""
    alike: dict[str, list[str]] = {}
    for key, text in problems.items():
        alike.setdefault(text, []).append(key)
    if len(alike) == 1 and len(problems) == total > 2:
        return f"all {total} arrays: {next(iter(alike))}"
    told = [f"{_listed(keys)}: {text}" for text, keys in alike.items()]
    if len(told) > _TOLD:
        told = [
            *told[:_TOLD],
            f"wrong as well: {len(problems) - sum(map(len, list(alike.values())[:_TOLD]))} more",
        ]
    right = total - len(problems)
    return "; ".join(told) + (f" (right: the other {right if right > 1 else 'one'})" if right else "")


def _listed(names: Iterable[str]) -> str:
    shown = [name[:_LONGEST_NAME] for name in names] or ["nothing"]
    if len(shown) > _SHOWN:
        shown = [*shown[:_SHOWN], f"{len(shown) - _SHOWN} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _counted(values: int) -> str:
    return "one value" if values == 1 else f"{values} values"


def _start(name: str) -> str:
    """A name at the beginning of a sentence: prose gets its capital, a variable's name stays."""
    first = name.split(" ", 1)[0]
    return name[:1].upper() + name[1:] if first.isalpha() and first.islower() and len(first) > 1 else name
