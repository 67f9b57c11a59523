"""The whole notebook as it was graded: its cells and what they printed, within a limit of size."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup
from nbconvert.filters.ansi import strip_ansi
from nbformat import NotebookNode

from autograder.notebooks import Kind, read_mark
from autograder.pages import embedded
from autograder.reports.feedback.code import code
from autograder.reports.feedback.prose import prose

# Characters that one output, and all cells together, may take; a page stays below a megabyte.
_OUTPUT = 20_000
_TEXTS = 300_000
_PICTURES = 350_000
_PICTURE = {"image/png": "png", "image/jpeg": "jpeg"}
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Output:
    """What a cell printed or showed.

    Attributes:
        kind: How to show it: text as it is, HTML or a picture's address.
        content: The text, the HTML, or the address.
        error: Whether it tells of an error.
        cut: Whether it goes on in the notebook.
    """

    kind: Literal["text", "html", "picture"]
    content: str | Markup
    error: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        number: Its place in the notebook, from one.
        kind: What it is.
        content: Its HTML.
        outputs: What it showed.
        function: The graded function that it checks, else empty.
    """

    number: int
    kind: Literal["prose", "code"]
    content: Markup
    outputs: tuple[Output, ...] = ()
    function: str = ""


@dataclass(slots=True)
class _Room:
    """What is left of the page's limits."""

    texts: int = _TEXTS
    pictures: int = _PICTURES

    def take(self, text: str) -> str:
        """As much of a text as there is room for."""
        kept = text[: min(_OUTPUT, max(self.texts, 0))]
        self.texts -= len(kept)
        return kept

    def take_pictures(self, attachments: NotebookNode) -> str:
        """A cell's own pictures as JSON; where there is no room for them, empty ones."""
        kept = json.dumps(attachments, sort_keys=True)
        if len(kept) > self.pictures:
            return json.dumps({name: {"image/png": ""} for name in attachments}, sort_keys=True)
        self.pictures -= len(kept)
        return kept


def shown_cells(notebook: NotebookNode) -> tuple[Cell, ...]:
    """The notebook's cells, made ready for a page.

    Args:
        notebook: An inert notebook (`autograder.pages`).
    """
    room = _Room()
    return tuple(
        _cell(number, cell, room) for number, cell in enumerate(notebook.cells, start=1) if cell.cell_type != "raw"
    )


def _cell(number: int, cell: NotebookNode, room: _Room) -> Cell:
    source = room.take(str(cell.source))
    if cell.cell_type == "markdown":
        return Cell(number, "prose", prose(source, attachments=room.take_pictures(cell.get("attachments", {}))))
    mark = read_mark(cell)
    checks = mark.name if mark is not None and mark.kind is Kind.CHECK and cell.metadata.get("nbgrader") else ""
    # A check cell's outputs begin with its score and its table of items, which the page shows elsewhere.
    outputs = cell.outputs[2:] if checks else cell.outputs
    return Cell(number, "code", code(source), tuple(_outputs(outputs, room)), checks)


def _outputs(outputs: list[NotebookNode], room: _Room) -> Iterator[Output]:
    for one in outputs:
        if one.output_type == "stream":
            yield _text(one.text, room, error=False)
        elif one.output_type == "error":
            yield _text("\n".join(one.traceback) or f"{one.ename}: {one.evalue}", room, error=True)
        else:
            yield _shown(one.data, room)


def _text(text: str, room: _Room, *, error: bool) -> Output:
    plain = strip_ansi(text)
    kept = room.take(plain)
    return Output("text", kept, error, cut=len(kept) < len(plain))


def _shown(data: NotebookNode, room: _Room) -> Output:
    """The richest form of an output for which there is room."""
    for mime, name in _PICTURE.items():
        if mime in data:
            picture = _SPACES.sub("", data[mime])
            if len(picture) <= room.pictures:
                room.pictures -= len(picture)
                return Output("picture", f"data:image/{name};base64,{picture}")
            return Output("text", f"[a picture of {len(picture) * 3 // 4000} kB, left out of this page]")
    for mime, shown in (("text/html", embedded), ("text/markdown", prose), ("text/latex", prose)):
        if mime in data and len(data[mime]) <= min(_OUTPUT, room.texts):
            return Output("html", Markup(shown(room.take(data[mime]))))  # noqa: S704 - both clean what they are given
    return _text(str(data.get("text/plain", "")), room, error=False)
