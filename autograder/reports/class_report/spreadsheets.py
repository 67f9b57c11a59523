"""The report as CSV files, one for each of its tables."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograder.lms.formulas import harmless
from autograder.reports.class_report.model import ClassReport, Person, Task


def spreadsheets(report: ClassReport) -> Mapping[str, str]:
    """The text of each file by what it holds: students, functions, items, misconceptions, alike.

    Lists inside a cell are separated by spaces. Text that a spreadsheet would take for a formula begins with an
    apostrophe.

    Args:
        report: What to write.
    """
    functions = [one.id for one in report.functions]
    return {
        "students": _csv(
            ["student", "name", "state", "score", "max_score", *functions, "submitted", "seconds_late", "penalty",
             "hand_ins", "grading_seconds", "waiting_for_a_person", "changed_by_hand", "share_elsewhere", "compared",
             "risks", "notes", "failed_items"],
            (_person(one, report.max_score, functions) for one in report.people),
        ),
        "functions": _csv(_TASK, (_task(one) for one in report.functions)),
        "items": _csv(_TASK, (_task(one) for one in report.items)),
        "misconceptions": _csv(
            ["misconception", "function", "count", "students", "hint"],
            ([one.name, one.function, len(one.students), " ".join(one.students), one.hint] for one in report.mistakes),
        ),
        "alike": _csv(
            ["students", "similarity", "passages", "same_text", "same_failures"],
            ([" ".join(one.students), one.similarity, one.passages, one.same_text, " ".join(one.same_failures)]
             for one in report.alike),
        ),
    }  # fmt: skip


_TASK = ["id", "function", "line", "points", "graded", "passed", "partial", "share_passed", "separation",
         "separation_low", "separation_high", "remark"]  # fmt: skip


def _task(one: Task) -> list[Any]:
    apart = one.separation
    share = round(one.passed / one.of, 4) if one.of else None
    interval = (apart.r, apart.low, apart.high) if apart else (None, None, None)
    return [one.id, one.function, one.line, one.points, one.of, one.passed, one.partial, share, *interval, one.remark]


def _person(one: Person, most: float, functions: Sequence[str]) -> list[Any]:
    return [
        one.student, one.name, one.state, one.score, most, *(one.functions.get(name) for name in functions),
        one.submitted, one.late, one.penalty, one.hand_ins, one.seconds, one.waiting, one.by_hand, one.elsewhere,
        one.compared, "; ".join(one.risks), "; ".join(one.notes), " ".join(one.failed),
    ]  # fmt: skip


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return file.getvalue()


def _harmless(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
