"""A release must hold no answer: no line of a solution, no line of a hidden check, no output."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, final

from nbformat import NotebookNode

from autograder.authoring.normal import Form, forms, line_forms, squeezed
from autograder.authoring.places import Place, places_of
from autograder.authoring.regions import RegionError, regions
from autograder.errors import CourseError

_SHORTEST = 12  # characters of a solution's line in normal form; a shorter one ("return v") is no answer
_SHORTEST_CHECK = 20
_SHORTEST_WHOLE = 3  # lines of a solution that count as an answer also where the author shows each of them
_COMMON = ("import", "from", "for", "def", "class", "with", "while", "if", "else", "try")  # what checks begin with
_MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")

_REMEDY = "Take it out of the source: answers belong between the solution markers, checks into the folder of checks"


def leaks(source: NotebookNode, release: NotebookNode, check_sources: Sequence[str] = ()) -> tuple[str, ...]:
    """What a release gives away, a line each, with the cell.

    A line of a solution counts unless it also stands outside of the solutions in the source, where the
    author shows it on purpose; a whole solution of three lines or more counts there too. A line of a
    hidden check counts wherever it stands.

    Args:
        source: The source notebook.
        release: The notebook made from it.
        check_sources: Texts of the files that hold check items.
    """
    secrets = Secrets.of(source, check_sources)
    found = [leak for place in places_of(release, "release") for leak in _in_cell(place, secrets)]
    found += [f"the notebook's metadata holds {what}" for what in secrets.in_data(release.metadata)]
    return tuple(found)


def refuse_leaks(
    source: NotebookNode, release: NotebookNode, check_sources: Sequence[str] = (), *, file: str = "release"
) -> None:
    """Refuse a release that holds an answer.

    Args:
        source: The source notebook.
        release: The notebook made from it.
        check_sources: Texts of the files that hold check items.
        file: The release's name, for the message.

    Raises:
        CourseError: It holds one; the message says how many, what the first one is and where.
    """
    found = leaks(source, release, check_sources)
    if found:
        more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
        raise CourseError(f"the release would give answers away: {found[0]}{more}", where=file, remedy=_REMEDY)


@final
@dataclass(frozen=True, slots=True)
class Secrets:
    """What no file of a release may hold, in normal form.

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
        """The secrets of a source notebook and its hidden checks."""
        inside, outside = _sides(source)
        shown = "\n".join(form.normal for form in outside)
        solutions = {form.normal for form in inside if len(form.normal) >= _SHORTEST}
        checks = {form.normal for text in check_sources for form in forms(text) if _tells(form)}
        return cls(
            frozenset(one for one in solutions if one not in shown),
            tuple(_whole_solutions(source)),
            frozenset(checks),
        )

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


def _in_cell(place: Place, secrets: Secrets) -> Iterator[str]:
    cell, where = place.cell, place.name
    yield from (f"{where} holds the marker {marker}" for marker in _MARKERS if marker in cell.source)
    if cell.cell_type == "code" and (cell.get("outputs") or cell.get("execution_count") is not None):
        yield f"{where} holds an output"
    yield from (f"{where} holds {what}" for what in secrets.in_text(cell.source))
    hidden = [cell.metadata, cell.get("attachments", {})]
    yield from (f"{where} holds {what}, in its metadata or attachments" for what in secrets.in_data(hidden))


def _sides(source: NotebookNode) -> tuple[list[Form], list[Form]]:
    """The forms inside and outside of the solutions."""
    inside: list[Form] = []
    outside: list[Form] = []
    for cell in source.cells:
        secret = {line for region in _regions(cell.source) for line in region}
        for form in forms(cell.source):
            (inside if form.line in secret else outside).append(form)
    return inside, outside


def _whole_solutions(source: NotebookNode) -> Iterator[str]:
    for cell in source.cells:
        lines = cell.source.split("\n")
        for region in _regions(cell.source):
            whole = _lines("\n".join(lines[region.start + 1 : region.stop - 1]))
            if len(whole) >= _SHORTEST:
                yield whole


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
