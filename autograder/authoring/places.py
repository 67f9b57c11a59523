"""A cell of a source notebook, and the one form of error that names it."""

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks import Mark, first_line, read_mark


@dataclass(frozen=True, slots=True)
class Place:
    """A cell and where it stands.

    Attributes:
        file: The notebook's name, for messages.
        number: The cell's number, counted from 1.
        cell: The cell.
    """

    file: str
    number: int
    cell: NotebookNode

    @property
    def mark(self) -> Mark | None:
        """What the cell's first line says it is."""
        return read_mark(self.cell)

    @property
    def name(self) -> str:
        """The cell's number and first line."""
        return f"cell {self.number} '{first_line(self.cell)[:60]}'"

    def error(self, what: str, remedy: str) -> CourseError:
        """An error about this cell."""
        return CourseError(what, where=f"{self.file}, {self.name}", remedy=remedy)


def places_of(notebook: NotebookNode, file: str) -> tuple[Place, ...]:
    """The cells of a notebook with their places."""
    return tuple(Place(file, number, cell) for number, cell in enumerate(notebook.cells, start=1))
