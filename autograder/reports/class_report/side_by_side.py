"""Two submissions' graded code side by side, with what copydetect finds in both."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autograder.reports.class_report.candidates import Code

_RUN: Final = 25  # characters of filtered code: copydetect's own noise threshold
_LONGEST: Final = 20_000  # characters of a function that are compared

Line = tuple[str, bool]
"""A line, and whether it is part of what both have."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Two submissions side by side.

    Attributes:
        first: One student.
        second: The other.
        similarity: Share of the graded code, without the release's, that both have in common, 0 to 1.
        functions: Each graded function with the lines of both; those with nothing in common are left out.
    """

    first: str
    second: str
    similarity: float
    functions: tuple[tuple[str, tuple[Line, ...], tuple[Line, ...]], ...]


def compare(first: str, second: str, codes: Mapping[str, Code], stubs: Code) -> Sides:
    """Compare two submissions, function by function, the release's stubs as boilerplate.

    Args:
        first: One student.
        second: The other.
        codes: The text of each graded function, by student.
        stubs: The release's graded cells.
    """
    from copydetect import compare_files  # it loads pyplot: most classes have nothing to compare

    common, own, shown = 0.0, 0.0, []
    for name, left in codes[first].items():
        right = codes[second].get(name, "")
        stub = stubs.get(name, "")
        prints = [_fingerprint(text[:_LONGEST], stub) for text in (left, right)]
        own += sum(one.token_coverage for one in prints)
        _, similarities, slices = compare_files(*prints)
        common += sum(part * one.token_coverage for part, one in zip(similarities, prints, strict=True))
        if any(similarities):
            shown.append((name, _lines(left, slices[0]), _lines(right, slices[1])))
    return Sides(first, second, float(min(1.0, common / own)) if own else 0.0, tuple(shown))


@lru_cache(maxsize=4096)
def _fingerprint(text: str, stub: str) -> Any:
    """Copydetect's fingerprint of one function without the stub's runs.

    With a window of 1 it keeps every run: a smaller choice would hang on the process's own seed of ``hash``. Its own
    option for boilerplate takes each run once, however often it occurs.
    """
    from copydetect import CodeFingerprint
    from copydetect.utils import get_token_coverage

    found = CodeFingerprint("answer.py", _RUN, 1, fp=io.StringIO(text))
    if stub:
        found.hashes = found.hashes - _fingerprint(stub, "").hashes
        found.hash_idx = {run: places for run, places in found.hash_idx.items() if run in found.hashes}
        found.token_coverage = get_token_coverage(found.hash_idx, _RUN, len(found.filtered_code))
    return found


def _lines(text: str, slices: NDArray[np.int64]) -> tuple[Line, ...]:
    """The lines of a text; those of which a slice covers more than spaces are marked."""
    cuts: Iterable[tuple[int, int]] = [(int(a), int(b)) for a, b in slices.T] if len(slices) else []
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        marked = any(text[max(a, start) : min(b, end)].strip() for a, b in cuts if a < end and b > start)
        lines.append((line.rstrip("\n"), marked))
        start = end
    return tuple(lines)
