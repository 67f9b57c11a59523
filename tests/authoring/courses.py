"""Small source notebooks and courses for the tests of authoring."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateAssignment
from traitlets.config import Config

from autograder.authoring import CheckRelease, TagCells
from autograder.course import Course

HELPERS = """# GIVEN: helpers
import matplotlib.pyplot as plt
import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def plot_line(x, y):
    plt.plot(x, y)"""

SCALE = '''# GRADED FUNCTION: scale
def scale(x, factor=2.0):
    """Multiply x by factor."""
    ### BEGIN SOLUTION
    enlarged = x * factor  # element by element
    return enlarged
    ### END SOLUTION'''

SHIFT = '''# GRADED FUNCTION: shift
def shift(x, by):
    """Add by to x, after relu."""
    positive = relu(x)
    ### BEGIN SOLUTION
    moved = np.add(positive, by)
    return moved
    ### END SOLUTION'''

DEMO = """# DEMO
try:
    plot_line([0, 1], [0, scale(1.0)])
except NotImplementedError:
    print("Write scale first.")"""

POINTS = {"scale": 10.0, "shift": 4.0}

CHECKS = '''"""Hidden checks."""
import pytest


@pytest.mark.graded("scale", points=10)
def test_scale(student):
    """Numbers are multiplied."""
    assert student.scale(3.0, factor=1.5) == 4.5, "not multiplied"
'''


def cells() -> list[NotebookNode]:
    """A lesson with two graded functions, a demonstration and a written question."""
    return [
        new_markdown_cell("# A lesson", id="title"),
        new_code_cell(HELPERS, id="helpers"),
        new_code_cell(SCALE, id="scale"),
        new_code_cell("print(scale(2.0))", id="example"),
        new_code_cell("# CHECK: scale\nassert scale(1.0) == 2.0", id="check-scale"),
        new_code_cell(SHIFT, id="shift"),
        new_code_cell("# CHECK: shift\nassert shift(-1.0, 1.0) == 1.0", id="check-shift"),
        new_code_cell("# GIVEN\nanswer = 42", id="nameless"),
        new_code_cell(DEMO, id="demo"),
        new_markdown_cell("<!-- WRITTEN: why, 3 points -->\nWhy does it grow?", id="why"),
        new_markdown_cell("Because the factor is larger than one.", id="answer"),
    ]


def lesson(*extra: NotebookNode, without: tuple[str, ...] = ()) -> NotebookNode:
    """The lesson as a notebook, without some cells by id, with others at its end."""
    kept = [cell for cell in cells() if cell.id not in without]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=[*kept, *extra], metadata={"kernelspec": kernel})


def by_id(notebook: NotebookNode, cell_id: str) -> NotebookNode:
    """The cell with an id."""
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def write_course(root: Path, notebook: NotebookNode, name: str = "lesson") -> Course:
    """A course of one assignment on disk, with its hidden checks."""
    course = Course(root)
    path = course.source_notebook(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    checks = course.checks_folder(name) / f"test_{name}.py"
    checks.parent.mkdir(parents=True, exist_ok=True)
    checks.write_text(CHECKS)
    return course


def configuration(course: Course) -> Config:
    """The configuration that a course has for generating: our steps around nbgrader's own."""
    config = Config()
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.course_id = "small"
    config.TagCells.points_of = lambda _root, _assignment: POINTS
    stock = GenerateAssignment.class_traits()["preprocessors"].default()
    config.GenerateAssignment.preprocessors = [TagCells, *stock, CheckRelease]
    return config
