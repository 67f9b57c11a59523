"""``autograder report``: what a class's results say, for its instructor."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from traitlets import Bool

from autograder.cli.command import Command, people
from autograder.files import write_atomically
from autograder.gate import keep_experience
from autograder.reports.class_report import experience_of, make_report, render_page, spreadsheets

FOLDER = "reports"


class ReportCommand(Command):
    """Write the instructor's report on an assignment."""

    name = "report"
    examples = "autograder report optimization\nautograder report optimization --csv --json"
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "csv": ({"ReportCommand": {"as_csv": True}}, "Write the tables as reports/ASSIGNMENT-*.csv as well."),
        "json": ({"ReportCommand": {"as_json": True}}, "Print the report as one JSON object as well."),
    }
    as_csv = Bool(False, help="Write the tables as CSV files beside the page.").tag(config=True)
    as_json = Bool(False, help="Print the report as one JSON object on standard output.").tag(config=True)

    def run(self) -> int:
        """Write the page, and say where it is."""
        (assignment,) = self.arguments("autograder report ASSIGNMENT [--csv] [--json]", 1, 1)
        course = self.course
        page = course.root / FOLDER / f"{assignment}.html"
        made = make_report(course, self.coursedir, assignment, page)
        write_atomically(page, render_page(made))
        written = [page]
        if self.as_csv:
            for name, text in spreadsheets(made.report).items():
                written.append(page.with_name(f"{assignment}-{name}.csv"))
                write_atomically(written[-1], text)
        keep_experience(course, experience_of(made.report))
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(made.report).decode() + "\n")
        for path in written:
            people().print(str(_short(path)), soft_wrap=True, markup=False)
        return 0


def _short(path: Path) -> Path:
    """The path from here where it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
