"""``autograder check``: grade one notebook file, without a gradebook."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from traitlets import Bool

from autograder.cli.command import Command
from autograder.cli.tables import print_result
from autograder.errors import AutograderError
from autograder.frame.engines import grader_for
from autograder.grading.choosing import assignment_of
from autograder.grading.reading import read_submission


class CheckCommand(Command):
    """Grade one notebook file; no gradebook is touched."""

    name = "check"
    description = "Grade one notebook file; no gradebook is touched."
    examples = "autograder check some.ipynb --assignment optimization --json"
    aliases: ClassVar[dict[Any, Any]] = {**Command.aliases, "assignment": "CourseDirectory.assignment_id"}
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "json": ({"CheckCommand": {"as_json": True}}, "Print one JSON object and nothing else."),
    }
    as_json = Bool(False, help="Print one JSON object on standard output.").tag(config=True)

    def run(self) -> int:
        """Grade the file; 0 when it was graded, 1 when a person has to look at it."""
        (name,) = self.arguments("autograder check NOTEBOOK --assignment NAME [--json]", 1, 1)
        course, path = self.course, Path(name)
        if not path.exists():
            raise AutograderError("there is no such file", where=name)
        if path.is_dir():
            raise AutograderError("this is a folder, not a notebook", where=name)
        content = read_submission(path, self.options.max_bytes)
        assignment = self.coursedir.assignment_id or assignment_of(content, course)
        course.require(assignment)
        grader = grader_for(course, assignment, self.options.grading(), tuple(self.options.packages))
        graded = grader.grade(content)
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(graded.result).decode() + "\n")
        else:
            print_result(graded, path.name)
        return 0 if graded.result.status == "graded" else 1
