"""``autograder selfcheck``: what would cost a student points, told before the deadline."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from rich.console import Console
from rich.markup import escape
from traitlets import Bool, Unicode

from autograder.cli.command import Command
from autograder.errors import AutograderError
from autograder.selfcheck import Expected, Report, release_of, self_check
from autograder.selfcheck.checking import beside

_COSTS = {"everything": "costs everything", "function": "costs a function", "risk": "is a risk"}
_COLOURS = {"everything": "red", "function": "red", "risk": "yellow"}


class SelfcheckCommand(Command):
    """For students: what in a notebook would cost points, before it is handed in."""

    name = "selfcheck"
    examples = (
        "autograder selfcheck optimization.ipynb\nautograder selfcheck optimization.ipynb --release fetched.ipynb"
    )
    aliases: ClassVar[dict[Any, Any]] = {**Command.aliases, "release": "SelfcheckCommand.release"}
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "json": ({"SelfcheckCommand": {"as_json": True}}, "Print one JSON object and nothing else."),
    }
    release = Unicode("", help="The notebook as it was released, where that is at hand.").tag(config=True)
    as_json = Bool(False, help="Print one JSON object on standard output.").tag(config=True)

    def run(self) -> int:
        """Check; 0 when nothing was found, 1 when something would cost points."""
        (name,) = self.arguments("autograder selfcheck NOTEBOOK [--release FILE] [--json]", 1, 1)
        path, options = Path(name), self.options
        content = _read(path, options.max_bytes)
        release = self._release(content)
        expected = Expected.of_release(release) if release else None
        files = beside(release or path)
        report = self_check(path.name, content, expected, options.grading(), tuple(options.packages), files)
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        else:
            _print(report)
        return 0 if report.ok else 1

    def _release(self, content: bytes) -> Path | None:
        if self.release:
            return Path(self.release)
        course = self.options.course(self.coursedir)
        return release_of(content, course.root, course.release)


def _read(path: Path, max_bytes: int) -> bytes:
    """The student's own file, and of a larger one so much that it is seen to be too large."""
    if path.is_dir():
        raise AutograderError("this is a folder", where=str(path), remedy="Name the notebook in it")
    if not path.is_file():
        raise AutograderError("there is no such file", where=str(path), remedy="Name your notebook")
    try:
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except OSError as error:
        raise AutograderError(f"the file cannot be read ({error.strerror})", where=str(path)) from error


def _print(report: Report) -> None:
    console = Console(highlight=False)
    count = len(report.findings)
    head = "nothing was found" if report.ok else f"{count} thing{'s' * (count != 1)} to mend, the worst first"
    console.print(f"[bold]{escape(report.notebook)}[/]: {head}", soft_wrap=True)
    for number, one in enumerate(report.findings, start=1):
        where = f"cell {one.cell} '{one.line}'" if one.cell else "the file"
        console.print(
            f"\n{number}. [{_COLOURS[one.severity]}]{_COSTS[one.severity]}[/]: {escape(where)}", soft_wrap=True
        )
        console.print(f"   {escape(one.what)}", soft_wrap=True)
        console.print(f"   {escape(one.remedy)}", soft_wrap=True)
    counted = "Cells are counted from the top, text cells too. " * (count > 0)
    looked = f"Graded functions looked for: {len(report.functions)}. {counted}{report.ran}"
    console.print(f"\n{escape(looked)}", soft_wrap=True)
    for sentence in report.unseen:
        console.print(f"Not seen: {escape(sentence)}", soft_wrap=True)
