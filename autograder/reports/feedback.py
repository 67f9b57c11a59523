"""nbgrader's own feedback pages, for a whole class."""

import glob
import logging
from pathlib import Path

from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, LoggingConfigurable

from autograder.errors import CourseError


def write_feedback(coursedir: CourseDirectory, assignment: str, parent: LoggingConfigurable) -> tuple[Path, ...]:
    """Write a page of feedback for every autograded submission.

    Args:
        coursedir: nbgrader's folders.
        assignment: The assignment's name.
        parent: Whose configuration and log nbgrader's converter uses.

    Returns:
        The pages, sorted.

    Raises:
        CourseError: Nothing is graded yet, or nbgrader cannot make the pages.
    """
    coursedir.assignment_id = assignment
    if not glob.glob(coursedir.format_path(coursedir.autograded_directory, "*", assignment)):
        raise CourseError("nothing is graded yet", where=assignment, remedy=f"Run: autograder grade {assignment}")
    converter = GenerateFeedback(coursedir=coursedir, parent=parent)
    converter.update_config(Config({"HTMLExporter": {"template_name": "feedback"}}))
    converter.force = True
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader could not write feedback ({error})", where=assignment) from error
    pages = glob.glob(coursedir.format_path(coursedir.feedback_directory, "*", assignment) + "/*.html")
    return tuple(Path(page) for page in sorted(pages))
