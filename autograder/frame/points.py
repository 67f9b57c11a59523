"""The points of the hidden checks: what a release is made with, and what a gradebook must agree with."""

from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from autograder.errors import GradebookError
from autograder.grading.suite import Suite
from autograder.notebooks import Kind, Mark


def hidden_points(root: Path, checks: str, assignment: str) -> Mapping[str, float]:
    """Points of each graded function: the sum of its check items', which is the one place they live.

    Raises:
        CourseError: The checks cannot be collected.
    """
    return Suite(root / checks / assignment, root).points


def refuse_stale_gradebook(
    gradebook: Gradebook, assignment: str, release: NotebookNode, points: Mapping[str, float]
) -> None:
    """Refuse a gradebook whose points are not those of the check items.

    Args:
        gradebook: The gradebook.
        assignment: The assignment's name.
        release: The released notebook.
        points: Points of each graded function, as its check items sum up to.

    Raises:
        GradebookError: They differ, or a check cell is unknown to the gradebook.
        MissingEntry: The gradebook does not have the assignment at all.
    """
    notebook = gradebook.find_notebook(assignment, assignment)
    known = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    remedy = f"Run: nbgrader generate_assignment {assignment} --force"
    released = {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
        for cell in release.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for function, own in points.items():
        cell_id = Mark(Kind.CHECK, function).grade_id
        for place, found in (("gradebook", known.get(str(cell_id))), ("release", released.get(str(cell_id)))):
            if found is None:
                raise GradebookError(f"the {place} has no cell {cell_id}", where=assignment, remedy=remedy)
            if abs(found - own) > 1e-9:
                raise GradebookError(
                    f"the {place} gives {function} {found:g} points, its check items sum to {own:g}",
                    where=assignment,
                    remedy=remedy,
                )


__all__ = ["MissingEntry", "hidden_points", "refuse_stale_gradebook"]
