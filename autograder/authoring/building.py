"""Releases and solutions on disk: made beside their place by nbgrader, put there in one step."""

import io
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.authoring.solutions import solutions_module
from autograder.course import Course, is_ours, read_own_notebook
from autograder.errors import AutograderError, CourseError
from autograder.files import write_atomically

_PACKAGE = '"""Reference solutions, generated from the source notebooks by `autograder build`."""\n'


def build(course: Course, assignment: str, config: Config) -> None:
    """Write an assignment's release and solutions; no gradebook is touched.

    Raises:
        CourseError: The source is not as it must be; nothing is changed then.
    """
    for path, content in _made(course, assignment, config).items():
        write_atomically(path, content)


def stale(course: Course, assignment: str, config: Config) -> tuple[str, ...]:
    """Files of the assignment that are missing or not what the source gives, from the course's folder.

    Raises:
        CourseError: The source is not as it must be.
    """
    made = _made(course, assignment, config)
    return tuple(
        str(path.relative_to(course.root))
        for path, content in made.items()
        if not path.is_file() or path.read_bytes() != content
    )


def _made(course: Course, assignment: str, config: Config) -> Mapping[Path, bytes]:
    """Every file that belongs to a release, by its place in the course."""
    source_path = course.source_notebook(assignment)
    source = read_own_notebook(source_path, remedy="Write the source notebook")
    files: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="autograder-build-") as folder:
        released = _generate(course, assignment, config, Path(folder))
        for path in sorted(released.rglob("*")):
            if path.is_file():
                files[course.release_notebook(assignment).parent / path.relative_to(released)] = path.read_bytes()
    if is_ours(source):
        solutions = course.solutions_module(assignment)
        package = solutions.with_name("__init__.py")
        if not package.exists():
            files[package] = _PACKAGE.encode()
        files[solutions] = solutions_module(source, assignment).encode()
    return files


def _generate(course: Course, assignment: str, config: Config, folder: Path) -> Path:
    """Run nbgrader's generate_assignment on a copy of the sources; the folder of the release."""
    shutil.copytree(course.source_notebook(assignment).parent, folder / course.source / assignment)
    for name in ("checks",):
        checks = course.checks_folder(assignment)
        if checks.is_dir():
            shutil.copytree(checks, folder / name / assignment, ignore=shutil.ignore_patterns("__pycache__"))
    own = deepcopy(config)
    own.CourseDirectory.root = str(folder)
    own.CourseDirectory.assignment_id = assignment
    own.Autograder.checks = "checks"
    own.SaveCells.enabled = False
    own.GenerateAssignment.no_database = True
    original = own.TagCells.get("points_of")
    if callable(original):
        own.TagCells.points_of = lambda _root, name: original(course.root, name)
    coursedir = CourseDirectory(config=own)
    converter = GenerateAssignment(coursedir=coursedir, parent=NbGrader(config=own))
    with _one_error(converter.log, course.source_notebook(assignment)):
        converter.start()
    return folder / course.release / assignment


@contextmanager
def _one_error(log: logging.Logger, source: Path) -> Iterator[None]:
    """Keep nbgrader quiet, and turn the error that it logs with a traceback into one line."""
    caught = _FirstError()
    kept, level, propagate = log.handlers, log.level, log.propagate
    log.handlers, log.propagate = [caught], False
    log.setLevel(logging.ERROR)
    try:
        yield
    except NbGraderException as error:
        if isinstance(caught.error, AutograderError):
            raise caught.error from error
        raise CourseError(
            f"nbgrader could not make the release ({caught.text or error})", where=str(source), remedy="Mend the source"
        ) from error
    finally:
        log.handlers, log.propagate = kept, propagate
        log.setLevel(level)


class _FirstError(logging.Handler):
    """The first thing that nbgrader logs as an error, and the exception that it was handling then."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.error: BaseException | None = None
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        import sys

        self.error = self.error or sys.exc_info()[1]
        if not self.text and "Traceback" in record.getMessage():
            self.text = [line for line in io.StringIO(record.getMessage()) if line.strip()][-1].strip()
