"""The grammar of a notebook: what the first line of a cell says the cell is. And its file.

Source, release and submission share this grammar (the table of first lines in
docs/instructors.md). Nothing here knows about solutions, checks or the gradebook.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient

_CODE_MARK = re.compile(r"#\s*(GRADED FUNCTION|GIVEN|CHECK|DEMO)\b[ \t]*:?[ \t]*(.*?)[ \t]*$")
_WRITTEN_MARK = re.compile(r"<!--\s*WRITTEN:\s*([\w-]+)\s*,\s*(\d+(?:\.\d+)?)\s*points?\s*-->\s*$")
_NAME = re.compile(r"[A-Za-z_]\w*$")
# What may stand above a cell's first line: VS Code's cell borders, Colab's forms, the prompts of an exported script,
# a magic for the whole cell.
_ABOVE = re.compile(r"\s*(?:#[ \t]*%%|#[ \t]*@|#[ \t]*In[ \t]?\[[ \d]*\]|%%\w)[^\n]*")
_MOST_ABOVE = 20  # lines of that kind; nobody's cell has more
_encode = msgspec.json.Encoder(order="sorted").encode


class Kind(StrEnum):
    """What a marked cell is for."""

    GRADED = "GRADED FUNCTION"
    GIVEN = "GIVEN"
    CHECK = "CHECK"
    DEMO = "DEMO"
    WRITTEN = "WRITTEN"


@dataclass(frozen=True, slots=True)
class Mark:
    """The first line of a cell, read.

    Attributes:
        kind: What the cell is for.
        name: The graded function, the given helpers' name, the written question's id; may be
            empty for a demonstration.
        points: Points of a written question, else None.
    """

    kind: Kind
    name: str
    points: float | None = None

    @property
    def grade_id(self) -> str | None:
        """The nbgrader id that follows from the mark alone, or None where it needs the cell's own id.

        A graded function's cell is called like the function, its check ``check-`` and the
        function, given helpers ``given-`` and their name, so that a cell added later moves no other.
        """
        match self.kind:
            case Kind.GRADED:
                return self.name
            case Kind.CHECK:
                return f"check-{self.name}"
            case Kind.GIVEN if self.name:
                return f"given-{self.name}"
            case Kind.WRITTEN:
                return f"question-{self.name}"
            case _:
                return None


def first_line(cell: NotebookNode) -> str:
    """The cell's first line that is not blank nor an editor's own, without surrounding spaces."""
    return below_editors_lines(str(cell.source)).split("\n", 1)[0].strip()


def below_editors_lines(source: str) -> str:
    """A cell's source without the blank lines above it, and without what editors write there."""
    begin = 0
    for _ in range(_MOST_ABOVE):
        found = _ABOVE.match(source, begin)
        if found is None:
            break
        begin = found.end()
    return source[begin:].lstrip()


def read_mark(cell: NotebookNode) -> Mark | None:
    """What the cell's first line says it is, or None for an ordinary cell.

    A graded or check line whose name is not a Python name is no mark: sources are told so by
    ``autograder build``, and in a submission such a cell is the student's own.
    """
    line = first_line(cell)
    if cell.cell_type == "markdown":
        found = _WRITTEN_MARK.match(line)
        return Mark(Kind.WRITTEN, found[1], float(found[2])) if found else None
    if cell.cell_type != "code":
        return None
    found = _CODE_MARK.match(line)
    if found is None:
        return None
    kind, name = Kind(found[1]), found[2]
    if kind in (Kind.GRADED, Kind.CHECK) and not _NAME.match(name):
        return None
    return Mark(kind, name)


def marked(cells: Iterable[NotebookNode]) -> Iterator[tuple[Mark, NotebookNode]]:
    """The marked cells in order, each with its mark."""
    for cell in cells:
        mark = read_mark(cell)
        if mark is not None:
            yield mark, cell


def graded_names(notebook: NotebookNode) -> tuple[str, ...]:
    """Names of the graded functions, in the notebook's order, each once."""
    return tuple(dict.fromkeys(mark.name for mark, _ in marked(notebook.cells) if mark.kind is Kind.GRADED))


def file_of(notebook: NotebookNode) -> bytes:
    """The file of a notebook, as nbformat writes it, in a fifth of its time: without a copy and its check of a schema.

    Args:
        notebook: A notebook of our own making; its texts are split into lines, so it is of no further use.
    """
    return msgspec.json.format(_encode(split_lines(strip_transient(notebook))), indent=1) + b"\n"
