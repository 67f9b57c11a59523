"""``autograder doctor``: what this machine can isolate, what is missing, what to do."""

import dataclasses
import sys
from typing import Any, ClassVar

import msgspec
from rich.console import Console
from rich.markup import escape
from traitlets import Bool

from autograder.cli.command import Command
from autograder.sandbox.probes import Report, examine


class DoctorCommand(Command):
    """Try what isolation this machine gives, and say what is missing."""

    name = "doctor"
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "json": ({"DoctorCommand": {"as_json": True}}, "Print one JSON object and nothing else."),
    }
    as_json = Bool(False, help="Print one JSON object on standard output.").tag(config=True)

    def run(self) -> int:
        """Probe; 0 when grading may run here at the level that was asked for, 1 when it may not."""
        self.arguments("autograder doctor [--Autograder.isolation=LEVEL] [--json]", most=0)
        report = examine(self.options.isolation)
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(dataclasses.asdict(report)).decode() + "\n")
        else:
            _print(report)
        return 0 if report.reached is not None else 1


def _print(report: Report) -> None:
    console = Console(highlight=False)
    level = report.reached or "none: nothing can be graded here"
    console.print(f"Isolation asked for: {escape(report.asked)}; reached: [bold]{escape(level)}[/]", soft_wrap=True)
    for probe in report.probes:
        sign = "[green]held    [/]" if probe.held else "[red]not held[/]"
        console.print(f"  {sign} {escape(probe.name)}: {escape(probe.seen)}", soft_wrap=True)
        if probe.remedy:
            console.print(f"          {escape(probe.remedy)}", soft_wrap=True)
    if report.reached is not None:
        console.print("Not protected even so:")
        for sentence in report.levels[report.asked].open_to:
            console.print(f"  {escape(sentence)}", soft_wrap=True)
    console.print("Levels on this machine:")
    for name, possible in report.levels.items():
        said = "can be asked for" if possible.starts else f"no: {possible.reason}"
        console.print(f"  {name}: {escape(said)}", soft_wrap=True)
