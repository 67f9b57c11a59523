"""A student's notebook with what was read in it."""

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.grading.matching import grade_id_of
from autograder.notebooks import Kind, first_line, read_mark
from autograder.selfcheck.expected import Expected
from autograder.selfcheck.findings import Finding, Severity
from autograder.selfcheck.names import Code, code_of

_LONGEST = 80  # characters of a first line that are shown


@dataclass(frozen=True, slots=True)
class Page:
    """A student's notebook with what was read in it.

    Attributes:
        notebook: The notebook.
        expected: What the assignment asks of it.
        codes: What the source of each code cell says of names, by its place.
    """

    notebook: NotebookNode
    expected: Expected
    codes: dict[int, Code]

    @classmethod
    def of(cls, notebook: NotebookNode, expected: Expected) -> "Page":
        """Read the cells."""
        codes = {n: code_of(cell.source) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
        return cls(notebook, expected, codes)

    def found(
        self, place: int, severity: Severity, kind: str, what: str, remedy: str, function: str | None = None
    ) -> Finding:
        """A finding in one cell."""
        line = first_line(self.notebook.cells[place])[:_LONGEST]
        return Finding(severity, kind, what, remedy, place + 1, line, function)

    def own_cell(self, function: str) -> int | None:
        """Place of the function's graded cell; the last, of several."""
        cells = enumerate(self.notebook.cells)
        places = [n for n, cell in cells if grade_id_of(cell) == function or _grades(cell, function)]
        return places[-1] if places else None

    def defining(self, function: str) -> list[int]:
        """Places of the cells that define the function; demonstrations and locked cells don't count."""
        ours = (Kind.DEMO, Kind.CHECK, Kind.GIVEN)
        return [n for n, code in self.codes.items() if function in code.binds and self.kind(n) not in ours]

    def is_demonstration(self, place: int) -> bool:
        """Whether grading leaves the cell out."""
        return self.kind(place) is Kind.DEMO

    def kind(self, place: int) -> Kind | None:
        """What the cell's first line says it is, or None for an ordinary cell."""
        mark = read_mark(self.notebook.cells[place])
        return None if mark is None else mark.kind

    def is_unwritten(self, place: int, function: str) -> bool:
        """Whether the cell's function still raises what a stub raises."""
        return place in self.codes and function in self.codes[place].stubs


def _grades(cell: NotebookNode, function: str) -> bool:
    mark = read_mark(cell)
    return mark is not None and (mark.kind, mark.name) == (Kind.GRADED, function)
