"""How well an item separates strong students from weak ones."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autograder.reports.class_report.model import Separation

LEAST: Final = 10  # submissions; below that an interval says nothing
LEAST_APART: Final = 3  # of them passed, and as many failed
_NORMAL: Final = 1.959963984540054  # 97.5% of a normal distribution lie below


def separation(passed: NDArray[np.bool_], rest: NDArray[np.float64]) -> Separation | None:
    """The point-biserial correlation of passing an item with the points earned in all others, with 95% interval.

    The item's own points are left out of the sum, or it would correlate with itself (Henrysson 1963, "Correction of
    item-total correlations in item analysis", Psychometrika 28).
    The interval takes the asymptotic variance of the coefficient r at a share p of passes,
    (1 - r²)² (1 - 3r²/2 + r² / (4p(1 - p))) / n (Tate 1954, "Correlation between a discrete and a continuous
    variable. Point-biserial correlation", Annals of Mathematical Statistics 25), to Fisher's z = artanh r, where it
    is (1 - 3r²/2 + r² / (4p(1 - p))) / n, and comes back: so it stays between -1 and 1.

    Args:
        passed: Whether each submission passed, shape (n,).
        rest: Its points in all other items, shape (n,).

    Returns:
        None where fewer than ten met the item, fewer than three passed or failed it, or all have the same rest.
    """
    n, wins = len(passed), int(passed.sum())
    if n < LEAST or not LEAST_APART <= wins <= n - LEAST_APART or np.ptp(rest) < 1e-9:
        return None
    r = float(np.clip(np.corrcoef(passed, rest)[0, 1], -0.9999, 0.9999))
    p = wins / n
    half = _NORMAL * math.sqrt((1 - 1.5 * r * r + r * r / (4 * p * (1 - p))) / n)
    z = math.atanh(r)
    return Separation(round(r, 4), round(math.tanh(z - half), 4), round(math.tanh(z + half), 4))
