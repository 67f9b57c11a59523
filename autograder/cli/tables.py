"""Results as tables for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from unicodedata import bidirectional

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograder.bulk import Change, ItemChange
from autograder.grading.grade import Graded
from autograder.grading.table import HINT, points
from autograder.models import FunctionResult
from autograder.printable import on_one_line

_WIDEST = 100  # characters of the class's table, also where a terminal shows more
_LEAST_STUDENT = 12  # characters of a student's id in one line
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


@dataclass(frozen=True, slots=True)
class _Column:
    """A head, and each row's text with its style."""

    head: str
    cells: list[tuple[str, str]]

    @property
    def width(self) -> int:
        """Characters that it takes."""
        return max(map(cell_len, [*self.head.split("\n"), *(text for text, _ in self.cells)]))


class ClassTable:
    """A class: one row for each student, one column for each function, no wider than 100 characters.

    Where the functions' names would make it wider, they are numbered, and the numbers explained below; where their
    scores would, the columns stand in several tables, one below the other. Long student ids are folded. How wide it
    may be it knows only when rich prints it.

    Args:
        results: The class.
    """

    def __init__(self, results: Sequence[Row]) -> None:
        self._results = results

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = min(options.max_width, _WIDEST)
        names = list(dict.fromkeys(name for result in self._results for name in result.functions))
        ends = [self._column("score", _total), self._column("status", _status)]
        named = [self._column(name.replace("_", "_\n"), partial(_score, name=name)) for name in names]
        longest = max(map(cell_len, ["student", *(on_one_line(result.student) for result in self._results)]))
        if longest + _width([*named, *ends], padding=1) <= room:
            yield self._table([*named, *ends], longest, padding=1)
            return
        numbered = [self._column(str(n), partial(_score, name=name)) for n, name in enumerate(names, start=1)]
        least = min(longest, _LEAST_STUDENT)
        blocks: list[list[_Column]] = [[]]
        for group in (*([one] for one in numbered), ends):  # a status stands beside its score
            if blocks[-1] and least + _width([*blocks[-1], *group]) > room:
                blocks.append([])
            blocks[-1] += group
        student = min(longest, room - max(map(_width, blocks)))
        for block in blocks:
            yield self._table(block, student)
        yield from (Text(f"{n:>2} {name}", overflow="fold") for n, name in enumerate(names, start=1))

    def _column(self, head: str, cell: Callable[[Row], tuple[str, str]]) -> _Column:
        return _Column(head, [cell(result) for result in self._results])

    def _table(self, columns: Sequence[_Column], width: int, padding: int = 0) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, padding))
        table.add_column("student", overflow="fold", width=width)
        for one in columns:
            table.add_column(one.head, justify="left" if one.head == "status" else "right", no_wrap=True)
        for at, result in enumerate(self._results):
            student = on_one_line(result.student)
            # A terminal that turns right-to-left text would turn the numbers after it, too: marks keep them in place.
            mark = "\N{LEFT-TO-RIGHT MARK}" if any(map(_turns, student)) else ""
            (first, style), *others = (one.cells[at] for one in columns)
            table.add_row(Text(mark + student), Text(mark + first, style), *(Text(*cell) for cell in others))
        return table


def _width(columns: Sequence[_Column], padding: int = 0) -> int:
    """Characters that a table with these columns takes beside its students' ids."""
    return 2 + sum(one.width + 1 + 2 * padding for one in columns)


def _score(result: Row, name: str) -> tuple[str, str]:
    function = result.functions.get(name)
    # One without it is a result of other checks.
    return ("-", "") if function is None else (points(function.score), _COLOURS[function.status])


def _total(result: Row) -> tuple[str, str]:
    return f"{points(result.score)}/{points(result.max_score)}", "bold"


def _status(result: Row) -> tuple[str, str]:
    return result.status, _COLOURS[result.status]


def _turns(character: str) -> bool:
    return bidirectional(character) in ("R", "AL", "AN")


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
