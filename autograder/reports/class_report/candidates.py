"""Which pairs of a class are worth comparing: those that share code which hardly anybody else wrote.

Short functions have few right forms, so most of a class writes most of its code alike. What tells is the rest: runs of
tokens (the k-grams of winnowing, Schleimer et al. 2003) that are neither in the release nor in the reference nor in
many submissions. They lie in an inverted index, so a class of 5,000 needs no 12.5 million comparisons.
"""

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RUN: Final = 12  # tokens in a run
FEW: Final = 20  # submissions that may share a run before it counts as what people write
LEAST_SHARED: Final = 24  # runs that two submissions must share
LEAST_SHARE: Final = 0.5  # of the smaller one's uncommon runs

_TOKEN = re.compile(
    r"""\.?[A-Za-z_]\w*+(?!["'])|\#[^\n]*|\d[\w.]*|[-+*/%@&|^<>=!]=|\*\*|//|->"""
    r"""|\w{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|[^\s\w]""",
    re.DOTALL,
)
_KEPT = {*keyword.kwlist, "range", "len", "enumerate", "zip", "sum"}

_LONGEST: Final = 20_000  # characters of a function that are looked at
_BASE: Final = 1_000_003

Runs = NDArray[np.int64]
Code = Mapping[str, str]
"""The text of each graded function."""

_NONE: Final = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions with uncommon code in common.

    Attributes:
        first: One student.
        second: The other.
        shared: Uncommon runs that both have.
        share: The same, of the uncommon runs of the one that has fewer, 0 to 1.
    """

    first: str
    second: str
    shared: int
    share: float


def alike_pairs(own: Mapping[str, Runs]) -> list[Pair]:
    """Pairs of submissions that share much of what few others wrote, the most alike first.

    Args:
        own: What `own_runs` found, by student.
    """
    students, sets = list(own), list(own.values())
    owners = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    runs = np.concatenate([_NONE, *sets])
    order = np.argsort(runs, kind="stable")
    runs, owners = runs[order], owners[order]
    _, inverse, counts = np.unique(runs, return_inverse=True, return_counts=True)
    rare = counts[inverse] <= FEW
    uncommon = np.bincount(owners[rare], minlength=len(sets))
    pairs, shared = _shared(runs[rare], owners[rare], len(sets))
    a, b = np.divmod(pairs, max(1, len(sets)))
    share = shared / np.minimum(uncommon[a], uncommon[b])
    chosen = np.flatnonzero((shared >= LEAST_SHARED) & (share >= LEAST_SHARE))
    chosen = chosen[np.lexsort((chosen, -shared[chosen], -share[chosen].round(2)))]
    return [Pair(students[a[n]], students[b[n]], int(shared[n]), float(share[n])) for n in chosen]


def own_runs(codes: Iterable[Code], known: Iterable[str]) -> list[Runs]:
    """The runs of each submission that are not known code, each once, as hashes."""
    given = np.concatenate([_NONE, *map(_runs, known)])
    found = []
    for code in codes:
        runs = np.unique(np.concatenate([_NONE, *map(_runs, code.values())]))
        found.append(runs[~np.isin(runs, given)])
    return found


def _shared(runs: Runs, owners: Runs, people: int) -> tuple[Runs, Runs]:
    """Pairs as first * people + second, and how many runs each shares; runs come sorted, owners rising within one."""
    found = [_NONE]
    for step in range(1, FEW):
        same = runs[step:] == runs[:-step]
        if not same.any():
            break
        found.append(owners[:-step][same] * people + owners[step:][same])
    pairs, shared = np.unique(np.concatenate(found), return_counts=True)
    return pairs, shared


def _runs(text: str) -> Runs:
    """A hash for every run of tokens; names are alike, comments and docstrings do not count."""
    tokens = np.array([_hashed(one) for one in _TOKEN.findall(text[:_LONGEST]) if one[0] != "#"], np.int64)
    if len(tokens) < RUN:
        return _NONE
    runs = np.zeros(len(tokens) - RUN + 1, np.int64)
    for place in range(RUN):  # a polynomial's value at the tokens, modulo 2**64
        runs = runs * _BASE + tokens[place : place + len(runs)]
    return runs


@lru_cache(maxsize=100_000)
def _hashed(token: str) -> int:
    return hash(_normal(token))


def _normal(token: str) -> str:
    """Every name as ``V``, every string as ``S``."""
    if token[0] == "." and len(token) > 1:
        return token  # what is asked of numpy tells one way of writing from another
    if token[-1] in "\"'":
        return "S"
    if (token[0].isalpha() or token[0] == "_") and token not in _KEPT:
        return "V"
    return token
