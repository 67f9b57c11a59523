"""nbgrader's generate_assignment, run beside the course: its release elsewhere, its errors as one line."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.errors import AutograderError, CourseError


def generate(root: Path, source: str, assignment: str, config: Config, folder: Path) -> Path:
    """Make a release as ``nbgrader generate_assignment`` does, without a gradebook and without a word.

    Args:
        root: The course's folder.
        source: Name of the folder of sources in it.
        assignment: The assignment's name.
        config: The course's configuration, which is not changed.
        folder: An empty folder for the release.

    Returns:
        The folder of the assignment's release, below ``folder``.

    Raises:
        AutograderError: One of our steps refuses the source.
        CourseError: nbgrader fails otherwise.
    """
    own = deepcopy(config)
    own.CourseDirectory.root = str(root)
    own.CourseDirectory.directory_structure = str(Path("{nbgrader_step}") / "{student_id}" / "{assignment_id}")
    own.CourseDirectory.source_directory = source
    own.CourseDirectory.release_directory = str(folder)
    own.CourseDirectory.assignment_id = assignment
    own.CourseDirectory.notebook_id = "*"
    own.SaveCells.enabled = False
    own.GenerateAssignment.no_database = True
    own.TagCells.rehearse = False
    log = logging.Logger("autograder.generating", logging.ERROR)  # apart from nbgrader's, which goes to the user
    with _one_error(log, root / source / assignment), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about cells without ids, which tagging mends
        coursedir = CourseDirectory(config=own, log=log)
        GenerateAssignment(coursedir=coursedir, config=own, log=log).start()
    return folder / assignment


@contextmanager
def _one_error(log: logging.Logger, source: Path) -> Iterator[None]:
    """Turn the error that nbgrader logs with a traceback, and whatever it raises then, into one line."""
    first = _FirstError()
    log.addHandler(first)
    try:
        yield
    except Exception as error:  # what nbgrader raises is not told apart by type
        cause = first.error or error
        if isinstance(cause, AutograderError):
            raise cause from None
        said = " ".join(str(cause).split())[:300]
        raise CourseError(
            f"nbgrader could not make the release ({type(cause).__name__}: {said})",
            where=str(source),
            remedy="Correct the source notebook or the configuration",
        ) from error


class _FirstError(logging.Handler):
    """The exception that nbgrader was handling when it first logged an error: it raises another one later."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception, not the record, which holds a traceback."""
        self.error = self.error or sys.exc_info()[1]
