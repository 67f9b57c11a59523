"""Figures of check items and functions over a class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from autograder.models import ItemResult, Result
from autograder.reports.class_report.model import Task
from autograder.reports.class_report.separation import LEAST, separation

POOR: Final = 0.2
"""A coefficient below this is called poor (Ebel 1972, "Essentials of Educational Measurement")."""

NOBODY_FAILS: Final = "nobody fails it"
EVERYBODY_FAILS: Final = "everybody fails it"
SEPARATES_BADLY: Final = "hardly separates strong from weak"
BACKWARDS: Final = "the stronger fail it more often"


def current(results: Mapping[str, Result], order: Sequence[str]) -> dict[str, Result]:
    """The results that were made by the same check items as most.

    Shares over different items would compare nothing.

    Args:
        results: All results, by student.
        order: The graded functions, in the notebook's order: a saved notebook sorts its metadata by name.
    """
    shapes = {student: _shape(one) for student, one in results.items()}
    usual = Counter(shapes.values()).most_common(1)
    return {student: _ordered(one, order) for student, one in results.items() if shapes[student] == usual[0][0]}


def item_figures(results: Sequence[Result]) -> tuple[Task, ...]:
    """Figures of every check item, in the notebook's order.

    Args:
        results: Results of the same check items.
    """
    met = _items(results[0]) if results else []
    rows = [[item.passed for _, item in _items(one)] for one in results]
    passed = np.array(rows, bool).reshape(len(results), len(met))
    points = np.array([item.points for _, item in met])
    total = passed @ points if met else np.zeros(len(results))
    return tuple(
        _task(item.id, function, item.line, item.points, passed[:, n], total - points[n] * passed[:, n])
        for n, (function, item) in enumerate(met)
    )


def function_figures(results: Sequence[Result]) -> tuple[Task, ...]:
    """Figures of every graded function, in the notebook's order; passed means that it earned all of its points."""
    names = list(results[0].functions) if results else []
    total = np.array([one.score for one in results])
    figures = []
    for name in names:
        own = np.array([one.functions[name].score for one in results])
        most = results[0].functions[name].max_score
        partial = int(((own > 0) & (own < most)).sum())
        figures.append(_task(name, name, "", most, own >= most, total - own, partial))
    return tuple(figures)


def _task(
    name: str,
    function: str,
    line: str,
    points: float,
    passed: NDArray[np.bool_],
    rest: NDArray[np.float64],
    partial: int = 0,
) -> Task:
    apart = separation(passed, rest)
    wins, n = int(passed.sum()), len(passed)
    remark = ""
    if n >= LEAST and wins == n:
        remark = NOBODY_FAILS
    elif n >= LEAST and wins + partial == 0:
        remark = EVERYBODY_FAILS
    elif apart is not None and apart.high < POOR:
        remark = BACKWARDS if apart.high < 0 else SEPARATES_BADLY
    return Task(name, function, line, points, n, wins, partial, apart, remark)


def _items(result: Result) -> list[tuple[str, ItemResult]]:
    return [(name, item) for name, function in result.functions.items() for item in function.items]


def _shape(result: Result) -> tuple[tuple[str, str, float], ...]:
    return tuple((name, item.id, item.points) for name, item in _items(result))


def _ordered(result: Result, order: Sequence[str]) -> Result:
    names = [*(name for name in order if name in result.functions), *(set(result.functions) - set(order))]
    return msgspec.structs.replace(result, functions={name: result.functions[name] for name in names})
