"""Open graders: one sandbox and one collected suite serve all submissions that a process grades.

nbgrader makes new preprocessors for every submission; the grader behind them is found here again.
"""

import atexit
import hashlib
from collections.abc import Iterator
from pathlib import Path

from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.grade import Grader, released_files
from autograder.sandbox import Sandbox

_open: dict[str, Grader] = {}
_sandboxes: list[Sandbox] = []


def fingerprint(course: Course, assignment: str, options: Options) -> str:
    """A digest of all that a grade follows from besides the submission: the release with its files, checks, options."""
    digest = hashlib.sha256(repr((assignment, options)).encode())
    for path in _files(course, assignment):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def grader_for(course: Course, assignment: str, options: Options, packages: tuple[str, ...] = ()) -> Grader:
    """An open grader of the assignment as it is on disk now.

    Raises:
        CourseError: The release or the checks cannot be used.
        IsolationError: The sandbox cannot be started.
    """
    key = f"{course.root}\0{packages}\0{fingerprint(course, assignment, options)}"
    if key not in _open:
        close_all()
        sandbox = Sandbox(options.limits, packages, options.isolation)
        _sandboxes.append(sandbox)
        _open[key] = Grader(course, assignment, sandbox, options)
    return _open[key]


def close_all() -> None:
    """End every open sandbox."""
    _open.clear()
    while _sandboxes:
        _sandboxes.pop().close()


def _files(course: Course, assignment: str) -> Iterator[Path]:
    yield from (path for path in (course.release_notebook(assignment), course.solutions_module(assignment))
                if path.is_file())  # fmt: skip
    yield from (path for _, path in released_files(course.release_notebook(assignment)))
    folder = course.checks_folder(assignment)
    yield from sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".npz") and path.is_file())


atexit.register(close_all)
