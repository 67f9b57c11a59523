"""``autograder check``: grade one notebook file, or repeat a recorded grade, without a gradebook."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from rich.console import Console
from traitlets import Bool, Unicode

from autograder.bulk import Replay, replay
from autograder.cli.command import Command
from autograder.cli.tables import change_table, print_result
from autograder.errors import AutograderError
from autograder.frame.engines import grader_for
from autograder.grading.choosing import assignment_of
from autograder.grading.reading import read_submission


class CheckCommand(Command):
    """Grade one notebook file; no gradebook is touched."""

    name = "check"
    examples = (
        "autograder check some.ipynb --assignment optimization --json\n"
        "autograder check --replay ada optimization      # repeats a recorded grade, for an appeal"
    )
    aliases: ClassVar[dict[Any, Any]] = {
        **Command.aliases,
        "assignment": "CourseDirectory.assignment_id",
        "replay": "CheckCommand.replay",
    }
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "json": ({"CheckCommand": {"as_json": True}}, "Print one JSON object and nothing else."),
    }
    as_json = Bool(False, help="Print one JSON object on standard output.").tag(config=True)
    replay = Unicode("", help="A student's id: repeat the recorded grade and make a folder for an appeal.").tag(
        config=True
    )

    def run(self) -> int:
        """Grade; 0 when it was graded, or repeated just so, 1 when a person has to look at it."""
        return self._repeat() if self.replay else self._grade_file()

    def _repeat(self) -> int:
        (assignment,) = self.arguments("autograder check --replay STUDENT ASSIGNMENT [--json]", 1, 1)
        self.course.require(assignment)
        made = replay(self.coursedir, self.options, assignment, self.replay)
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(made.repeated.result).decode() + "\n")
        else:
            _print_replay(made)
        return 0 if not made.differing and made.change is None else 1

    def _grade_file(self) -> int:
        (name,) = self.arguments("autograder check NOTEBOOK --assignment NAME [--json]", 1, 1)
        course, path = self.course, Path(name)
        if not path.exists():
            raise AutograderError("there is no such file", where=name)
        if path.is_dir():
            raise AutograderError("this is a folder, not a notebook", where=name)
        content = read_submission(path, self.options.max_bytes)
        assignment = self.coursedir.assignment_id or assignment_of(content, course)
        course.require(assignment)
        grader = grader_for(course, assignment, self.options.grading())
        graded = grader.grade(content)
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(graded.result).decode() + "\n")
        else:
            print_result(graded, path.name)
        return 0 if graded.result.status == "graded" else 1


def _print_replay(made: Replay) -> None:
    console = Console(highlight=False)
    before, now = made.recorded.result, made.repeated.result
    if made.differing:
        console.print(f"not an exact repetition; changed since: {', '.join(made.differing)}", soft_wrap=True)
    console.print(f"recorded {before.score:g}, repeated {now.score:g} of {now.max_score:g} points")
    console.print("every check item gave the same result" if made.change is None else change_table([made.change]))
    console.print(f"for the appeal: {made.folder}", soft_wrap=True)
