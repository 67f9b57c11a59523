"""nbgrader's own Validate, by command or JupyterLab's button: visible examples in a stock kernel, nothing hidden."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.grading.suite import Suite

ASSIGNMENT = "gradient_checking"  # whose given helpers train nothing
PATIENT = Config({"ExecutePreprocessor": {"timeout": 300, "iopub_timeout": 120}})


@pytest.fixture(scope="module")
def right(project: Course) -> Material:
    return Material.of(project, ASSIGNMENT)


def validated(notebook: NotebookNode, folder: Path) -> dict[str, list[dict[str, str]]]:
    """What both the command and the button show."""
    nbformat.write(notebook, folder / "mine.ipynb")
    found: dict[str, list[dict[str, str]]] = Validator(config=PATIENT).validate(str(folder / "mine.ipynb"))
    return found


@pytest.mark.long  # a kernel runs the whole lesson
def test_it_names_the_failing_examples_says_why_and_reveals_nothing(
    right: Material, project: Course, tmp_path: Path
) -> None:
    mine = right.right()
    stub = graded_cell(right.release, "backward_propagation").source
    graded_cell(mine, "backward_propagation").source = stub
    graded_cell(
        mine, "forward_propagation"
    ).source = "# GRADED FUNCTION: forward_propagation\ndef forward_propagation(x, theta):\n    return x + theta"
    failed = {one["source"].split("\n")[0]: one["raw_error"] for one in validated(mine, tmp_path)["failed"]}
    assert "With x = 3 and theta = 7 the cost is 21." in failed["# CHECK: forward_propagation"]
    assert "NotImplementedError" in failed["# CHECK: backward_propagation"]
    assert "# CHECK: backward_propagation_n" not in failed
    shown = "\n".join(failed.values())
    items = Suite(project.checks_folder(ASSIGNMENT), project.root).items
    assert items
    assert not [item.line for item in items if item.line in shown]


def test_a_changed_locked_cell_is_reported(right: Material, tmp_path: Path) -> None:
    mine = right.right()
    check = next(cell for cell in mine.cells if cell.source.startswith("# CHECK: forward_propagation"))
    check.source += "\nprint('mine')"
    mine.cells = [cell for cell in mine.cells if cell is check or cell.cell_type == "markdown"]
    [changed] = validated(mine, tmp_path)["changed"]
    assert changed["source"] == check.source
