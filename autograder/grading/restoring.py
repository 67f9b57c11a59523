"""A submission made whole again: every cell of the release in its own form, what was tampered with noted.

The release is the truth about which cells there are, which of them are locked, their ids and points.
The submission has a say in two things only: the source of cells that are the student's to write, and
the order of cells.
"""

import copy
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.grading.differences import differences
from autograder.grading.matching import Match, defined_elsewhere, grade_id_of, is_locked, matched
from autograder.notebooks import Kind, marked


@dataclass(frozen=True, slots=True)
class Restored:
    """A submission whose cells are the release's again.

    Attributes:
        notebook: The notebook to run and to show.
        notes: What was missing or mended, a line each, for the student and the instructor.
        suspicions: What looks like tampering and a person should see, a line each.
        absent: Graded functions whose cells were missing and put back.
        elsewhere: Graded functions whose cells are as released while another cell defines them.
    """

    notebook: NotebookNode
    notes: tuple[str, ...]
    suspicions: tuple[str, ...]
    absent: frozenset[str]
    elsewhere: frozenset[str]

    @property
    def stubs(self) -> frozenset[str]:
        """Graded functions whose cells are not to be run: a stub would hide what another cell defines."""
        return self.absent | self.elsewhere


def restore(submitted: NotebookNode, release: NotebookNode) -> Restored:
    """Bring a submission back to the form of its release.

    Cells are found by id and first line, else by first line, else by id, else by the graded function that
    they define, else by place. Locked cells get the release's source, all get its metadata, missing ones are
    put back where they stood.

    Args:
        submitted: The notebook as `read_notebook` gives it; it is not changed.
        release: The released notebook.
    """
    match = matched(release.cells, copy.deepcopy(list(submitted.cells)))
    elsewhere = defined_elsewhere(match)
    notes, suspicions = differences(match)
    notes += [f"{name} was taken from another cell; its own was left as released." for name in sorted(elsewhere)]
    notebook = NotebookNode(
        cells=_assembled(match), metadata=copy.deepcopy(release.metadata), nbformat=4, nbformat_minor=5
    )
    missing = [cell for n, cell in enumerate(release.cells) if grade_id_of(cell) and n not in match.found]
    absent = frozenset(mark.name for mark, _ in marked(missing) if mark.kind is Kind.GRADED)
    return Restored(notebook, tuple(notes), tuple(suspicions), absent, elsewhere)


def _assembled(match: Match) -> list[NotebookNode]:
    """The submission's cells in their order, each in its release's form, the missing ones in place."""
    standing = {m: n for n, m in match.found.items()}
    cells: list[NotebookNode] = []
    missing = [n for n, cell in enumerate(match.release) if grade_id_of(cell) and n not in match.found]
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
    if not is_locked(released):
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
