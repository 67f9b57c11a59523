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
    description = "Try what isolation this machine gives, and say what is missing."
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "json": ({"DoctorCommand": {"as_json": True}}, "Print one JSON object and nothing else."),
    }
    as_json = Bool(False, help="Print one JSON object on standard output.").tag(config=True)

    def run(self) -> int:
        """Probe; 0 when grading may run here, 1 when it may not."""
        self.arguments("autograder doctor [--json]", most=0)
        report = examine()
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(dataclasses.asdict(report)).decode() + "\n")
        else:
            _print(report)
        return 0 if report.isolation is not None and all(probe.ok for probe in report.probes) else 1


def _print(report: Report) -> None:
    console = Console(highlight=False)
    level = report.isolation or "none: nothing can be graded here"
    console.print(f"Isolation reached: [bold]{escape(level)}[/bold]")
    for probe in report.probes:
        sign = "[green]ok     [/]" if probe.ok else "[red]missing[/]"
        console.print(f"  {sign} {escape(probe.name)}: {escape(probe.detail)}", soft_wrap=True)
        if not probe.ok and probe.remedy:
            console.print(f"          {escape(probe.remedy)}", soft_wrap=True)
