"""The files of a new course and of a new assignment, written whole or not at all."""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import nbformat

from autograder.authoring.ids import forget_invented_ids
from autograder.course import Course, read_own_notebook
from autograder.errors import CourseError
from autograder.grading.catalogue import ALTERNATIVES_FILE, EQUIVALENTS_FILE, MISCONCEPTIONS_FILE
from autograder.grading.plugin import CONFIG_FILE
from autograder.starting.converting import Conversion, convert

FIRST = "unit_vectors"  # the assignment that a new course begins with

PINNED_FILE = "expected.npz"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")  # a folder, a module of Python, a word of nbgrader's paths

Files = Mapping[str, bytes]


def new_course(folder: Path) -> Course:
    """A course with one assignment whose gate is open, in a folder that is missing or empty.

    Args:
        folder: The course's folder; its name becomes the course's id.

    Raises:
        CourseError: The name can't be a course's id, or the folder holds something or can't be written.
    """
    folder = folder.absolute()
    _refuse_name(folder.name, "course")
    if folder.exists() and not folder.is_dir():
        raise CourseError("this is a file", where=str(folder), remedy="Name a folder that does not exist yet")
    if folder.is_dir() and any(folder.iterdir()):
        raise CourseError("the folder is not empty", where=str(folder), remedy="Name one that does not exist yet")
    course = Course(folder)
    made = {
        CONFIG_FILE: _template("course", CONFIG_FILE, COURSE=folder.name),
        ".gitignore": _template("course", "gitignore"),
    }
    for place, contents in _example(course, FIRST).items():
        made |= {str(place.relative_to(folder) / name): content for name, content in contents.items()}
    _write_together({folder: made})
    return course


def new_assignment(course: Course, name: str, plain: Path | None = None) -> Conversion | None:
    """One notebook and one folder of checks; no other file of the course is touched.

    Args:
        course: The course.
        name: The assignment's name.
        plain: A plain nbgrader notebook to convert; without it the assignment is an example of every kind of
            cell and item.

    Returns:
        What became of the plain notebook, and what a person must still write; None without one.

    Raises:
        CourseError: The name can't be an assignment's, the assignment is there, ``plain`` can't be converted, or
            the folders can't be written.
    """
    _refuse_name(name, "assignment")
    source, checks = course.source_notebook(name).parent, course.checks_folder(name)
    for folder in (source, checks, course.release_notebook(name).parent):
        if folder.exists():
            raise CourseError("the assignment is there already", where=str(folder), remedy="Choose another name")
    if plain is None:
        _write_together(_example(course, name))
        return None
    if not plain.is_file():
        raise CourseError("there is no such notebook", where=str(plain), remedy="Name a plain nbgrader notebook")
    notebook = read_own_notebook(plain, remedy="Name a notebook that Jupyter can open")
    forget_invented_ids(notebook, json.loads(plain.read_bytes()))
    conversion = convert(notebook, name, str(plain))
    _write_together(_converted(course, name, conversion))
    return conversion


def _example(course: Course, name: str) -> dict[Path, Files]:
    """An assignment with an example of every kind of cell and item, whose gate is open."""
    words = {"CHECKS": course.checks, "ASSIGNMENT": name}
    beside = (ALTERNATIVES_FILE, MISCONCEPTIONS_FILE, EQUIVALENTS_FILE)
    return {
        course.source_notebook(name).parent: {f"{name}.ipynb": _template("assignment", "notebook.ipynb", **words)},
        course.checks_folder(name): {
            f"test_{name}.py": _template("assignment", "checks.py", **words),
            **{file: _template("assignment", file, **words) for file in beside},
            PINNED_FILE: _template("assignment", PINNED_FILE),
        },
    }


def _converted(course: Course, name: str, conversion: Conversion) -> dict[Path, Files]:
    catalogue = (ALTERNATIVES_FILE, MISCONCEPTIONS_FILE)
    return {
        course.source_notebook(name).parent: {f"{name}.ipynb": f"{nbformat.writes(conversion.notebook)}\n".encode()},
        course.checks_folder(name): {
            f"test_{name}.py": conversion.items.encode(),
            **{file: _template("converted", file, ASSIGNMENT=name) for file in catalogue},
        },
    }


def _template(*path: str, **words: str) -> bytes:
    """A template's content, with words in the place of their names in capitals."""
    content = files(__package__).joinpath("templates", *path).read_bytes()
    for name, word in words.items():
        content = content.replace(name.encode(), word.encode())
    return content


def _refuse_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name):
        raise CourseError(
            f"'{name}' cannot be the name of {'an' if what == 'assignment' else 'a'} {what}",
            remedy="Begin with a letter; then letters without accents, digits, _ and -, 60 at the most",
        )


def _write_together(folders: Mapping[Path, Files]) -> None:
    """Write folders that don't exist yet: each appears whole, and where one can't be written none stays.

    Raises:
        CourseError: One can't be written.
    """
    made: list[Path] = []
    try:
        for folder, content in folders.items():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as aside:
                for name, data in content.items():
                    path = Path(aside, folder.name, name)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
                Path(aside, folder.name).replace(folder)  # an empty folder there is replaced
            made.append(folder)
    except OSError as error:
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        raise CourseError(
            f"the folder cannot be written ({error.strerror})", where=str(error.filename or folder)
        ) from error
