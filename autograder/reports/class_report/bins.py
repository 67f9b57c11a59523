"""A class in bins: by points, by the time of handing in, by the number of attempts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from autograder.grading.table import points
from autograder.reports.class_report.model import ClassReport, Person

_MOST_SCORES: Final = 14
_STEPS: Final = [timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24)]
_MOST_TIMES: Final = 16
_MANY: Final = 5  # hand-ins and more are one bin
_MONDAY: Final = datetime(2000, 1, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bin:
    """Some students.

    Attributes:
        key: An anchor of the page.
        label: What they have in common.
        short: The same on an axis; may be empty where ticks stand close.
        students: Their ids.
    """

    key: str
    label: str
    short: str
    students: tuple[str, ...]


def scored(people: Iterable[Person]) -> list[Person]:
    """Those who have a score."""
    return [one for one in people if one.score is not None and one.state not in ("missing", "ungraded")]


def score_bins(report: ClassReport) -> tuple[Bin, ...]:
    """Bins of equal width over the points, about ten of them; extra credit counts in the last."""
    most = report.max_score
    if most <= 0:
        return ()
    edges = MaxNLocator(nbins=_MOST_SCORES, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most)
    edges = edges[: int(np.searchsorted(edges, most - 1e-9)) + 1]
    inside: list[list[str]] = [[] for _ in edges[1:]]
    for one in scored(report.people):
        place = int(np.searchsorted(edges, (one.score or 0.0) + 1e-9, side="right")) - 1
        inside[min(max(place, 0), len(inside) - 1)].append(one.student)
    last = len(inside) - 1
    return tuple(
        Bin(f"points-{n}", f"{points(edges[n])} to {points(most) if n == last else f'under {points(edges[n + 1])}'}",
            points(edges[n]), tuple(who))
        for n, who in enumerate(inside)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """The times of handing in.

    Attributes:
        bins: Bins of one width.
        start: Where the first begins.
        step: Their width.
    """

    bins: tuple[Bin, ...]
    start: datetime
    step: timedelta

    def place(self, when: datetime) -> float | None:
        """Where a moment lies, in bins from the left, or None where it lies outside."""
        place = (when - self.start) / self.step
        return place if 0 <= place <= len(self.bins) else None


def each_value(name: str, values: Iterable[tuple[float, str]], shown: Callable[[float], str]) -> tuple[Bin, ...]:
    """A bin for each value as it is shown, rising: what a mean, a median and their like sum up.

    Args:
        name: The beginning of the anchors.
        values: A value and whose it is.
        shown: How a value is written.
    """
    inside: dict[str, list[str]] = {}
    for value, student in sorted(values):
        inside.setdefault(shown(value), []).append(student)
    return _as_bins(name, inside)


def time_bins(people: Iterable[Person]) -> Times | None:
    """Bins of one hour to some weeks over the times of handing in; None where no time is known."""
    times = sorted((datetime.fromisoformat(one.submitted), one.student) for one in people if one.submitted)
    if not times:
        return None
    span = times[-1][0] - times[0][0]
    step = next((one for one in _STEPS if span / one < _MOST_TIMES), span / _MOST_TIMES + timedelta(hours=1))
    start = times[0][0] - (times[0][0] - _MONDAY) % step
    inside: list[list[str]] = [[] for _ in range(int((times[-1][0] - start) / step) + 1)]
    for when, student in times:
        inside[int((when - start) / step)].append(student)
    form = "%d %b" if step >= timedelta(days=1) else "%d %b %H:%M"
    bins = [
        Bin(f"time-{n}", f"{begin:%d %b %Y %H:%M} to {begin + step:%d %b %H:%M}", f"{begin:{form}}", tuple(sorted(who)))
        for n, who in enumerate(inside)
        for begin in [start + n * step]
    ]
    return Times(tuple(bins), start, step)


def late_bins(people: Iterable[Person]) -> tuple[Bin, ...]:
    """In time, and how late."""
    limits = (("in time", 0.0), ("up to an hour late", 3600.0), ("up to a day late", 86400.0),
              ("up to a week late", 7 * 86400.0), ("later", float("inf")))  # fmt: skip
    inside: dict[str, list[str]] = {label: [] for label, _ in limits}
    for one in people:
        if one.late is not None:
            inside[next(label for label, limit in limits if one.late <= limit)].append(one.student)
    return _as_bins("late", inside) if any(inside.values()) else ()


def attempt_bins(people: Iterable[Person]) -> tuple[Bin, ...]:
    """How often students handed in; none where the exchange knows nothing."""
    counts = ((one.hand_ins, one.student) for one in people if one.hand_ins is not None)
    return each_value("attempts", counts, lambda count: f"{count:.0f}" if count < _MANY else f"{_MANY} or more")


def _as_bins(name: str, inside: Mapping[str, Sequence[str]]) -> tuple[Bin, ...]:
    return tuple(Bin(f"{name}-{n}", label, label, tuple(who)) for n, (label, who) in enumerate(inside.items()))
