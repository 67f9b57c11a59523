"""``autograder grade``: a whole class into the gradebook."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec
from nbgrader.converters import Autograde
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from traitlets import Bool

from autograder.bulk import Classwork, grade_class
from autograder.cli.command import Command, people
from autograder.cli.tables import class_table
from autograder.models import SubmissionResult


class GradeCommand(Command):
    """Grade the submissions of an assignment into the gradebook; what is graded already is kept."""

    name = "grade"
    description = "Grade the submissions of an assignment into the gradebook; what is graded already is kept."
    examples = "autograder grade optimization\nautograder grade optimization --student ada --force --json"
    aliases: ClassVar[dict[Any, Any]] = {**Command.aliases, "student": "CourseDirectory.student_id"}
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "force": ({"GradeCommand": {"force": True}}, "Grade again what has a result already."),
        "json": ({"GradeCommand": {"as_json": True}}, "Print one JSON object a line, and nothing else."),
    }
    force = Bool(False, help="Grade again what has a result already.").tag(config=True)
    as_json = Bool(False, help="Print one JSON object a line on standard output.").tag(config=True)

    def run(self) -> int:
        """Grade; 0 when every submission was graded, 1 when some need a person."""
        (assignment,) = self.arguments("autograder grade ASSIGNMENT [--student ID] [--force] [--json]", 1, 1)
        self.coursedir.assignment_id = assignment
        _ = self.course  # refuses a folder that is none before anything is started
        converter = Autograde(coursedir=self.coursedir, parent=self)
        work = Classwork(converter, self.options, assignment, self.coursedir.student_id, self.force)
        results = []
        for result in shown_progress(work):
            results.append(result)
            if self.as_json:
                sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
                sys.stdout.flush()
        print_summary(results, None if self.as_json else Console(highlight=False))
        return 0 if all(result.status == "graded" for result in results) else 1


def shown_progress(work: Classwork) -> Iterator[SubmissionResult]:
    """Grade a class with a bar on standard error, or a line now and then where that is no terminal."""
    console = people()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"grading {work.assignment}", total=None)
        total = 0

        def announce(count: int) -> None:
            nonlocal total
            total = count
            progress.update(task, total=count)

        for done, result in enumerate(grade_class(work, announce), start=1):
            progress.advance(task)
            if not console.is_terminal and (done == total or done % max(1, total // 10) == 0):
                console.print(f"graded {done} of {total}")
            yield result


def print_summary(results: list[SubmissionResult], table: Console | None) -> None:
    """The class as a table, and what a person should look at, on standard error."""
    if table is not None:
        # A table cut to a narrow terminal would hide scores; a log or a pager can hold long lines.
        wide = Console(highlight=False, width=max(table.width, 120)) if not table.is_terminal else table
        wide.print(class_table(results))
    counts = Counter(result.status for result in results)
    console = people()
    console.print(", ".join(f"{count} {status}" for status, count in counts.items()))
    for result in results:
        if result.status != "graded":
            reason = result.notes[0] if result.notes else ""
            console.print(f"  {result.student}: {result.status}: {reason}", markup=False, soft_wrap=True)
