"""``autograder grade``: a whole class into the gradebook."""

import sys
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from nbgrader.converters import Autograde
from rich.console import Console
from rich.prompt import Confirm
from traitlets import Bool, Integer, Unicode

from autograder.bulk import Change, Classwork, grade_class
from autograder.cli.command import Command, people
from autograder.cli.progress import Shown, show_progress
from autograder.cli.tables import change_table
from autograder.cli.triage import Outcome, print_summary
from autograder.errors import AutograderError


class GradeCommand(Command):
    """Grade the submissions of an assignment into the gradebook; what is graded already is kept."""

    name = "grade"
    examples = (
        "autograder grade optimization\n"
        "autograder grade optimization --student ada --force --json\n"
        "autograder grade optimization --dry-run      # what would change, and why"
    )
    aliases: ClassVar[dict[Any, Any]] = {
        **Command.aliases,
        "student": "CourseDirectory.student_id",
        "jobs": "GradeCommand.jobs",
        "scheduler": "GradeCommand.scheduler",
    }
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "force": ({"GradeCommand": {"force": True}}, "Grade again what has a result already."),
        "dry-run": ({"GradeCommand": {"dry_run": True}}, "Record nothing; show which grades would change and why."),
        "accept": ({"GradeCommand": {"accept": True}}, "Record lower grades of unchanged submissions unasked."),
        "json": ({"GradeCommand": {"as_json": True}}, "Print one JSON object a line, and nothing else."),
    }
    force = Bool(False, help="Grade again what has a result already.").tag(config=True)
    dry_run = Bool(False, help="Record nothing; show which grades would change and why.").tag(config=True)
    accept = Bool(
        False, help="Record grades that a regrade lowers though the submission is the same, without being asked."
    ).tag(config=True)
    jobs = Integer(0, min=0, help="Grading processes; 0 for one on each core.").tag(config=True)
    scheduler = Unicode("", help="Address of a Dask scheduler whose workers grade, as tcp://host:8786.").tag(
        config=True
    )
    as_json = Bool(
        False, help="Print one JSON object a line on standard output: a result each, with --dry-run a change each."
    ).tag(config=True)

    def run(self) -> int:
        """Grade; 0 when every submission was graded, 1 when some need a person."""
        (assignment,) = self.arguments("autograder grade ASSIGNMENT [--student ID] [--force] [--json]", 1, 1)
        if self.scheduler and self.jobs:
            raise AutograderError("--jobs counts processes of this machine, --scheduler has its own; give one of them")
        self.coursedir.assignment_id = assignment
        _ = self.course  # refuses a folder that is none before anything is started
        work = Classwork(
            Autograde(coursedir=self.coursedir, parent=self),
            self.options,
            assignment,
            self.coursedir.student_id,
            force=self.force,
            jobs=self.jobs,
            scheduler=self.scheduler,
            dry_run=self.dry_run,
        )
        outcomes, waiting = self._graded(work)
        print_summary(outcomes, assignment, None if self.as_json else Console(highlight=False))
        if waiting and not self.dry_run:
            people().print(
                f"{waiting} lower grade(s) of unchanged submissions are not recorded. To record them, run this again "
                "with --accept",
                soft_wrap=True,
            )
        return 0 if not waiting and all(one.status == "graded" for one in outcomes) else 1

    def _graded(self, work: Classwork) -> tuple[list[Outcome], int]:
        """Grade the class; what became of each submission, and how many lower grades wait for acceptance."""
        outcomes: list[Outcome] = []
        waiting = 0
        with show_progress(work.assignment) as shown:

            def decide(changes: Sequence[Change]) -> bool:
                nonlocal waiting
                accepted = self._decide(changes, shown)
                waiting = 0 if accepted else sum(change.waits for change in changes)
                return accepted

            for result in grade_class(work, shown.announce, decide):
                shown.advance(result.status)
                outcomes.append(Outcome.of(result))
                if self.as_json and not self.dry_run:
                    _print_json(result)
        return sorted(outcomes, key=lambda one: one.student), waiting

    def _decide(self, changes: Sequence[Change], shown: Shown) -> bool:
        """Show the difference, and ask where an unchanged submission would lose points."""
        with shown.paused():
            if self.as_json:
                if self.dry_run:
                    for change in changes:
                        _print_json(change)
            else:
                people().print(change_table(changes))
            lower = sum(change.waits for change in changes)
            if self.accept or not lower or self.dry_run:
                return self.accept or not lower
            if self.as_json or not (sys.stdin.isatty() and people().is_terminal):
                return False
            question = f"Lower {lower} grade(s) of submissions that have not changed?"
            return Confirm.ask(question, console=people(), default=False)


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()
