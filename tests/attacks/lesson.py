"""The course that is attacked: three small functions, secrets planted wherever an attacker could look."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring import build
from autograder.cli.demo import demo_config
from autograder.course import Course
from autograder.notebooks import Kind, read_mark

from .model import INPUT, MARKER, NUMBER, ROOT, Attack

ASSIGNMENT = "target"
POINTS = {"blend": 10.0, "shift": 4.0, "chain": 6.0}
WRONG_BLEND = "def blend(x, weight):\n    return weight * x"
RIGHT_BLEND = "def blend(x, weight):\n    return weight * x + (1 - weight) * x.mean()"
RIGHT = {
    "blend": RIGHT_BLEND,
    "shift": "def shift(x, by):\n    return np.maximum(0, x) + by",
    "chain": "def chain(x):\n    return shift(blend(x, 0.5), 1.0)",
}

_SOURCE = (
    "# GIVEN: helpers\nimport numpy as np\n\n\ndef average(x):\n    return x.mean()",
    f'''# GRADED FUNCTION: blend
def blend(x, weight):
    """Mix x with its mean."""
    ### BEGIN SOLUTION
    remark = "{MARKER}-solution"
    return weight * x + (1 - weight) * average(x)
    ### END SOLUTION''',
    "# CHECK: blend\nassert blend(np.array([1.0, 3.0]), 0.5).tolist() == [1.5, 2.5]",
    '''# GRADED FUNCTION: shift
def shift(x, by):
    """Clip x at zero and add."""
    ### BEGIN SOLUTION
    return np.maximum(0, x) + by
    ### END SOLUTION''',
    "# CHECK: shift\nassert shift(np.array([-1.0]), 1.0) == 1.0",
    '''# GRADED FUNCTION: chain
def chain(x):
    """Blend by half, then shift by one."""
    ### BEGIN SOLUTION
    return shift(blend(x, 0.5), 1.0)
    ### END SOLUTION''',
    "# CHECK: chain\nassert chain(np.array([1.0, 3.0])).shape == (2,)",
)

# Two habits of authors: the platform's comparison, and plain numpy in an assertion.
_CHECKS = f'''"""Hidden checks."""
import numpy as np
import pytest

from autograder.grading import expect

SECRET = "{MARKER}-checks"
KNOWN = np.array([{INPUT}, {2 * float(NUMBER) - INPUT}])


@pytest.mark.graded("blend", points=3)
def test_known(student):
    """A known pair is mixed."""
    expect.array(student.blend(KNOWN, 0.0), np.array([{NUMBER}.0, {NUMBER}.0]), "the mix")


@pytest.mark.graded("blend", points=3)
def test_random(student, reference, draw):
    """Random numbers are mixed."""
    x = draw.randn(4, 3)
    assert np.allclose(student.blend(x, 0.25), reference.blend(x, 0.25)), "not the mix"


@pytest.mark.graded("blend", points=4)
def test_tested(student, reference, draw):
    """A column is mixed."""
    x = draw.randn(5, 1)
    seen = student.blend(x, 0.75)
    try:
        np.testing.assert_allclose(seen, reference.blend(x, 0.75))
    except AssertionError:
        raise AssertionError("not the mix") from None


@pytest.mark.graded("shift", points=4)
def test_shift(student, reference, draw):
    """Numbers are clipped and moved."""
    x = draw.randn(6)
    expect.array(student.shift(x, 2.0), reference.shift(x, 2.0), "the shifted numbers")


@pytest.mark.graded("chain", points=6)
def test_chain(student, reference, draw):
    """Both together."""
    x = draw.randn(6)
    expect.array(student.replaced(blend=reference.blend).chain(x), reference.chain(x), "the chain")
'''

# Every limit is small: what must be bounded is bounded in the suite's time. Nobody's honest work comes near.
_CONFIG = '''"""A course under attack."""

import autograder

c = get_config()
c.CourseDirectory.course_id = "under-attack"
c.Autograder.cell_seconds = c.Autograder.call_seconds = 1.0
c.Autograder.submission_seconds = 6.0
c.Autograder.cpu_seconds = 4
c.Autograder.memory_bytes = 512 << 20
c.Autograder.processes = 24
c.Autograder.file_bytes = c.Autograder.disk_bytes = 8 << 20
c.Autograder.output_bytes = 100_000
c.Autograder.reply_bytes = 4 << 20
c.Autograder.max_bytes = 1 << 20
autograder.configure(c)
'''


def make_course(root: Path) -> Course:
    """The course on disk, released, with its secrets."""
    course = Course(root)
    cells = [new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(_SOURCE)]
    cells += [
        new_markdown_cell("<!-- WRITTEN: why, 2 points -->\nWhy?", id="why"),
        new_markdown_cell("Because.", id="answer"),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    _write(
        course.source_notebook(ASSIGNMENT), nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": kernel}))
    )
    checks = course.checks_folder(ASSIGNMENT)
    _write(checks / f"test_{ASSIGNMENT}.py", _CHECKS)
    np.savez(checks / "expected.npz", secret=np.array(f"{MARKER}-expected".encode()))
    _write(root / "nbgrader_config.py", _CONFIG)
    _write(root / ".bash_history", f"export TOKEN={MARKER}-history\n")
    build(course, ASSIGNMENT, demo_config(course))
    return course


def plant_gradebook(root: Path) -> None:
    """A gradebook for a naive grader, which has none of its own."""
    with sqlite3.connect(root / "gradebook.db") as database:
        database.execute("create table grade (student text, remark text)")
        database.execute("insert into grade values ('ada', ?)", (f"{MARKER}-gradebook",))
    database.close()


def notebook_with(
    course: Course, answers: dict[str, str], before: Iterable[str] = (), last: Iterable[str] = ()
) -> NotebookNode:
    """The release with these functions written, and further cells."""
    notebook = course.read_release(ASSIGNMENT)
    first = next(n for n, cell in enumerate(notebook.cells) if (mark := read_mark(cell)) and mark.kind is Kind.GRADED)
    for cell in notebook.cells:
        mark = read_mark(cell)
        if mark is not None and mark.kind is Kind.GRADED and mark.name in answers:
            cell.source = f"# GRADED FUNCTION: {mark.name}\n{answers[mark.name]}"
    notebook.cells[first:first] = [new_code_cell(source) for source in before]
    notebook.cells += [new_code_cell(source) for source in last]
    return notebook


def hostile_notebook(course: Course, attack: Attack) -> NotebookNode:
    """The attack's notebook."""
    answers = {**RIGHT, "blend": attack.blend or WRONG_BLEND, "chain": attack.chain or RIGHT["chain"]}
    notebook = notebook_with(course, answers, attack.cells, attack.last)
    for cell in notebook.cells:
        cell.source = cell.source.replace(ROOT, str(course.root))
    if attack.edit is not None:
        attack.edit(notebook)
    return notebook


def submit(course: Course, student: str, notebook: NotebookNode) -> Path:
    """Hand a notebook in; the submitted folder."""
    return _write(course.root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", json.dumps(notebook)).parent


def submit_attack(course: Course, attack: Attack) -> Path:
    """Hand an attack in, and what its friend brings; the submitted folder."""
    if attack.friend is not None:
        submit(course, f"{attack.who}-a-friend", notebook_with(course, RIGHT, (attack.friend,)))
    folder = course.root / "submitted" / (f"{attack.who}-b" if attack.friend else attack.who) / ASSIGNMENT
    folder.parent.mkdir(parents=True)
    if attack.folder is not None:
        attack.folder(course.root, folder)
        return folder
    folder.mkdir()
    text = json.dumps(hostile_notebook(course, attack)).encode() if attack.content is None else attack.content
    (folder / f"{ASSIGNMENT}.ipynb").write_bytes(text)
    return folder


HONEST = {
    "ada": (RIGHT, ()),
    "bob": ({**RIGHT, "blend": WRONG_BLEND}, ("print('a look at it'); np.arange(3)",)),
    "cleo": ({}, ()),
    "dora": (RIGHT, (f"note = '{MARKER}-neighbour'\nnp.ones(2)",)),
    "emil": ({**RIGHT, "shift": "def shift(x, by):\n    return x + missing"}, ("1 / 0",)),
}


def submit_honest(course: Course) -> None:
    """Hand the honest submissions in, spread over the class: grading goes by name."""
    for n, (name, (answers, before)) in enumerate(HONEST.items()):
        submit(course, f"c{n}5-honest-{name}", notebook_with(course, answers, before))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
