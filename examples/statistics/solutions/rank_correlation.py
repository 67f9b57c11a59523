"""Reference solutions of rank_correlation: made from its source notebook, not to be edited.

`autograder build` writes this file anew.
"""

import numpy as np

hours = np.array([2.0, 5.0, 1.0, 8.0, 5.0, 12.0, 3.0, 9.0, 7.0, 4.0, 6.0])
marks = np.array([55.0, 61.0, 48.0, 83.0, 70.0, 80.0, 51.0, 90.0, 66.0, 68.0, 61.0])


def shuffled(x, times, seed=1):
    """The entries of x in random order, as an array of shape (times, n)."""
    random = np.random.RandomState(seed)
    return np.array([random.permutation(x) for _ in range(times)])


def ranks(x):
    """The rank of every entry, equal ones sharing the mean of theirs.

    Args:
        x: Array of shape (n,).

    Returns:
        Array of shape (n,); the smallest rank is 1.
    """
    ordered = np.sort(x)
    first = np.searchsorted(ordered, x, side="left")
    last = np.searchsorted(ordered, x, side="right")
    return (first + last + 1) / 2


def rank_correlation(x, y):
    """Spearman's rank correlation.

    Args:
        x: Array of shape (n,), not all equal.
        y: Another.

    Returns:
        A number between -1 and 1.
    """
    a = ranks(x) - np.mean(ranks(x))
    b = ranks(y) - np.mean(ranks(y))
    return np.sum(a * b) / np.sqrt(np.sum(a**2) * np.sum(b**2))


def p_value(seen, chance):
    """The share of correlations that are at least as large as the one seen, which is counted too.

    Args:
        seen: The correlation of the data.
        chance: Array of shape (times,): correlations after shuffling.

    Returns:
        A number above 0, at most 1. Only sizes are compared, whatever the sign.
    """
    as_large = np.abs(chance) >= np.abs(seen)
    return (np.sum(as_large) + 1) / (len(chance) + 1)
