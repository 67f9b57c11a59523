"""The report as one HTML page: it runs and loads nothing, and each number opens the list of who is behind it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from markupsafe import Markup, escape

from autograder.grading.table import points
from autograder.reports.class_report.bins import (
    Times,
    attempt_bins,
    each_value,
    late_bins,
    score_bins,
    scored,
    time_bins,
)
from autograder.reports.class_report.candidates import FEW
from autograder.reports.class_report.model import Person, Task
from autograder.reports.class_report.people import FAR_BELOW, LITTLE
from autograder.reports.class_report.plots import functions_bars, histogram, items_plot
from autograder.reports.class_report.report import Made
from autograder.reports.class_report.separation import LEAST, LEAST_APART
from autograder.reports.class_report.tasks import POOR
from autograder.reports.templates import template

STATES: Final = {
    "graded": "graded", "needs_review": "needs review", "failed": "failed", "ungraded": "not graded yet",
    "missing": "not handed in",
}  # fmt: skip
_OPEN_AT_MOST: Final = 150  # students: a longer table of them is closed at first
_FIRST: Final = 12  # misconceptions that are shown at once
_IN_A_LINE: Final = 10  # students who are named behind a notice
_NAMED: Final = 3  # students with the same flag: more are a number that opens their list


def render_page(made: Made) -> str:
    """The whole page.

    Args:
        made: The report and the code of its groups.
    """
    return template(__package__, "class_report.html.j2", span, when).render(_context(made))


def _context(made: Made) -> dict[str, Any]:
    report = made.report
    who = Who(report.people)
    bins, times = score_bins(report), time_bins(report.people)
    compared = [one for one in report.people if one.compared]
    scores = [(one.score or 0.0, one.student) for one in scored(report.people)]
    seconds = [(one.seconds, one.student) for one in report.people if one.seconds is not None]
    return {
        "report": report,
        "made": made,
        "who": who,
        "states": STATES,
        "by_state": {state: [one.student for one in report.people if one.state == state] for state in STATES},
        "late": [one.student for one in report.people if one.late],
        "waiting": [one.student for one in report.people if one.waiting],
        "by_hand": [one.student for one in report.people if one.by_hand],
        "at_risk": [one for one in report.people if one.risks],
        "flags": _flags(report.people),
        "remarked": [one for one in report.items if one.remark],
        "compared": [one.student for one in compared],
        "summary": _summary([score for score, _ in scores]),
        "each_score": each_value("score", scores, points),
        "score_bins": bins,
        "score_plot": _plot(histogram, "scores", bins, "points"),
        "function_plot": _plot(functions_bars, "functions", report.functions),
        "item_plot": _plot(items_plot, "items", [one for one in report.items if one.separation]),
        "grouped": [(one.id, [item for item in report.items if item.function == one.id]) for one in report.functions],
        "function_lists": {one.id: _by_share(one, compared) for one in report.functions},
        "item_lists": _item_lists(report.items, compared),
        "time_bins": times.bins if times else (),
        "time_plot": _times_plot(times, report.due),
        "late_bins": late_bins(report.people),
        "attempt_bins": attempt_bins(report.people),
        "seconds": sorted(seconds),
        "each_time": each_value("took", seconds, span),
        "limits": {"little": LITTLE, "far": FAR_BELOW, "least": LEAST, "apart": LEAST_APART, "poor": POOR, "few": FEW,
                   "first": _FIRST, "open": _OPEN_AT_MOST, "named": _NAMED},
    }


def _flags(people: Iterable[Person]) -> list[tuple[str, tuple[str, ...], list[Person]]]:
    """What was seen in submissions that need a person: the state, the notes and whose they are; the rarest first.

    One that a whole class has in common says more about the release than about a student.
    """
    seen: dict[tuple[str, tuple[str, ...]], list[Person]] = defaultdict(list)
    for one in people:
        if one.state in ("needs_review", "failed"):
            seen[one.state, tuple(one.notes)].append(one)
    return [(state, notes, those) for (state, notes), those in sorted(seen.items(), key=lambda item: len(item[1]))]


class Who:
    """Links to rows of the table of all students.

    Args:
        people: The roster.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.row = {one.student: n for n, one in enumerate(people)}
        self._links = {
            student: Markup('<a href="#s{}">{}</a>').format(n, _visible(student)) for student, n in self.row.items()
        }

    def links(self, students: Iterable[str]) -> Markup:
        """Some students', one after another; who is in no roster has no row to go to."""
        return Markup(", ").join(self._links.get(student) or escape(_visible(student)) for student in students)

    def named(self, students: Sequence[str]) -> Markup:
        """Links to a few, or the number of many, which opens their list."""
        if len(students) <= _IN_A_LINE:
            return self.links(students)
        return self.number(students, "of whom this is said", f"{len(students)} students")

    def number(self, students: Sequence[str], what: str, text: str = "", key: str = "") -> Markup:
        """A number that opens the list of the students behind it; the others, where they are most of a large class.

        Args:
            students: Their ids.
            what: Who they are, for readers of a screen.
            text: What stands there in place of the number.
            key: An anchor inside the list, at which links open it.
        """
        shown = text or f"{len(students)}"
        if not students:
            return escape(shown)
        listed = self.links(students)
        if len(students) > max(_OPEN_AT_MOST, len(self.row) / 2):
            others = self.row.keys() - set(students)
            all_of_them = Markup('<a href="#everybody">All {} students</a>').format(len(self.row))
            listed = all_of_them + (Markup(" but these {}: ").format(len(others)) if others else "")
            listed += self.links(one for one in self.row if one in others)
        if len(students) == 1:
            what = re.sub("^(student|submission)s", r"\1", what)
        anchor = Markup(' id="{}"').format(key) if key else ""
        summary = Markup('<summary>{}<span class="sr"> {}</span></summary>').format(shown, what)
        return Markup('<details class="who">{}<p{}>{}</p></details>').format(summary, anchor, listed)


def _visible(student: str) -> str:
    return student if student.strip() else repr(student)


def _plot(draw: Any, name: str, things: Sequence[Any], *args: Any, **options: Any) -> Markup:
    """A picture, or nothing where there is nothing to draw; matplotlib has escaped its texts."""
    return Markup(draw(name, things, *args, **options)) if things else Markup("")  # noqa: S704


def _summary(scores: Sequence[float]) -> dict[str, float] | None:
    if not scores:
        return None
    low, median, high = np.percentile(scores, [25, 50, 75])
    return {"count": len(scores), "mean": float(np.mean(scores)), "median": median, "low": low, "high": high,
            "least": min(scores), "most": max(scores)}  # fmt: skip


def _item_lists(items: Iterable[Task], compared: Sequence[Person]) -> dict[str, tuple[str, Sequence[str]]]:
    """Who failed each item, or who passed it where these are fewer: a list of half a class helps nobody."""
    failed: dict[str, dict[str, None]] = defaultdict(dict)
    for person in compared:
        for item in person.failed:
            failed[item][person.student] = None
    few = max(len(compared), 1) / 2
    return {
        one.id: ("failed", list(failed[one.id])) if len(failed[one.id]) <= few
        else ("passed", [person.student for person in compared if person.student not in failed[one.id]])
        for one in items
    }  # fmt: skip


def _by_share(function: Task, compared: Iterable[Person]) -> dict[str, list[str]]:
    """Who got all, some and none of a function's points."""
    lists: dict[str, list[str]] = {"all": [], "some": [], "none": []}
    for person in compared:
        earned = person.functions[function.id]
        lists["all" if earned >= function.points else "some" if earned > 0 else "none"].append(person.student)
    return lists


def _times_plot(times: Times | None, due: str | None) -> Markup:
    if times is None:
        return Markup("")
    place = times.place(datetime.fromisoformat(due)) if due else None
    mark = (place, "due") if place is not None else None
    return _plot(histogram, "times", times.bins, "handed in, UTC", mark=mark)


def span(seconds: float) -> str:
    """A time that passed, for people: ``3 h``, ``2.5 days``."""
    size, unit = next((pair for pair in ((86400, "d"), (3600, "h"), (60, "min")) if seconds >= pair[0]), (1, "s"))
    return f"{seconds / size:.2g} {unit}" if seconds < 10 * size else f"{seconds / size:.0f} {unit}"


def when(iso: str | None) -> str:
    """A moment to the minute, on one line."""
    return iso[:16].replace("T", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}") if iso else ""
