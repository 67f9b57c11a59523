"""``autograder gate``: whether an assignment's checks judge rightly, as a table."""

import sys
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from traitlets import Bool

from autograder.cli.command import Command, people
from autograder.gate import Report, advice, try_gate
from autograder.grading.table import points


class GateCommand(Command):
    """Try an assignment's checks on right answers, known mistakes and mutants of the reference."""

    name = "gate"
    examples = "autograder gate\nautograder gate optimization"
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "json": ({"GateCommand": {"as_json": True}}, "Print one JSON object a line, for each assignment."),
    }
    as_json = Bool(False, help="Print the reports as JSON.").tag(config=True)

    def run(self) -> int:
        """Run the gate for the named assignments; all of them when none is named."""
        names = self.assignments("autograder gate [ASSIGNMENT ...] [--json]")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=people(), transient=True) as bar:
            task = bar.add_task("answers tried", total=None)
            reports = try_gate(
                self.course,
                names,
                self.config,
                self.options.grading(),
                tuple(self.options.packages),
                lambda done, of: bar.update(task, completed=done, total=of),
            )
        for report in reports:
            learned = advice(self.course, report.assignment)
            if self.as_json:
                fields = {**msgspec.to_builtins(report), "advice": learned}
                sys.stdout.write(msgspec.json.encode(fields).decode() + "\n")
            else:
                _print(report, learned)
        return 0 if all(report.open for report in reports) else 1


def _print(report: Report, learned: Sequence[str]) -> None:
    console = Console(highlight=False)
    state = "[green]open[/]" if report.open else "[red]shut[/]"
    console.print(f"[bold]{escape(report.assignment)}[/bold]: the gate is {state}   ({report.seconds:.0f} s)")
    console.print(_table(report))
    console.print(
        f"Margin: the tolerance is {_times(report.right_margin)} the largest error of a right answer; "
        f"the smallest error of a wrong one is {_times(report.wrong_margin)} the tolerance.",
        soft_wrap=True,
    )
    if report.never_lost:
        lost = ", ".join(f"{name} ({points(worth)})" for name, worth in report.never_lost)
        console.print(f"Points that no mutant loses: {escape(lost)}", soft_wrap=True)
    if report.never_alone:
        count = sum(one.items for one in report.functions)
        names = f"{len(report.never_alone)} of {count}: {', '.join(report.never_alone)}"
        told = f"all {count}, since every mutant fails several" if len(report.never_alone) == count else names
        console.print(f"Items that no mutant fails alone: {told}", style="dim", soft_wrap=True)
    for one in report.survivors:
        said = f"equivalent: {one.reason}" if one.reason else "[red]no item fails it[/]"
        console.print(f"\nSurvivor in {one.function}, {escape(one.where)}; {said}", soft_wrap=True)
        console.print(escape(one.diff), style="dim", soft_wrap=True)
    for fault in report.faults:
        console.print(f"[red]-[/] {escape(fault)}", soft_wrap=True)
    if learned:
        console.print("What a class taught about items (advice; it shuts no gate):")
    for line in learned:
        console.print(f"[yellow]-[/] {escape(line)}", soft_wrap=True)
    console.print()


def _table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("function", overflow="fold")
    for heading in ("items", "right", "wrong", "mutants", "equal"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in report.functions:
        table.add_row(
            one.name,
            str(one.items),
            *(_share(*pair) for pair in (one.alternatives, one.misconceptions)),
            _share(*one.mutants, excused=one.equivalents),
            str(one.equivalents or ""),
        )
    table.caption_justify = "left"
    table.caption = (
        "right: alternatives with full marks; wrong: misconceptions that cost points, in their function alone; "
        "mutants: those that cost points; equal: mutants that are no mistake"
    )
    return table


def _share(total: int, reached: int, excused: int = 0) -> str:
    colour = "green" if reached + excused == total and total else "red"
    return f"[{colour}]{reached}[/]/{total}"


def _times(margin: float | None) -> str:
    return "any number of times" if margin is None else f"{margin:.3g} times"
