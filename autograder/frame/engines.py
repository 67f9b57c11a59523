"""Open graders: one sandbox and one collected suite serve all submissions that a process grades.

nbgrader makes new preprocessors for every submission; the grader behind them is found here again.
"""

import atexit
from contextlib import ExitStack
from pathlib import Path

from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.grade import Grader
from autograder.grading.record import Provenance, provenance
from autograder.sandbox import Sandbox

_open: dict[tuple[Path, Provenance], Grader] = {}
_sandboxes = ExitStack()


def grader_for(course: Course, assignment: str, options: Options) -> Grader:
    """An open grader of the assignment as it is on disk now.

    Raises:
        CourseError: The release or the checks cannot be used.
        IsolationError: The sandbox cannot be started.
    """
    key = (course.root, provenance(course, assignment, options))
    if key not in _open:
        close_all()
        sandbox = _sandboxes.enter_context(Sandbox(options.limits, options.packages, options.isolation))
        _open[key] = Grader(course, assignment, sandbox, options)
    return _open[key]


def close_all() -> None:
    """End every open sandbox."""
    _open.clear()
    _sandboxes.close()


atexit.register(close_all)
