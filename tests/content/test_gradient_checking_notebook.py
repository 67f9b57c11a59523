"""The gradient checking lesson, run as a learner meets it: finished, unwritten, and cell by cell."""

import ast
import builtins
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.notebooks import Kind, graded_names, marked, read_mark

SOURCE = Path(__file__).parents[2] / "source" / "gradient_checking" / "gradient_checking.ipynb"
NOTEBOOK = nbformat.read(SOURCE, as_version=4)
FUNCTIONS = graded_names(NOTEBOOK)
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.MULTILINE | re.DOTALL)
EXPECTED_OUTPUT = re.compile(r"Expected output[^\n]*:\s*```text\n(.*?)\n```", re.DOTALL)


def kind_of(cell: NotebookNode) -> Kind | None:
    """What the cell's first line makes it; None for prose and for a learner's own cell."""
    mark = read_mark(cell)
    return mark.kind if mark else None


def cell_of(kind: Kind, name: str) -> NotebookNode:
    """The one cell of that kind and name."""
    (found,) = [cell for mark, cell in marked(NOTEBOOK.cells) if (mark.kind, mark.name) == (kind, name)]
    return found


def block_of(name: str) -> list[NotebookNode]:
    """The cells from the function's explanation to its check, prose and code."""
    graded, check = (NOTEBOOK.cells.index(cell_of(kind, name)) for kind in (Kind.GRADED, Kind.CHECK))
    return list(NOTEBOOK.cells[graded - 1 : check + 1])


def example_of(name: str) -> NotebookNode:
    """The learner's own cell between the function and its check."""
    (example,) = [cell for cell in block_of(name) if cell.cell_type == "code" and kind_of(cell) is None]
    return example


def as_released() -> NotebookNode:
    """The notebook with every solution replaced by a stub."""
    notebook = nbformat.from_dict(NOTEBOOK)
    for cell in notebook.cells:
        cell.source = SOLUTION.sub(r"\1raise NotImplementedError()", cell.source)
    return notebook


def executed(notebook: NotebookNode, *, allow_errors: bool) -> list[NotebookNode]:
    """The notebook's code cells after a run in a fresh kernel in which every warning is an error."""
    strict = nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')")
    # The kernel's own shutdown warns, which is no business of the lesson.
    lenient = nbformat.v4.new_code_cell("warnings.simplefilter('ignore')")
    run = nbformat.from_dict(notebook)
    run.cells = [strict, *run.cells, lenient]
    NotebookClient(run, timeout=60, kernel_name="python3", allow_errors=allow_errors).execute()
    return [cell for cell in run.cells[1:-1] if cell.cell_type == "code"]


def printed(cell: NotebookNode) -> str:
    """What the cell wrote to standard output."""
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def raised(cell: NotebookNode) -> str | None:
    """The name of the exception that ended the cell, or None."""
    return next((str(output.ename) for output in cell.outputs if output.output_type == "error"), None)


def given_namespace() -> dict[str, Any]:
    """A fresh namespace in which the given cells have run."""
    namespace: dict[str, Any] = {}
    for mark, cell in marked(NOTEBOOK.cells):
        if mark.kind is Kind.GIVEN:
            exec(cell.source, namespace)
    return namespace


@pytest.fixture(scope="module")
def finished() -> list[NotebookNode]:
    """The code cells of the source, run from top to bottom."""
    return executed(nbformat.from_dict(NOTEBOOK), allow_errors=False)


@pytest.fixture(scope="module")
def unwritten() -> list[NotebookNode]:
    """The code cells with stubs, each run whatever became of those before it."""
    return executed(as_released(), allow_errors=True)


def test_the_source_is_a_clean_notebook() -> None:
    """Valid, with unique ids, and without outputs, counts or metadata that would change from run to run."""
    nbformat.validate(NOTEBOOK)
    assert len({cell.id for cell in NOTEBOOK.cells}) == len(NOTEBOOK.cells)
    assert not any(cell.metadata for cell in NOTEBOOK.cells)
    code = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_the_five_functions_come_in_the_order_of_the_lesson() -> None:
    """The check of a whole network comes before the backward pass whose mistakes it finds."""
    assert FUNCTIONS == (
        "forward_propagation",
        "backward_propagation",
        "gradient_check",
        "gradient_check_n",
        "backward_propagation_n",
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_explained_then_written_then_tried_then_checked(name: str) -> None:
    """Prose with a task, the graded cell, a cell of the learner's own, the locked check."""
    explanation, *rest = block_of(name)
    assert explanation.cell_type == "markdown"
    assert "**Your task.**" in explanation.source
    kinds = [kind_of(cell) for cell in rest if cell.cell_type == "code"]
    assert kinds == [Kind.GRADED, None, Kind.CHECK]


def test_the_network_and_the_draft_stand_before_the_functions_that_need_them() -> None:
    """Only the training, which is for show, comes after the last graded function."""
    marks = [mark for mark, _ in marked(NOTEBOOK.cells)]
    first = next(number for number, mark in enumerate(marks) if mark.name == "gradient_check_n")
    late = [mark.name for mark in marks[first:] if mark.kind is Kind.GIVEN]
    assert late == ["training"]


def test_the_written_question_comes_last_with_a_place_for_the_answer() -> None:
    """The question, worth three points, and after it a markdown cell that is nothing else."""
    question, answer = NOTEBOOK.cells[-2:]
    mark = read_mark(question)
    assert mark is not None
    assert (mark.kind, mark.name, mark.points) == (Kind.WRITTEN, "when-to-check", 3)
    assert answer.cell_type == "markdown"
    assert read_mark(answer) is None


def test_nothing_but_numpy_and_matplotlib_is_imported() -> None:
    """No cell imports anything else, and no cell imports twice."""
    code = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.cell_type == "code")
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == [
        "import matplotlib.pyplot as plt",
        "import numpy as np",
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_graded_function_needs_only_the_given_cells(name: str) -> None:
    """Every name that the function reads is its own, a given one, Python's, or an earlier graded function's."""
    namespace = given_namespace()
    for earlier in FUNCTIONS[: FUNCTIONS.index(name)]:
        exec(cell_of(Kind.GRADED, earlier).source, namespace)
    exec(cell_of(Kind.GRADED, name).source, namespace)
    tree = ast.parse(cell_of(Kind.GRADED, name).source)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    local = set(namespace[name].__code__.co_varnames)
    assert read - local <= namespace.keys() | set(dir(builtins))


def test_the_finished_notebook_runs_without_errors_and_warnings(finished: list[NotebookNode]) -> None:
    """Warnings are errors in that kernel, so a warning would have ended the run."""
    outputs = [output for cell in finished for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert [output for output in outputs if output.output_type == "error"] == []


def test_every_demonstration_of_the_finished_notebook_shows_one_picture(finished: list[NotebookNode]) -> None:
    """A figure that is left open would show up again under a later cell; one demonstration only prints."""
    pictures = {
        cell.id: sum("image/png" in output.get("data", {}) for output in cell.outputs)
        for cell in finished
        if kind_of(cell) is Kind.DEMO
    }
    assert pictures.pop("vectors-demo") == 0
    assert len(pictures) == 5
    assert set(pictures.values()) == {1}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_example_prints_the_output_shown_below_it(name: str, finished: list[NotebookNode]) -> None:
    """The expected output in the prose is what the reference really prints."""
    prose = "\n".join(cell.source for cell in block_of(name) if cell.cell_type == "markdown")
    shown = EXPECTED_OUTPUT.findall(prose)
    (example,) = [cell for cell in finished if cell.id == example_of(name).id]
    assert shown == [printed(example).rstrip("\n")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_check_says_that_it_passed(name: str, finished: list[NotebookNode]) -> None:
    """Silence would leave a learner wondering whether the cell ran at all."""
    (check,) = [cell for cell in finished if cell.id == cell_of(Kind.CHECK, name).id]
    assert printed(check).endswith(f"The visible checks of {name} pass.\n")


def test_unwritten_functions_stop_only_examples_and_checks(unwritten: list[NotebookNode]) -> None:
    """Given cells and demonstrations run to their end in a notebook of stubs."""
    stopped = {cell.id: raised(cell) for cell in unwritten if raised(cell)}
    expected = {cell.id for name in FUNCTIONS for cell in (example_of(name), cell_of(Kind.CHECK, name))}
    assert stopped == dict.fromkeys(expected, "NotImplementedError")


def test_a_demonstration_names_the_function_to_write_first(unwritten: list[NotebookNode]) -> None:
    """One line instead of a traceback; demonstrations of given helpers alone ask for nothing."""
    said = {cell.id: printed(cell) for cell in unwritten if kind_of(cell) is Kind.DEMO}
    waiting = "Write backward_propagation_n first, then run this cell again.\n"
    assert {name: text for name, text in said.items() if text.startswith("Write")} == dict.fromkeys(
        ("tangents-demo", "spoiled-demo", "training-demo"), waiting
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_copied_from_the_example_fails_the_check(name: str) -> None:
    """The function that always returns what it returned in the example is no solution."""
    namespace = given_namespace()
    for function in FUNCTIONS:
        exec(cell_of(Kind.GRADED, function).source, namespace)
    namespace["print"] = lambda *_, **__: None
    answers: list[object] = []

    def recording(*args: object, right: Callable[..., object] = namespace[name], **kwargs: object) -> object:
        answers.append(right(*args, **kwargs))
        return answers[-1]

    namespace[name] = recording
    exec(example_of(name).source, namespace)
    namespace[name] = lambda *_, **__: answers[-1]
    with pytest.raises(AssertionError):
        exec(cell_of(Kind.CHECK, name).source, namespace)


def differing_lines(one: str, other: str) -> list[str]:
    """The lines of one cell that the other hasn't."""
    return [line.strip() for line in one.splitlines() if line not in other.splitlines()]


def test_the_draft_differs_from_the_solution_in_one_weight_and_one_bias() -> None:
    """Everything else is handed out right, so that the mistakes can be found by comparing gradients."""
    draft = cell_of(Kind.GIVEN, "backward-draft").source
    body = draft[draft.index("    dZ3 = ") :]
    (solution,) = SOLUTION.finditer(cell_of(Kind.GRADED, "backward_propagation_n").source)
    assert [line.split(" = ")[0] for line in differing_lines(body, solution.group())] == ["dW2", "db1"]


def test_the_gradient_check_catches_the_draft_and_trusts_the_mended_pass() -> None:
    """With each mistake alone, too."""
    space = given_namespace()
    for function in FUNCTIONS:
        exec(cell_of(Kind.GRADED, function).source, space)
    space["print"] = lambda *_, **__: None
    parameters, (X, Y) = space["initialize_parameters"](), space["small_problem"]()
    cache = space["forward_propagation_n"](X, Y, parameters)[1]
    right, draft = (space[name](X, Y, cache) for name in ("backward_propagation_n", "draft_backward_propagation_n"))
    difference = space["gradient_check_n"]
    assert difference(parameters, right, X, Y) < 2e-7
    for name in ("dW2", "db1"):
        assert difference(parameters, right | {name: draft[name]}, X, Y) > 1e-3


def test_the_visible_check_refuses_the_draft() -> None:
    """A learner who only copies it is told that a gradient is still wrong."""
    space = given_namespace()
    space["print"] = lambda *_, **__: None
    space["backward_propagation_n"] = space["draft_backward_propagation_n"]
    with pytest.raises(AssertionError, match="still wrong"):
        exec(cell_of(Kind.CHECK, "backward_propagation_n").source, space)


def test_the_visible_check_of_the_swapped_functions_puts_them_back() -> None:
    """Also where it fails: a wrong gradient_check must not spoil the functions that it calls."""
    space = given_namespace()
    space["print"] = lambda *_, **__: None
    for function in FUNCTIONS[:2]:
        exec(cell_of(Kind.GRADED, function).source, space)
    own = [space[function] for function in FUNCTIONS[:2]]
    space["gradient_check"] = lambda *_, **__: 0.0
    with pytest.raises(AssertionError):
        exec(cell_of(Kind.CHECK, "gradient_check").source, space)
    assert [space[function] for function in FUNCTIONS[:2]] == own
