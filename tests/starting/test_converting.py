"""A plain nbgrader notebook becomes a source notebook and check items; what a person must still write is listed."""

import ast
from pathlib import Path

import nbformat
import nbgrader
import pytest
from commands import PROJECT
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring import tag
from autograder.starting import Conversion, convert

MEAN = '''def mean(x):
    """The mean."""
    ### BEGIN SOLUTION
    return np.sum(x) / x.size
    ### END SOLUTION'''
TESTS = """assert mean(np.ones(2)) == 1
### BEGIN HIDDEN TESTS
assert mean(np.arange(3.0)) == 1
### END HIDDEN TESTS"""
IMPORT = "import numpy as np"


def cell(source: str, kind: str = "code", **roles: object) -> NotebookNode:
    """A cell, with nbgrader's metadata where roles are given."""
    made = (new_code_cell if kind == "code" else new_markdown_cell)(source)
    if roles:
        plain = {"grade": False, "solution": False, "locked": False, "task": False, "grade_id": "an-id"}
        made.metadata["nbgrader"] = {"schema_version": 3, **plain, **roles}
    return made


def converted(*cells: NotebookNode) -> Conversion:
    return convert(new_notebook(cells=list(cells)), "lesson", "lesson.ipynb")


def usual(*more: NotebookNode) -> Conversion:
    return converted(
        cell(IMPORT), cell(MEAN, solution=True), cell(TESTS, grade=True, locked=True, points=3), *more
    )  # fmt: skip


def test_the_notebook_of_the_tutorial_becomes_the_source_of_the_example() -> None:
    plain = nbformat.read(PROJECT / "docs" / "rank_correlation.ipynb", 4)
    source = PROJECT / "examples" / "statistics" / "source" / "rank_correlation" / "rank_correlation.ipynb"
    made = convert(plain, "rank_correlation", "rank_correlation.ipynb")
    assert f"{nbformat.writes(made.notebook)}\n" == source.read_text()
    assert (made.functions, made.tests, made.questions) == (("ranks", "rank_correlation", "p_value"), 3, 1)


def test_the_notebook_of_nbgraders_own_documentation_is_converted() -> None:
    """Its first problem: visible tests only, code graded by hand, a written answer and a task."""
    docs = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source" / "ps1" / "problem1.ipynb"
    if not docs.is_file():
        pytest.skip("this nbgrader comes without its documentation: install one that has it")
    made = convert(nbformat.read(docs, 4), "problem1", "problem1.ipynb")
    assert (made.functions, made.tests, made.questions) == (("squares", "sum_of_squares"), 4, 2)
    assert "cell 17: code that is graded by hand. Make it a graded function, or a written question" in made.to_write
    tag(made.notebook, {"squares": 2.0, "sum_of_squares": 1.0})


def test_cells_get_their_first_lines_and_lose_the_metadata() -> None:
    made = usual()
    firsts = [one.source.split("\n")[0] for one in made.notebook.cells]
    assert firsts == ["# GIVEN: helpers", "# GRADED FUNCTION: mean", "# CHECK: mean"]
    assert all("nbgrader" not in one.metadata for one in made.notebook.cells)
    tag(made.notebook, {"mean": 3.0})  # which refuses what is no source


def test_hidden_tests_become_an_item_and_only_visible_ones_are_released() -> None:
    made = usual()
    check = made.notebook.cells[2].source
    assert "np.ones(2)" in check and "np.arange" not in check
    assert "np.arange(3.0)" in made.items and "np.ones(2)" not in made.items
    assert '@pytest.mark.graded("mean", points=3)' in made.items
    assert "mean = student.mean" in made.items and "import numpy as np" in made.items
    ast.parse(made.items)


def test_a_person_is_told_of_docstrings_and_of_the_catalogue() -> None:
    assert usual().to_write == (
        "test_mean_1: its docstring, the line that the student reads",
        "mean: an alternative and a misconception, in alternatives.py and misconceptions.py",
    )


def test_given_helpers_are_found_in_the_reference() -> None:
    helper = cell("import numpy as np\n\n\ndef near(a, b):\n    return abs(a - b) < 1e-9")
    tests = "### BEGIN HIDDEN TESTS\nassert near(mean(np.ones(2)), 1)\n### END HIDDEN TESTS"
    made = converted(helper, cell(MEAN, solution=True), cell(tests, grade=True, locked=True, points=1))
    assert made.notebook.cells[0].source.startswith("# GIVEN: near\n")
    assert "def test_mean_1(student, reference):" in made.items
    assert "near = reference.module.near" in made.items


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (cell("x = 3 ### BEGIN SOLUTION", solution=True), "cell 4: its solution is no function"),
        (cell(MEAN, solution=True), "cell 4: it solves mean, as a cell above does"),
        (cell("assert True", grade=True, locked=True, points=1), "cell 4: its tests call no graded function"),
        (cell("mean(x", grade=True, locked=True, points=1), "cell 4: its tests are not Python"),
        (cell("assert mean(1)", grade=True, locked=True, points=1), "test_mean_2: what it checks: all tests of its"),
        (cell(TESTS, grade=True, locked=True, points=0), "cell 4: its tests of mean had no points"),
        (cell("x", grade=True, solution=True, points=1), "cell 4: code that is graded by hand"),
        (cell("why", "markdown", grade=True, solution=True, points=1), "cell 4: no text above it asks the question"),
        (cell("def f(x):\n    return 1", solution=True), "f: a check item at least; the notebook had no tests"),
        (
            cell("### BEGIN SOLUTION\ndef f(x):\n    return 1\n### END SOLUTION", solution=True),
            "cell 4, f: the whole function is a solution. Leave its def and docstring outside",
        ),
        (
            cell("### BEGIN HIDDEN TESTS\nassert mean(data) == 1\n### END HIDDEN TESTS", grade=True, points=1),
            "test_mean_2: data, to be made in it",
        ),
        (
            cell(
                "### BEGIN HIDDEN TESTS\ntry:\n    mean(1)\nexcept TypeError:\n    pass\n### END HIDDEN TESTS",
                grade=True, points=1,
            ),
            "test_mean_2: it waits for an exception",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_said(more: NotebookNode, says: str) -> None:
    assert any(line.startswith(says) for line in usual(more).to_write), usual(more).to_write


def test_a_solution_without_markers_is_marked_below_its_docstring() -> None:
    made = converted(cell(IMPORT), cell('def f(x):\n    """Two."""\n    y = x\n    return y\n', solution=True))
    assert made.notebook.cells[1].source == (
        '# GRADED FUNCTION: f\ndef f(x):\n    """Two."""\n    ### BEGIN SOLUTION\n    y = x\n    return y\n'
        "    ### END SOLUTION\n"
    )


def test_markers_count_where_metadata_was_never_set() -> None:
    made = converted(cell(IMPORT), cell(MEAN), cell(TESTS))
    assert made.functions == ("mean",)
    assert made.tests == 1


def test_a_question_graded_by_hand_keeps_its_name_and_points() -> None:
    made = usual(
        cell("Why?", "markdown"), cell("Because.", "markdown", grade=True, solution=True, points=2, grade_id="why é")
    )
    assert made.notebook.cells[-2].source == "<!-- WRITTEN: why--, 2 points -->\nWhy?"
    assert made.questions == 1


def test_a_task_becomes_a_question_without_its_mark_scheme() -> None:
    task = "Draw it.\n### BEGIN MARK SCHEME\nOne point each.\n### END MARK SCHEME"
    made = usual(cell(task, "markdown", task=True, points=2, grade_id="draw"))
    assert made.notebook.cells[-2].source == "<!-- WRITTEN: draw, 2 points -->\nDraw it."
    assert any("its mark scheme is left out" in line for line in made.to_write)


def test_a_cell_that_only_plots_becomes_a_demonstration() -> None:
    assert usual(cell("plt.plot(mean(x))")).notebook.cells[-1].source.startswith("# DEMO\n")


def test_outputs_are_left_behind() -> None:
    with_output = cell(IMPORT)
    with_output.outputs = [nbformat.v4.new_output("stream", text="secret")]
    made = converted(with_output, cell(MEAN, solution=True), cell(TESTS, grade=True, points=1))
    assert "secret" not in nbformat.writes(made.notebook)
