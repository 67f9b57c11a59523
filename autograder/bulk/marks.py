"""What a graded notebook says to nbgrader: the automatic score and comment of each of its cells."""

from dataclasses import dataclass

import msgspec
import nbformat
from nbformat import NotebookNode
from nbgrader import utils


@dataclass(frozen=True, slots=True)
class Marks:
    """Scores and comments by ``grade_id``.

    Attributes:
        scores: Points, or None where a person has to give them.
        comments: Automatic comments on the student's cells, or None.
    """

    scores: dict[str, float | None]
    comments: dict[str, str | None]


def read_marks(notebook: bytes) -> Marks:
    """The marks in a graded notebook's file, as nbgrader's ``SaveAutoGrades`` reads them."""
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for raw in msgspec.json.decode(notebook)["cells"]:
        if "nbgrader" not in raw["metadata"]:
            continue
        cell: NotebookNode = nbformat.from_dict({**raw, "source": "".join(raw["source"])})
        name = cell.metadata.nbgrader.grade_id
        if utils.is_grade(cell):
            scores[name], _ = utils.determine_grade(cell)
        if utils.is_solution(cell) or utils.is_task(cell):
            unchanged = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comments[name] = "No response." if unchanged and not utils.is_task(cell) else None
    return Marks(scores, comments)
