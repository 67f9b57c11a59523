"""Releases and solutions on disk: made in another place by nbgrader, then put there file by file."""

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from traitlets.config import Config

from autograder.authoring.generating import generate
from autograder.authoring.solutions import solutions_module
from autograder.course import Course, is_ours, read_own_notebook
from autograder.errors import CourseError
from autograder.files import write_atomically

_PACKAGE = '"""Reference solutions, made from the source notebooks by `autograder build`."""\n'


def build(course: Course, assignment: str, config: Config) -> None:
    """Write an assignment's release and solutions; no gradebook is touched.

    As with ``nbgrader generate_assignment --force``, files of an earlier release that the source no
    longer has are removed.

    Args:
        course: The course's folders.
        assignment: The assignment's name.
        config: The course's configuration, after ``autograder.configure(c)``.

    Raises:
        CourseError: The source is not as it must be, and nothing is changed; or a file cannot be written.
    """
    made = _made(course, assignment, config)
    try:
        for path, content in made.items():
            if not _holds(path, content):
                write_atomically(path, content)
        for path in _leftovers(course, assignment, config, made):
            path.unlink()
    except OSError as error:
        raise CourseError(
            f"the release cannot be written ({error.strerror})", where=str(error.filename or course.root)
        ) from error


def build_aside(course: Course, assignment: str, config: Config, folder: Path) -> Course:
    """Write an assignment's release and solutions into another folder, and leave the course as it is.

    Returns:
        The course as it would be after `build`: that folder, with the course's own sources and checks.

    Raises:
        CourseError: The source is not as it must be.
    """
    for path, content in _made(course, assignment, config).items():
        write_atomically(folder / path.relative_to(course.root), content)
    return Course(
        folder, str(course.checks_folder(assignment).parent), str(course.root / course.source), course.release
    )


def stale(course: Course, assignment: str, config: Config) -> tuple[str, ...]:
    """Files that `build` would write or remove, as paths from the course's folder.

    Args:
        course: The course's folders.
        assignment: The assignment's name.
        config: The course's configuration, after ``autograder.configure(c)``.

    Raises:
        CourseError: The source is not as it must be.
    """
    made = _made(course, assignment, config)
    outdated = [path for path, content in made.items() if not _holds(path, content)]
    outdated += _leftovers(course, assignment, config, made)
    return tuple(str(path.relative_to(course.root)) for path in outdated)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _made(course: Course, assignment: str, config: Config) -> Mapping[Path, bytes]:
    """Every file that belongs to an assignment's release and solutions, by its place in the course."""
    path = course.source_notebook(assignment)
    files: dict[Path, bytes] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about cells without ids, which tagging mends
        source = read_own_notebook(path, remedy="Write the source notebook")
    with tempfile.TemporaryDirectory(prefix="autograder-build-") as folder:
        released = generate(course.root, course.source, assignment, config, Path(folder))
        target = course.release_notebook(assignment).parent
        for made in sorted(released.rglob("*")):
            if made.is_file():
                files[target / made.relative_to(released)] = made.read_bytes()
    if is_ours(source):
        files |= solutions_files(course, assignment, source)
    return files


def solutions_files(course: Course, assignment: str, source: NotebookNode) -> Mapping[Path, bytes]:
    """The files of an assignment's solutions, by their place in the course.

    Raises:
        CourseError: A cell is no part of a Python module.
    """
    path = course.solutions_module(assignment)
    module = solutions_module(source, assignment, file=str(course.source_notebook(assignment)))
    package = path.with_name("__init__.py")
    made = {} if package.exists() else {package: _PACKAGE.encode()}
    return made | {path: module.encode()}


def _leftovers(course: Course, assignment: str, config: Config, made: Mapping[Path, bytes]) -> list[Path]:
    """Files of an earlier release that belong to this one no more."""
    folder = course.release_notebook(assignment).parent
    found = find_all_files(str(folder), CourseDirectory(config=config).ignore)
    return sorted(Path(name) for name in found if Path(name) not in made)
