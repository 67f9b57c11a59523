"""``autograder build``: release notebooks and solutions from the sources."""

import sys
from typing import Any, ClassVar

from traitlets import Bool

from autograder.authoring import build, stale
from autograder.cli.command import Command
from autograder.gate import refuse_shut


class BuildCommand(Command):
    """Make the release notebooks and the reference solutions from the source notebooks."""

    name = "build"
    examples = "autograder build\nautograder build optimization --check\nautograder build draft --ungated=draft"
    aliases: ClassVar[dict[Any, Any]] = {**Command.aliases, "ungated": "Autograder.ungated"}
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "check": ({"BuildCommand": {"only_check": True}}, "Write nothing; say whether they are current."),
    }
    only_check = Bool(False, help="Only say whether releases and solutions are current.").tag(config=True)

    def run(self) -> int:
        """Build, or check, the named assignments; all of them when none is named."""
        names = self.assignments("autograder build [ASSIGNMENT ...] [--check]")
        results = [self._check(name) if self.only_check else self._build(name) for name in names]
        return 0 if all(results) else 1

    def _build(self, name: str) -> bool:
        options = self.options
        if name not in options.ungated:
            print(f"{name}: at the release gate ...", file=sys.stderr)
            refuse_shut(self.course, name, self.config, options.grading(), tuple(options.packages))
        build(self.course, name, self.config)
        print(f"{name}: built {self.course.release_notebook(name).relative_to(self.course.root)} "
              f"and {self.course.solutions_module(name).relative_to(self.course.root)}")  # fmt: skip
        return True

    def _check(self, name: str) -> bool:
        outdated = stale(self.course, name, self.config)
        if outdated:
            print(f"{name}: out of date: {', '.join(outdated)}. Run: autograder build {name}")
        else:
            print(f"{name}: current")
        return not outdated
