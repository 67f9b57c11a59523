"""What all commands share: nbgrader's options, the course, and one line for a configuration that fails."""

import logging
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from nbgrader.apps.baseapp import NbGrader
from rich.console import Console
from traitlets import default

from autograder.course import Course
from autograder.errors import AutograderError, CourseError
from autograder.frame.options import Autograder
from autograder.grading.plugin import CONFIG_FILE
from autograder.printable import on_one_line

COMMANDS: Final = {
    "new": "Begin a course, or an assignment of one.",
    "build": "Make the release notebooks and the reference solutions from the source notebooks.",
    "gate": "Try an assignment's checks on right answers, known mistakes and mutants of the reference.",
    "check": "Grade one notebook file; no gradebook is touched.",
    "grade": "Grade the submissions of an assignment into the gradebook; what is graded already is kept.",
    "watch": "Grade submissions as they arrive in the exchange, so many for each student.",
    "feedback": "Write a page of feedback for every graded student; pages that are current are kept.",
    "selfcheck": "For students: what in a notebook would cost points, before it is handed in.",
    "roster": "Add the students of a CSV file from Canvas or Moodle to the gradebook, or bring them up to date.",
    "report": "Write the instructor's report on an assignment: reports/ASSIGNMENT.html, one page.",
    "doctor": "Try what isolation this machine gives, and say what is missing.",
    "demo": "Grade a small class of very different submissions in a fresh folder, from release to feedback.",
}


class Command(NbGrader):
    """A command of the program; subclasses define their name, one of `COMMANDS`, and `run`."""

    aliases: ClassVar[dict[Any, Any]] = {
        "log-level": "Application.log_level",
        "course-dir": "CourseDirectory.root",
        "db": "CourseDirectory.db_url",
    }
    flags: ClassVar[dict[Any, Any]] = {
        "debug": ({"Application": {"log_level": "DEBUG"}}, "Show everything that nbgrader logs."),
    }
    raise_config_file_errors = True

    @default("log_level")
    def _log_level_default(self) -> int:
        return logging.CRITICAL

    @default("classes")
    def _classes_default(self) -> list[type]:
        return [*super()._classes_default(), Autograder]

    def __init_subclass__(cls) -> None:
        """Describe the command as the list of commands does."""
        cls.description = COMMANDS[cls.name]

    def initialize(self, argv: list[str] | None = None, root: str = "") -> None:
        """Read the options and the course's configuration.

        Raises:
            CourseError: ``nbgrader_config.py`` raises.
        """
        try:
            super().initialize(argv, root)
        except (AutograderError, KeyboardInterrupt):
            raise
        except Exception as error:  # whatever the course's configuration file raises
            raise CourseError(
                f"the configuration cannot be read ({type(error).__name__}: {error})", where=CONFIG_FILE
            ) from error

    def run(self) -> int:
        """Do the work; the exit code."""
        raise NotImplementedError

    @property
    def options(self) -> Autograder:
        """The platform's options, as the course sets them."""
        return Autograder(parent=self)

    @property
    def course(self) -> Course:
        """The course.

        Raises:
            CourseError: The folder holds none.
        """
        course = self.options.course(self.coursedir)
        if not (course.root / CONFIG_FILE).is_file():
            raise CourseError(
                f"this is no course: it has no {CONFIG_FILE}",
                where=str(course.root),
                remedy="Go to the course's folder, or name it with --course-dir",
            )
        return course

    def arguments(self, usage: str, least: int = 0, most: int | None = None) -> Sequence[str]:
        """The words of the command line that are not options.

        Raises:
            AutograderError: There are too few or too many.
        """
        words = list(self.extra_args)
        if len(words) < least or (most is not None and len(words) > most):
            raise AutograderError(f"usage: {usage}")
        return words

    def assignments(self, usage: str) -> Sequence[str]:
        """The assignments that the command line names; all of the course's when it names none.

        Raises:
            AutograderError: One of them is unknown, or the course has none.
        """
        names = self.arguments(usage) or self.course.assignments()
        if not names:
            raise CourseError(
                "the course has no source notebook",
                where=str(self.course.root),
                remedy=f"Write {self.course.source_notebook('NAME')}",
            )
        for name in names:
            self.course.require(name)
        return names


class _People(Console):
    """Prints lines of text in which names of students may stand, who choose them."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print; nothing in a text steers the terminal or looks like another line."""
        super().print(*(on_one_line(one) if isinstance(one, str) else one for one in objects), **how)


def people() -> Console:
    """Where messages for people go: standard error, so that ``--json`` has standard output to itself."""
    return _People(stderr=True, highlight=False)
