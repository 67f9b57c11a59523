"""Results as tables for people."""

from collections.abc import Sequence
from typing import Protocol

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from autograder.bulk import Change, ItemChange
from autograder.grading.grade import Graded
from autograder.grading.table import HINT, points
from autograder.models import FunctionResult
from autograder.printable import on_one_line

_LEAST_STUDENT = 8  # characters
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


class Row(Protocol):
    """What the class's table shows of a submission."""

    @property
    def student(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def score(self) -> float: ...  # noqa: D102
    @property
    def max_score(self) -> float: ...  # noqa: D102
    @property
    def functions(self) -> dict[str, FunctionResult]: ...  # noqa: D102


def class_table(results: Sequence[Row], columns: int = 100) -> Table:
    """A class: one row for each student, one column for each function, as wide as a terminal shows at once.

    Where the functions' names would make it wider, they are numbered, and the numbers explained below. Long student
    ids are folded.

    Args:
        results: The class.
        columns: Characters that fit.
    """
    functions = list(results[0].functions) if results else []
    table = _class_table(results, [name.replace("_", "_\n") for name in functions])
    if _width(table) > columns:
        table = _class_table(results, [str(number) for number, _ in enumerate(functions, start=1)], padding=0)
        table.caption = "\n".join(f"{number:>2} {name}" for number, name in enumerate(functions, start=1))
        table.caption_justify = "left"
    too_wide = _width(table) - columns
    if too_wide > 0:
        longest = max(cell_len(result.student) for result in results)
        table.columns[0].max_width = max(_LEAST_STUDENT, longest - too_wide)
    return table


def _class_table(results: Sequence[Row], heads: Sequence[str], padding: int = 1) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, padding))
    table.add_column("student", overflow="fold")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for result in results:
        table.add_row(
            _shown(result.student),
            *(_score(result, name) for name in results[0].functions),
            f"[bold]{points(result.score)}[/bold]/{points(result.max_score)}",
            f"[{_COLOURS[result.status]}]{result.status}[/]",
        )
    return table


def change_table(changes: Sequence[Change]) -> Table:
    """Grades that would change: who gains, who loses, in which items and why."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), title="grades that change")
    for name in ("student", "before", "after", "why", "where"):
        table.add_column(name, justify="right" if name in ("before", "after") else "left", overflow="fold")
    for change in changes:
        colour = "red" if change.after < change.before else "green"
        table.add_row(
            _shown(change.student),
            points(change.before),
            f"[{colour}]{points(change.after)}[/]",
            ", ".join(change.reasons) + (" (waits)" if change.waits else ""),
            escape("\n".join(map(_item_change, change.items)) or f"{change.status_before} → {change.status_after}"),
        )
    return table


def _item_change(item: ItemChange) -> str:
    before, after = ("none" if one is None else points(one) for one in (item.before, item.after))
    return f"{item.function}: {on_one_line(item.id)} {before} → {after}"


def _shown(text: str) -> str:
    """Text as it is printed: for markup, and for a terminal that students' words shall not steer."""
    return escape(on_one_line(text))


def _width(table: Table) -> int:
    """Characters that the table would like to have."""
    console = Console(width=10_000)
    return Measurement.get(console, console.options, table).maximum


def _score(result: Row, name: str) -> str:
    function = result.functions.get(name)
    if function is None:  # a result of other checks
        return "-"
    return f"[{_COLOURS.get(function.status, 'red')}]{points(function.score)}[/]"
