"""How a wrong array differs from the right one, in words that help and give no number away.

An explanation is named only where it accounts for every entry, and only where the entries are varied
enough that no other simple explanation would do as well. Else the wrong array is described: how many of its
entries are wrong, or just that they are.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

WRONG = "the values are wrong"

# An explanation holds where it leaves no more than this, relative to the entries. Looser than the
# comparison itself: the learner's arithmetic and ours may round differently on the way to the same mistake.
_EXPLAINED = 1e-7
_CLOSE = 1e-3
_RIGHT = 1e-9  # an entry that counts as right where others are wrong
_SINGLE = 1e-5
_FEWEST_SIGNS = 4  # that agree before it is said of them
_DECIMALS = range(9)
_FACTORS = {
    2.0: "twice too large",
    0.5: "half of what it should be",
    10.0: "about 10 times too large",
    0.1: "about 10 times too small",
    100.0: "about 100 times too large",
    0.01: "about 100 times too small",
    1000.0: "about 1000 times too large",
    0.001: "about 1000 times too small",
}
_LARGEST_SORTED = 10_000


def shape_mismatch(seen: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """What is wrong with a shape; empty where it is right."""
    if seen == expected:
        return ""
    if len(seen) == len(expected) > 1 and seen == expected[::-1]:
        return f"the shape is {seen}, the transpose of {expected}"
    if len(seen) != len(expected):
        return f"the shape is {seen}, with {_dimensions(len(seen))}; it should be {expected}, with {len(expected)}"
    return f"the shape is {seen}; it should be {expected}"


def value_mismatch(seen: Array, expected: Array, start: Array | None = None) -> str:
    """What is wrong with the values of an array of the right shape: an explanation, or else a description.

    Args:
        seen: The wrong array, float64.
        expected: The right one, float64 and finite, in the same shape.
        start: What it was before the step that was to be checked, or None.

    Returns:
        The first text that holds, without name and full stop.
    """
    with np.errstate(all="ignore"):
        return explanation(seen, expected, start) or next(_descriptions(seen, expected, start), WRONG)


def explanation(seen: Array, expected: Array, start: Array | None = None) -> str:
    """What alone accounts for every entry of a wrong array; empty where nothing does. As `value_mismatch`."""
    with np.errstate(all="ignore"):
        return next(_explanations(seen, expected, start), "")


def _explanations(seen: Array, expected: Array, start: Array | None) -> Iterator[str]:
    every = _share(seen.size, seen.size)
    if not np.isfinite(seen).all():
        if np.isnan(seen).all():
            yield f"{every} NaN (not a number)"
        return
    if start is not None and np.array_equal(seen, start):
        yield "nothing has changed"
    if not seen.any():
        yield f"{every} zero"
    if seen.size > 1:
        yield from _digits_lost(seen, expected)
    if _telling(expected):
        yield from _scaled(seen, expected, "")
    if start is not None and _telling(expected - start):
        yield from _changed(seen, expected, start)
    if np.unique(expected).size > 2 and _explains(seen - expected, np.full_like(seen, np.mean(seen - expected))):
        yield "every value is off by the same amount"
    yield from _rearranged(seen, expected)


def _descriptions(seen: Array, expected: Array, start: Array | None) -> Iterator[str]:
    if lost := int(np.sum(~np.isfinite(seen))):
        yield f"{_share(lost, seen.size)} {'NaN (not a number)' if np.isnan(seen).any() else 'infinite'}"
        return
    moved = expected if start is None else expected - start
    if np.max(np.abs(seen - expected)) <= _CLOSE * np.max(np.abs(moved)):
        yield "the values are close, but not right"
    yield from _partly(seen, expected)


def _digits_lost(seen: Array, expected: Array) -> Iterator[str]:
    if np.array_equal(seen, np.trunc(expected)):
        yield "the values are cut off to whole numbers"
    for decimals in _DECIMALS:
        if np.array_equal(seen, np.round(expected, decimals)):
            yield f"the values are rounded (decimals: {decimals})"
    single = np.array_equal(seen, seen.astype(np.float32)) and not np.array_equal(expected, expected.astype(np.float32))
    if single and np.max(np.abs(seen - expected)) <= _SINGLE * np.max(np.abs(expected)):
        yield "the values have single precision only (float32)"


def _changed(seen: Array, expected: Array, start: Array) -> Iterator[str]:
    """What is wrong with the way from ``start``."""
    change, right = seen - start, expected - start
    yield from _scaled(change, right, "the change ")
    if _explains(seen, right) or _explains(seen, -right):
        yield "this is the change alone, without what it starts from"
    ratio = change[right != 0] / right[right != 0]
    if ratio.size < _FEWEST_SIGNS or change[right == 0].any():
        return
    if (ratio > 1).all():
        yield "the change has the right sign, but is too large everywhere"
    if (ratio > 0).all() and (ratio < 1).all():
        yield "the change has the right sign, but is too small everywhere"


def _scaled(seen: Array, expected: Array, what: str) -> Iterator[str]:
    """Turned in sign, or multiplied by one factor; ``what`` is the subject where it isn't the array itself."""
    if _explains(seen, -expected):
        yield f"{what}goes the wrong way" if what else "the sign is turned"
    at = np.argmax(np.abs(expected))
    factor = float(seen.flat[at] / expected.flat[at])
    if factor and _explains(seen, factor * expected):
        size = next((words for known, words in _FACTORS.items() if abs(abs(factor) / known - 1) < _CLOSE), "")
        sign = " and turned in sign" if factor < 0 else ""
        yield f"{what}{'is ' if what else ''}off by a constant factor{sign}" + (f": {size}" if size else "")


def _rearranged(seen: Array, expected: Array) -> Iterator[str]:
    if seen.ndim != 2 or min(seen.shape) == 0 or seen.size > _LARGEST_SORTED or not _telling(expected):
        return
    if seen.shape[0] == seen.shape[1] and _explains(seen, expected.T):
        yield "the values are transposed"
    if _explains(_rows_sorted(seen), _rows_sorted(expected)):
        yield "the rows are in another order"
    if _explains(_rows_sorted(seen.T), _rows_sorted(expected.T)):
        yield "the columns are in another order"


def _rows_sorted(array: Array) -> Array:
    return array[np.lexsort(array.T)]


def _partly(seen: Array, expected: Array) -> Iterator[str]:
    wrong = ~np.isclose(seen, expected, rtol=_RIGHT, atol=_RIGHT * float(np.max(np.abs(expected))))
    count = int(wrong.sum())
    if not 0 < count < wrong.size:
        return
    for axis, line in ((0, "row"), (1, "column")) if wrong.ndim == 2 else ():
        lines = np.flatnonzero(wrong.any(axis=1 - axis))
        if len(lines) == 1 < wrong.shape[axis] and count > 1:
            yield f"only {line} {lines[0]} (counted from 0) is wrong"
    yield f"{_share(count, wrong.size)} wrong"


def _telling(expected: Array) -> bool:
    """Whether the entries are varied enough to tell a sign from a factor, an offset and another order."""
    return np.unique(np.abs(expected)).size > 2


def _explains(seen: Array, explained: Array) -> bool:
    largest = float(np.max(np.abs(explained), initial=0.0))
    bound = _EXPLAINED * np.abs(explained) + _EXPLAINED / 100 * largest
    return bool(np.all(np.abs(seen - explained) <= bound)) and bool(np.any(explained))


def _share(count: int, total: int) -> str:
    if count == total:
        return "every value is" if total > 1 else "the value is"
    return f"{count} of {total} values {'is' if count == 1 else 'are'}"


def _dimensions(count: int) -> str:
    return "one dimension" if count == 1 else f"{count or 'no'} dimensions"
