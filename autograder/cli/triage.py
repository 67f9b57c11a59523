"""What a class came to, for whoever has to act on it: who was graded, who needs a look and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from autograder.cli.command import people
from autograder.cli.tables import ClassTable
from autograder.models import FunctionResult, SubmissionResult

_TITLES = {
    "needs_review": "look at these before you release their grades",
    "failed": "no score could be given, through the submission's fault",
    "error": "not graded, through a fault of the platform; nothing is recorded",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the summary needs of a result: a class of thousands keeps no more than that in memory.

    Attributes:
        student: The student's id.
        status: The submission's status.
        score: Points earned.
        max_score: Points there are.
        functions: Of each function its score and status, without its items.
        reason: The first of the result's notes; empty where there is none.
    """

    student: str
    status: str
    score: float
    max_score: float
    functions: dict[str, FunctionResult]
    reason: str

    @classmethod
    def of(cls, result: SubmissionResult) -> "Outcome":
        """The outcome of a result."""
        functions = {
            name: FunctionResult(one.score, one.max_score, one.status, ()) for name, one in result.functions.items()
        }
        reason = result.notes[0] if result.notes else ""
        return cls(result.student, result.status, result.score, result.max_score, functions, reason)


def print_summary(outcomes: Sequence[Outcome], assignment: str, table: Console | None) -> None:
    """The class as a table on standard output, and on standard error what a person should look at, and why."""
    if table is not None:
        # A table cut to a narrow terminal would hide scores; a log or a pager can hold long lines.
        wide = Console(highlight=False, width=max(table.width, 120)) if not table.is_terminal else table
        wide.print(ClassTable(outcomes))
    counts = Counter(one.status for one in outcomes)
    console = people()
    console.print(", ".join(f"{count} {status}" for status, count in counts.items()))
    for status, title in _TITLES.items():
        some = [one for one in outcomes if one.status == status]
        if some:
            console.print(f"{status}: {title}", soft_wrap=True)
        for one in some:
            console.print(f"  {one.student}: {one.reason}", markup=False, soft_wrap=True)
            if status == "error":
                again = f"autograder grade {assignment} --student {one.student!r}"
                console.print(f"    again: {again}", markup=False, soft_wrap=True)
