"""What the assignment asks of a notebook: told by the release where there is one, else by the notebook itself."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.course import read_own_notebook
from autograder.errors import CourseError
from autograder.grading.choosing import best_match
from autograder.grading.matching import grade_id_of
from autograder.notebooks import Kind, below_editors_lines, graded_names, read_mark

_CHECK = "check-"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the assignment.

    Attributes:
        functions: Names of the graded functions.
        release: The notebook as students get it, or None where it is not at hand.
        name: The name that the file must have, or None where that is unknown.
    """

    functions: tuple[str, ...]
    release: NotebookNode | None = None
    name: str | None = None

    @classmethod
    def of_release(cls, path: Path) -> "Expected":
        """As a released notebook tells.

        Raises:
            CourseError: It is missing, is no notebook, or grades nothing.
        """
        release = read_own_notebook(path, remedy="Name the notebook as you fetched it")
        functions = graded_names(release)
        if not functions:
            raise CourseError("no cell of it begins with # GRADED FUNCTION", where=str(path), remedy="Name another one")
        return cls(functions, release, path.name)

    @classmethod
    def of_notebook(cls, notebook: NotebookNode) -> "Expected":
        """As the student's notebook tells: by its first lines, and by the ids that nbgrader gave its cells."""
        return cls(tuple(dict.fromkeys(_functions(notebook))))


def _functions(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        mark, grade_id = read_mark(cell), grade_id_of(cell)
        if mark is not None and mark.kind in (Kind.GRADED, Kind.CHECK):
            yield mark.name
        elif grade_id is not None and grade_id.startswith(_CHECK) and grade_id[len(_CHECK) :].isidentifier():
            yield grade_id[len(_CHECK) :]


def release_of(content: bytes, root: Path, release: str) -> Path | None:
    """The released notebook of a folder, such as a course's, that a student's notebook was made from.

    Args:
        content: The student's notebook.
        root: The folder.
        release: Folder of the releases, from ``root``.
    """
    known = {}
    for path in (root / release).glob("*/*.ipynb"):
        if path.stem == path.parent.name:
            with suppress(CourseError):
                known[str(path)] = graded_names(read_own_notebook(path, remedy=""))
    try:
        return Path(best_match(content, known))
    except CourseError:
        return None


def is_untouched(cell: NotebookNode) -> bool:
    """Whether a cell is as it was released, by the checksum that nbgrader left in it."""
    checksum = cell.metadata.get("nbgrader", {}).get("checksum")
    # What editors change is no change: white space at line ends, and their own lines above the first.
    text = "\n".join(line.rstrip() for line in below_editors_lines(cell.source).strip().splitlines())
    trimmed = NotebookNode({**cell, "source": text})
    try:
        return checksum is None or checksum in (compute_checksum(cell), compute_checksum(trimmed))
    except (KeyError, TypeError, ValueError):  # a grade cell without points, say
        return False
