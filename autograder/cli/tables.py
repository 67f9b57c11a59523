"""Results as tables for people."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.grading.grade import Graded
from autograder.grading.table import HINT, points
from autograder.models import Result, SubmissionResult
from autograder.printable import on_one_line

_COLOURS = {
    "graded": "green", "needs_review": "yellow", "failed": "red", "error": "red",
    "passed": "green", "partial": "yellow", "missing": "red",
}  # fmt: skip


def print_result(graded: Graded, title: str) -> None:
    """Print one result, item by item, with its hints."""
    result = graded.result
    console = Console(highlight=False)
    console.print(
        f"[bold]{_shown(title)}[/bold]  {result.assignment}: "
        f"{points(result.score)} of {points(result.max_score)} "
        f"points, [{_COLOURS[result.status]}]{result.status}[/], isolation {result.isolation}, {result.seconds:.2f} s",
        soft_wrap=True,
    )
    for note in result.notes:
        console.print(f"  {_shown(note)}", soft_wrap=True)
    for name, function in result.functions.items():
        colour = _COLOURS[function.status]
        console.print(
            f"\n[{colour}]{function.status:8}[/] [bold]{_shown(name)}[/bold]  "
            f"{points(function.score)} of {points(function.max_score)}"
        )
        for item in function.items:
            sign = "[green]+[/]" if item.passed else "[red]-[/]"
            console.print(f"  {sign} {points(item.points):>4}  {_shown(item.line)}", soft_wrap=True)
            if not item.passed:
                console.print(f"          {_shown(item.message)}", style="dim", soft_wrap=True)
        if hint := graded.hints.get(name):
            console.print(f"  {HINT} {_shown(hint)}", soft_wrap=True)


def class_table(results: Sequence[SubmissionResult]) -> Table:
    """A class: one row for each student, one column for each function."""
    functions = list(results[0].functions) if results else []
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("student", no_wrap=True)
    for name in functions:
        table.add_column(name.replace("_", "_\n"), justify="right", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for result in results:
        table.add_row(
            _shown(result.student),
            *(_score(result, name) for name in functions),
            f"[bold]{points(result.score)}[/bold]/{points(result.max_score)}",
            f"[{_COLOURS[result.status]}]{result.status}[/]",
        )
    return table


def _shown(text: str) -> str:
    """Text as it is printed: for markup, and for a terminal that students' words shall not steer."""
    return escape(on_one_line(text))


def _score(result: Result, name: str) -> str:
    function = result.functions[name]
    return f"[{_COLOURS.get(function.status, 'red')}]{points(function.score)}[/]"
