"""``autograder new``: a course, or an assignment of a course, to begin with."""

from pathlib import Path
from typing import Any, ClassVar

from traitlets import Unicode

from autograder.cli.command import Command
from autograder.errors import AutograderError
from autograder.starting import FIRST, Conversion, new_assignment, new_course

_USAGE = "autograder new course DIR, or: autograder new assignment NAME [--from NOTEBOOK]"


class NewCommand(Command):
    """Begin a course, or an assignment of one."""

    name = "new"
    examples = (
        "autograder new course statistics\n"
        "autograder new assignment ranks\n"
        "autograder new assignment ranks --from plain.ipynb"
    )
    aliases: ClassVar[dict[Any, Any]] = {**Command.aliases, "from": "NewCommand.plain"}
    plain = Unicode("", help="A plain nbgrader notebook to make the assignment from.").tag(config=True)

    def run(self) -> int:
        """Write the files, and say what comes next."""
        what, name = self.arguments(_USAGE, 2, 2)
        if what == "course" and not self.plain:
            return self._course(Path(name))
        if what == "assignment":
            return self._assignment(name)
        raise AutograderError(f"usage: {_USAGE}")

    def _course(self, folder: Path) -> int:
        new_course(folder)
        print(
            f"Made {folder}: a course with one assignment, {FIRST}, whose gate is open. Next:\n"
            f"  cd {folder}\n"
            f"  autograder build              # the students' notebook and the reference solutions\n"
            f"  autograder gate               # whether the checks judge rightly\n"
            f"  autograder new assignment NAME"
        )
        return 0

    def _assignment(self, name: str) -> int:
        course = self.course
        conversion = new_assignment(course, name, Path(self.plain) if self.plain else None)
        notebook, checks = course.source_notebook(name), course.checks_folder(name)
        print(f"Made {notebook.relative_to(course.root)} and {checks.relative_to(course.root)}/.")
        if conversion is None:
            print(f"They hold an example of every kind. Replace them, then: autograder gate {name}")
        else:
            _print(conversion, name)
        return 0


def _print(conversion: Conversion, name: str) -> None:
    counts = (
        (len(conversion.functions), "graded function"),
        (conversion.tests, "check item"),
        (conversion.questions, "written question"),
    )
    came = ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts)
    numbered = " (cells by their numbers in the old notebook)" if conversion.to_write[0].startswith("cell") else ""
    print(f"From the notebook came {came}. A person must still write{numbered}:")
    for line in conversion.to_write:
        print(f"  {line}")
    print(f"Then: autograder gate {name}")
