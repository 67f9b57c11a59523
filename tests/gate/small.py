"""A course with one small assignment whose gate is open, to be spoilt in one place by each test."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

import autograder
from autograder.course import Course
from autograder.gate import Report, try_gate
from autograder.grading.attempts import Options

NAME = "lesson"

_SOURCE = {
    "helpers": "# GIVEN: helpers\nimport numpy as np",
    "scale": '''# GRADED FUNCTION: scale
def scale(x, factor=2.0):
    """Multiply the entries of x by factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION''',
    "check-scale": "# CHECK: scale\nassert scale(np.ones(1)) == 2.0",
    "middle": '''# GRADED FUNCTION: middle
def middle(x):
    """The middle of the smallest and the largest entry of x."""
    ### BEGIN SOLUTION
    low, high = np.min(x), np.max(x)
    return low + (high - low) / 2
    ### END SOLUTION''',
    "check-middle": "# CHECK: middle\nassert middle(np.arange(3.0)) == 1.0",
}

ITEMS = '''"""Hidden checks of the lesson."""

import numpy as np
import pytest

from autograder.grading import expect


@pytest.mark.graded("scale", points=4)
def test_scale(student, reference, draw):
    """Entries are multiplied."""
    x = draw.randn(4)
    expect.array(student.scale(x, factor=1.5), reference.scale(x, factor=1.5), "the result")


@pytest.mark.graded("scale", points=1)
def test_scale_default(student, reference, draw):
    """The factor is two where none is given."""
    x = draw.randn(3)
    expect.array(student.scale(x), reference.scale(x), "the result")


@pytest.mark.graded("middle", points=5)
def test_middle(student, reference, draw):
    """The middle lies half way between the ends."""
    x = draw.randn(5) + 3
    expect.number(student.middle(x), reference.middle(x), "the middle")
'''

ALTERNATIVES = '''from autograder.grading.catalogue import Alternative

ALTERNATIVES = (
    Alternative(
        "scale",
        "factor first",
        """# GRADED FUNCTION: scale
def scale(x, factor=2.0):
    return factor * x
""",
    ),
    Alternative(
        "middle",
        "sorted",
        """# GRADED FUNCTION: middle
def middle(x):
    ordered = sorted(x)
    return (ordered[0] + ordered[-1]) / 2
""",
    ),
)
'''

_HINT = "Think of what happens to a single number first, " + "word " * 12 + "and then of many."

MISCONCEPTIONS = f'''from autograder.grading.catalogue import Misconception

MISCONCEPTIONS = (
    Misconception("scale-adds", "scale", "x * factor", "x + factor", "{_HINT}"),
    Misconception("middle-is-the-mean", "middle", "low + (high - low) / 2", "np.mean(x)", "{_HINT}"),
)
'''

_CONFIG = """import autograder
c = get_config()
c.CourseDirectory.course_id = "small"
autograder.configure(c)
"""


def write(root: Path) -> Course:
    """The course in a folder."""
    course = Course(root)
    (root / "nbgrader_config.py").write_text(_CONFIG)
    cells = [new_markdown_cell("# A lesson", id="title")]
    cells += [new_code_cell(source, id=name) for name, source in _SOURCE.items()]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    course.source_notebook(NAME).parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), course.source_notebook(NAME))
    checks = course.checks_folder(NAME)
    checks.mkdir(parents=True)
    (checks / f"test_{NAME}.py").write_text(ITEMS)
    (checks / "alternatives.py").write_text(ALTERNATIVES)
    (checks / "misconceptions.py").write_text(MISCONCEPTIONS)
    return course


def spoil(path: Path, text: str, other: str) -> None:
    """Put another text in the place of one that stands in a file."""
    content = path.read_text()
    assert text in content
    path.write_text(content.replace(text, other))


def configuration(course: Course) -> Config:
    """What the course's configuration file makes."""
    config = Config()
    config.CourseDirectory.root = str(course.root)
    autograder.configure(config)
    return config


def gate(course: Course) -> Report:
    """The gate's report on the lesson, as it is now."""
    return try_gate(course, [NAME], configuration(course), Options(), ())[0]
