"""A submission made whole again: every cell of the release in its own form, what was tampered with noted.

The release is the truth about which cells there are, which of them are locked, their ids and points.
The submission has a say in two things only: the source of cells that are the student's to write, and
the order of cells.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.notebooks import Kind, Mark, marked, read_mark


@dataclass(frozen=True, slots=True)
class Restored:
    """A submission whose cells are the release's again.

    Attributes:
        notebook: The notebook to run and to show.
        notes: What was missing or mended, a line each, for the student and the instructor.
        suspicions: What looks like tampering and a person should see, a line each.
        absent: Graded functions whose cells were missing and put back: stubs that are not to be run, since
            the function may be defined in a cell of the student's own.
    """

    notebook: NotebookNode
    notes: tuple[str, ...]
    suspicions: tuple[str, ...]
    absent: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Key:
    """By what a cell is found: its nbgrader id and its first line, each None where it has none."""

    grade_id: str | None
    mark: Mark | None

    @classmethod
    def of(cls, cell: NotebookNode) -> "_Key":
        return cls(_grade_id(cell), read_mark(cell))


@dataclass(slots=True)
class _Match:
    """Which cell of the submission stands for each nbgrader cell of the release."""

    release: Sequence[NotebookNode]
    submitted: list[NotebookNode]
    found: dict[int, int] = field(default_factory=dict)  # position in the release: position in the submission
    wanted: list[_Key] = field(init=False)
    offered: list[_Key] = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = [_Key.of(cell) for cell in self.release]
        self.offered = [_Key.of(cell) for cell in self.submitted]

    def free(self) -> Iterator[int]:
        """Positions of submitted cells that stand for none yet."""
        taken = set(self.found.values())
        return (n for n in range(len(self.submitted)) if n not in taken)


def restore(submitted: NotebookNode, release: NotebookNode) -> Restored:
    """Bring a submission back to the form of its release.

    Cells are found by id and first line, else by first line, else by id, else by place. Locked cells
    get the release's source, all get its metadata, missing ones are put back where they stood.

    Args:
        submitted: The notebook as `read_notebook` gives it; it is not changed.
        release: The released notebook.
    """
    match = _Match(release.cells, copy.deepcopy(list(submitted.cells)))
    for same in (_same_id_and_line, _same_line, _same_id):
        _find(match, same)
    _find_by_place(match)
    notes, suspicions = _differences(match)
    notebook = NotebookNode(
        cells=_assembled(match), metadata=copy.deepcopy(release.metadata), nbformat=4, nbformat_minor=5
    )
    missing = [cell for n, cell in enumerate(release.cells) if _grade_id(cell) and n not in match.found]
    absent = frozenset(mark.name for mark, _ in marked(missing) if mark.kind is Kind.GRADED)
    return Restored(notebook, tuple(notes), tuple(suspicions), absent)


def _grade_id(cell: NotebookNode) -> str | None:
    value = cell.metadata.get("nbgrader", {}).get("grade_id")
    return value if isinstance(value, str) and value else None


def _is_locked(cell: NotebookNode) -> bool:
    return not cell.metadata.nbgrader.get("solution", False)


def _same_line(wanted: _Key, offered: _Key) -> bool:
    return wanted.mark is not None and wanted.mark.kind is not Kind.DEMO and offered.mark == wanted.mark


def _same_id(wanted: _Key, offered: _Key) -> bool:
    """The same id, unless the cell's own first line says that it is another."""
    if offered.grade_id != wanted.grade_id:
        return False
    return offered.mark is None or wanted.mark is None or offered.mark.kind is wanted.mark.kind


def _same_id_and_line(wanted: _Key, offered: _Key) -> bool:
    return offered.grade_id == wanted.grade_id and (wanted.mark is None or _same_line(wanted, offered))


def _find(match: _Match, same: Callable[[_Key, _Key], bool]) -> None:
    free = list(match.free())
    for n, wanted in enumerate(match.wanted):
        if n in match.found or wanted.grade_id is None:
            continue
        # Of several, the last: that is the one whose definition a run of the notebook leaves behind.
        hit = next((m for m in reversed(free) if same(wanted, match.offered[m])), None)
        if hit is not None:
            match.found[n] = hit
            free.remove(hit)


def _find_by_place(match: _Match) -> None:
    """A written answer that lost its metadata stands right after its question."""
    for n, released in enumerate(match.release):
        if n in match.found or _grade_id(released) is None or _is_locked(released) or read_mark(released):
            continue
        before = match.found.get(n - 1)
        candidate = None if before is None else before + 1
        if candidate in set(match.free()) and _is_answer(match.submitted[candidate]):
            match.found[n] = candidate


def _is_answer(cell: NotebookNode) -> bool:
    return read_mark(cell) is None and _grade_id(cell) is None and bool(cell.source.strip())


def _assembled(match: _Match) -> list[NotebookNode]:
    """The submission's cells in their order, each in its release's form, the missing ones in place."""
    standing = {m: n for n, m in match.found.items()}
    cells: list[NotebookNode] = []
    missing = [n for n, cell in enumerate(match.release) if _grade_id(cell) and n not in match.found]
    after: dict[int | None, list[int]] = {}
    for n in missing:
        # Behind the nearest earlier cell that is there; at the top where there is none.
        anchor = max((k for k in match.found if k < n), default=None)
        after.setdefault(anchor, []).append(n)
    cells += [_released(match.release[n]) for n in after.get(None, [])]
    for m, cell in enumerate(match.submitted):
        n_here = standing.get(m)
        cells.append(_stripped(cell) if n_here is None else _mended(cell, match.release[n_here]))
        if n_here is not None:
            cells += [_released(match.release[n]) for n in after.get(n_here, [])]
    _make_ids_unique(cells)
    return cells


def _released(released: NotebookNode) -> NotebookNode:
    """A cell that the submission lacks: the release's own."""
    return copy.deepcopy(released)


def _mended(cell: NotebookNode, released: NotebookNode) -> NotebookNode:
    mended = copy.deepcopy(released)
    if not _is_locked(released):
        mended.source = cell.source
    mended.id = cell.id
    if cell.cell_type == mended.cell_type == "code":
        mended.outputs = cell.outputs
    return mended


def _stripped(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's own, without a claim to be one of ours."""
    cell.metadata.pop("nbgrader", None)
    return cell


def _make_ids_unique(cells: list[NotebookNode]) -> None:
    used: set[str] = set()
    for cell in cells:
        while cell.id in used:
            cell.id = f"{cell.id[:60]}-x"
        used.add(cell.id)


def _label(released: NotebookNode) -> str:
    mark = read_mark(released)
    return f"'{mark.kind}: {mark.name}'" if isinstance(mark, Mark) else f"'{_grade_id(released)}'"


def _differences(match: _Match) -> tuple[list[str], list[str]]:
    notes: list[str] = []
    suspicions: list[str] = []
    ours = [n for n, cell in enumerate(match.release) if _grade_id(cell)]
    bare = bool(match.found) and all(not match.submitted[m].metadata.get("nbgrader") for m in match.found.values())
    if bare:
        suspicions.append("The notebook had lost the marks by which its cells are found; they were put back.")
    for n in ours:
        released, m = match.release[n], match.found.get(n)
        if m is None:
            to = suspicions if _is_locked(released) else notes
            to.append(f"The cell {_label(released)} was missing and was put back.")
            continue
        cell = match.submitted[m]
        if _is_locked(released) and _text_differs(cell, released):
            suspicions.append(f"The locked cell {_label(released)} had been changed; it was restored.")
        if not bare:
            suspicions += _forged(cell, released)
    suspicions += _doubled(match)
    return notes, suspicions


def _text_differs(cell: NotebookNode, released: NotebookNode) -> bool:
    """Whether more than white space at line ends, which editors change, differs."""

    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in text.strip().splitlines()]

    return bool(lines(cell.source) != lines(released.source))


def _forged(cell: NotebookNode, released: NotebookNode) -> list[str]:
    claimed, true = cell.metadata.get("nbgrader") or {}, released.metadata.nbgrader
    if not claimed:
        return [f"The cell {_label(released)} had lost the mark by which it is found; it was put back."]
    wrong = [
        key
        for key in ("grade_id", "grade", "solution", "locked", "points", "task")
        if key in true and claimed.get(key, true[key] if key in ("task", "points") else None) != true[key]
    ]
    if cell.cell_type != released.cell_type:
        wrong.append("type")
    return [
        f"The marks of the cell {_label(released)} had been changed ({', '.join(wrong)}); they were restored."
    ] * bool(wrong)


def _doubled(match: _Match) -> list[str]:
    ids = {_grade_id(cell) for cell in match.release}
    extra = {_grade_id(match.submitted[m]) for m in match.free()} & ids - {None}
    return [f"More than one cell claimed to be '{name}'; one of them was taken." for name in sorted(map(str, extra))]
