"""A release must hold no answer: no line of a solution, no line of a hidden check, no output."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, final

from nbformat import NotebookNode

from autograder.authoring.normal import Form, forms, line_forms, squeezed
from autograder.authoring.places import places_of
from autograder.authoring.regions import RegionError, regions
from autograder.errors import CourseError

_SHORTEST = 12  # characters of a solution's line in normal form; a shorter one ("return v") is no answer
_SHORTEST_CHECK = 20
_SHORTEST_WHOLE = 3  # lines of a solution that count as an answer also where the author shows each of them
_COMMON = ("import", "from", "for", "def", "class", "with", "while", "if", "else", "try")  # what checks begin with
_MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")

_REMEDY = "Take it out of the source: answers belong between the solution markers, checks into the folder of checks"


def refuse_leaks(secrets: "Secrets", release: NotebookNode, file: str) -> None:
    """Refuse a release that holds an answer.

    Args:
        secrets: Of the source notebook.
        release: The notebook made from it.
        file: The release's name, for the message.

    Raises:
        CourseError: It holds one; the message says how many, what the first one is and where.
    """
    found = list(secrets.in_release(release))
    if found:
        more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
        raise CourseError(f"the release would give answers away: {found[0]}{more}", where=file, remedy=_REMEDY)


@final
@dataclass(frozen=True, slots=True)
class Secrets:
    """What no file of a release may hold, in normal form.

    A line of a solution counts unless it also stands outside of the solutions in the source, where the
    author shows it on purpose; a whole solution of three lines or more counts there too. A line of a
    hidden check counts wherever it stands.

    Attributes:
        solutions: Lines and statements of solutions; secret also as a part of a longer line.
        wholes: Whole solutions, each with a line end around every line.
        checks: Lines and statements of hidden checks; secret as a whole line, since parts of them,
            such as the beginning of a call, are what any cell that uses the function has to say.
    """

    solutions: frozenset[str]
    wholes: tuple[str, ...]
    checks: frozenset[str]

    @classmethod
    def of(cls, source: NotebookNode, check_sources: Sequence[str] = ()) -> Self:
        """The secrets of a source notebook and of the texts of the files that hold its check items."""
        inside: list[str] = []
        outside: list[str] = []
        wholes: list[str] = []
        for cell in source.cells:
            solved, lines = _regions(cell.source), cell.source.split("\n")
            for form in forms(cell.source):
                (inside if any(form.line in region for region in solved) else outside).append(form.normal)
            wholes += [_lines("\n".join(lines[region.start + 1 : region.stop - 1])) for region in solved]
        shown = "\n".join(outside)
        return cls(
            frozenset(one for one in inside if len(one) >= _SHORTEST and one not in shown),
            tuple(one for one in wholes if len(one) >= _SHORTEST),
            frozenset(form.normal for text in check_sources for form in forms(text) if _tells(form)),
        )

    def in_release(self, release: NotebookNode) -> Iterator[str]:
        """What of them a release gives away, each with the cell."""
        for place in places_of(release, "release"):
            yield from (f"{place.name} holds {what}" for what in self._in_cell(place.cell))
        yield from (f"the notebook's metadata holds {what}" for what in self.in_data(release.metadata))

    def _in_cell(self, cell: NotebookNode) -> Iterator[str]:
        yield from (f"the marker {marker}" for marker in _MARKERS if marker in cell.source)
        if cell.cell_type == "code" and (cell.get("outputs") or cell.get("execution_count") is not None):
            yield "an output"
        yield from self.in_text(cell.source)
        hidden = [cell.metadata, cell.get("attachments", {})]
        yield from (f"{what}, in its metadata or attachments" for what in self.in_data(hidden))

    def in_text(self, text: str) -> Iterator[str]:
        """What of them a text holds, each said in a few words."""
        found = list(forms(text))
        page = "\n".join(form.normal for form in found)
        present = [secret for secret in self.solutions if secret in page]
        for form in found:
            if any(secret in form.normal for secret in present):
                yield f"a line of a solution: {_shortened(form.text)}"
            elif form.normal in self.checks:
                yield f"a line of a hidden check: {_shortened(form.text)}"
        if any(whole in _lines(text) for whole in self.wholes if whole.count("\n") > _SHORTEST_WHOLE):
            yield "a whole solution"

    def in_file(self, text: str) -> Iterator[str]:
        """What of them a file beside the notebook holds: helpers may share a line with a solution."""
        if any(whole in _lines(text) for whole in self.wholes):
            yield "a whole solution"
        for form in forms(text):
            if form.normal in self.checks:
                yield f"a line of a hidden check: {_shortened(form.text)}"

    def in_data(self, data: Any) -> Iterator[str]:
        """What of them the texts in nested data hold, also where they are Base64 as in an attachment."""
        for text in _texts(data):
            for one in (text, _decoded(text)):
                page = squeezed(one)
                if any(secret in page for secret in self.solutions):
                    yield "a line of a solution"
                if any(form.normal in self.checks for form in forms(one)):
                    yield "a line of a hidden check"


def _tells(form: Form) -> bool:
    """Whether a line of a check says something: not an import, the head of a block, or a name alone."""
    if len(form.normal) < _SHORTEST_CHECK or form.text.startswith(_COMMON):
        return False
    return not form.normal.strip("'(),[]{}:").isidentifier()


def _shortened(text: str) -> str:
    return " ".join(text.split())[:80]


def _regions(source: str) -> tuple[range, ...]:
    try:
        return regions(source)
    except RegionError:  # a stock notebook's own markers; tagging says so for ours
        return ()


def _lines(text: str) -> str:
    """The normal forms of a text's lines, each between line ends, so that whole lines are compared."""
    return "\n".join(["", *(form.normal for form in line_forms(text)), ""])


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
