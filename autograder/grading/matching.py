"""Which cell of a submission stands for which cell of the release, whatever an editor did to either."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.notebooks import Kind, Mark, below_editors_lines, read_mark


@dataclass(frozen=True, slots=True)
class Key:
    """By what a cell is found: its nbgrader id and its first line, each None where it has none."""

    grade_id: str | None
    mark: Mark | None

    @classmethod
    def of(cls, cell: NotebookNode) -> "Key":
        """The cell's key."""
        return cls(grade_id_of(cell), read_mark(cell))

    @property
    def kind(self) -> Kind | None:
        """What the first line says that the cell is for."""
        return self.mark.kind if self.mark else None


@dataclass(slots=True)
class Match:
    """Which cell of the submission stands for each nbgrader cell of the release."""

    release: Sequence[NotebookNode]
    submitted: list[NotebookNode]
    found: dict[int, int] = field(default_factory=dict)  # position in the release: position in the submission
    by_function: list[str] = field(default_factory=list)  # graded functions whose cells were found by their definition
    wanted: list[Key] = field(init=False)
    offered: list[Key] = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = [Key.of(cell) for cell in self.release]
        self.offered = [Key.of(cell) for cell in self.submitted]

    def free(self) -> Iterator[int]:
        """Positions of submitted cells that stand for none yet."""
        taken = set(self.found.values())
        return (n for n in range(len(self.submitted)) if n not in taken)


def matched(release: Sequence[NotebookNode], submitted: list[NotebookNode]) -> Match:
    """Find the cell for each of the release's: by id and first line, else first line, id, definition or place."""
    match = Match(release, submitted)
    for same in (_same_id_and_line, _same_line, _same_id):
        _find(match, same)
    _find_by_function(match)
    _find_by_place(match)
    return match


def defined_elsewhere(match: Match) -> frozenset[str]:
    """Graded functions that were pasted into another cell than their own, which is still the released stub."""
    locked = {m for n, m in match.found.items() if is_locked(match.release[n])}
    others = [m for m, key in enumerate(match.offered) if m not in locked and key.kind is not Kind.DEMO]
    untouched = {
        str(wanted.grade_id): match.found[n]
        for n, wanted in enumerate(match.wanted)
        if n in match.found and wanted.kind is Kind.GRADED
        and not text_differs(match.submitted[match.found[n]], match.release[n])
    }  # fmt: skip
    return frozenset(
        name for name, own in untouched.items() if any(m != own and _defines(match.submitted[m], name) for m in others)
    )


def grade_id_of(cell: NotebookNode) -> str | None:
    """The id that nbgrader's metadata gives the cell, or None."""
    value = cell.metadata.get("nbgrader", {}).get("grade_id")
    return value if isinstance(value, str) and value else None


def is_locked(cell: NotebookNode) -> bool:
    """Whether a released cell of nbgrader's is none of the student's to write."""
    return not cell.metadata.nbgrader.get("solution", False)


def _defines(cell: NotebookNode, name: str) -> bool:
    """Whether a cell binds the name at its top level; a cell with magics in it is no Python that could be parsed."""
    pattern = rf"^(?:(?:async[ \t]+)?def[ \t]+{name}\b|{name}[ \t]*=(?!=))"
    return cell.cell_type == "code" and re.search(pattern, cell.source, re.MULTILINE) is not None


def text_differs(cell: NotebookNode, released: NotebookNode) -> bool:
    """Whether more differs than what editors change: white space at line ends, and their own lines above the first."""

    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in below_editors_lines(text).strip().splitlines()]

    return lines(cell.source) != lines(released.source)


def _same_line(wanted: Key, offered: Key) -> bool:
    return wanted.kind not in (None, Kind.DEMO) and offered.mark == wanted.mark


def _same_id(wanted: Key, offered: Key) -> bool:
    """The same id, unless the cell's own first line says that it is another."""
    return offered.grade_id == wanted.grade_id and (offered.kind is wanted.kind or None in (offered.kind, wanted.kind))


def _same_id_and_line(wanted: Key, offered: Key) -> bool:
    return offered.grade_id == wanted.grade_id and (wanted.mark is None or _same_line(wanted, offered))


def _find(match: Match, same: Callable[[Key, Key], bool]) -> None:
    free = list(match.free())
    for n, wanted in enumerate(match.wanted):
        if n in match.found or wanted.grade_id is None:
            continue
        # Of several, the last: that is the one whose definition a run of the notebook leaves behind.
        hit = next((m for m in reversed(free) if same(wanted, match.offered[m])), None)
        if hit is not None:
            match.found[n] = hit
            free.remove(hit)


def _find_by_function(match: Match) -> None:
    """A graded cell that lost its metadata and its first line, or whose first line was mistyped."""
    for n, wanted in enumerate(match.wanted):
        if n in match.found or wanted.kind is not Kind.GRADED:
            continue
        name = str(wanted.grade_id)
        free = (m for m in match.free() if match.offered[m].kind in (None, Kind.GRADED))
        hits = [m for m in free if _defines(match.submitted[m], name)]
        if hits:
            match.found[n] = hits[-1]
            match.by_function.append(name)


def _find_by_place(match: Match) -> None:
    """A written answer that lost its metadata stands right after its question."""
    for n, wanted in enumerate(match.wanted):
        if n in match.found or wanted.grade_id is None or wanted.mark or is_locked(match.release[n]):
            continue
        before = match.found.get(n - 1)
        candidate = None if before is None else before + 1
        unknown = {m for m in match.free() if match.offered[m] == Key(None, None)}
        if candidate in unknown and match.submitted[candidate].source.strip():
            match.found[n] = candidate
