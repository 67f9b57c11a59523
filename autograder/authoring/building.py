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
    try:
        for path, content in _changes(course, assignment, config).items():
            if content is None:
                path.unlink()
            else:
                write_atomically(path, content)
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
    return tuple(str(path.relative_to(course.root)) for path in _changes(course, assignment, config))


def _changes(course: Course, assignment: str, config: Config) -> Mapping[Path, bytes | None]:
    """The files of a release and its solutions that differ, with their content; None for those of an earlier one."""
    made = _made(course, assignment, config)
    changed = {path: one for path, one in made.items() if not (path.is_file() and path.read_bytes() == one)}
    there = find_all_files(str(course.release_notebook(assignment).parent), CourseDirectory(config=config).ignore)
    return changed | dict.fromkeys(sorted(path for path in map(Path, there) if path not in made))


def _made(course: Course, assignment: str, config: Config) -> Mapping[Path, bytes]:
    """Every file that belongs to an assignment's release and solutions, by its place in the course."""
    files: dict[Path, bytes] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about cells without ids, which tagging mends
        source = read_own_notebook(course.source_notebook(assignment), remedy="Write the source notebook")
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
