"""Open graders: one sandbox and one collected suite serve all submissions that a process grades.

nbgrader makes new preprocessors for every submission; the grader behind them is found here again.
"""

import atexit
from pathlib import Path

from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.grade import Grader
from autograder.grading.record import Provenance, provenance
from autograder.sandbox import Sandbox

_open: dict[tuple[Path, Provenance], Grader] = {}
_sandboxes: list[Sandbox] = []


def grader_for(course: Course, assignment: str, options: Options) -> Grader:
    """An open grader of the assignment as it is on disk now.

    Raises:
        CourseError: The release or the checks cannot be used.
        IsolationError: The sandbox cannot be started.
    """
    key = (course.root, provenance(course, assignment, options))
    if key not in _open:
        close_all()
        sandbox = Sandbox(options.limits, options.packages, options.isolation)
        _sandboxes.append(sandbox)
        _open[key] = Grader(course, assignment, sandbox, options)
    return _open[key]


def close_all() -> None:
    """End every open sandbox."""
    _open.clear()
    while _sandboxes:
        _sandboxes.pop().close()


atexit.register(close_all)
