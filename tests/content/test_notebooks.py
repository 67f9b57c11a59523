"""Every lesson, run as a learner meets it: finished, unwritten, and cell by cell."""

import ast
import builtins
import re
from collections.abc import Callable
from functools import cache

import nbformat
import pytest
from lessons import executed, kind_of, printed, raised, read
from nbformat import NotebookNode

from autograder.notebooks import Kind, marked, read_mark

EXPECTED_OUTPUT = re.compile(r"Expected output[^\n]*:\s*```text\n(.*?)\n```", re.DOTALL)
IMPORTS = ["import matplotlib.pyplot as plt", "import numpy as np"]

# Each function builds on those before it.
FUNCTIONS = {
    "initialization": (
        "initialize_parameters_zeros",
        "initialize_parameters_random",
        "initialize_parameters_he",
    ),
    "regularization": (
        "compute_cost_with_regularization",
        "backward_propagation_with_regularization",
        "forward_propagation_with_dropout",
        "backward_propagation_with_dropout",
    ),
    # The check of a whole network comes before the backward pass whose mistakes it finds.
    "gradient_checking": (
        "forward_propagation",
        "backward_propagation",
        "gradient_check",
        "gradient_check_n",
        "backward_propagation_n",
    ),
    "optimization": (
        "update_parameters_with_gd",
        "random_mini_batches",
        "initialize_velocity",
        "update_parameters_with_momentum",
        "initialize_adam",
        "update_parameters_with_adam",
    ),
}
QUESTIONS = {
    "initialization": "zero-weights",
    "regularization": "mask-and-scale",
    "gradient_checking": "when-to-check",
    "optimization": "batch-size",
}
# The demonstrations that need graded functions, and the one that each asks for first.
WAITING = {
    "initialization": {
        "symmetry-demo": "initialize_parameters_zeros",
        "scale-demo": "initialize_parameters_random",
        "depth-demo": "initialize_parameters_he",
        "training-demo": "initialize_parameters_zeros",
    },
    "regularization": {
        "prices-demo": "backward_propagation_with_regularization",
        "comparison-demo": "backward_propagation_with_regularization",
    },
    "gradient_checking": {
        "tangents-demo": "backward_propagation_n",
        "spoiled-demo": "backward_propagation_n",
        "training-demo": "backward_propagation_n",
    },
    "optimization": {
        "smoothing-demo": "initialize_velocity",
        "paths-demo": "initialize_velocity",
        "training-demo": "random_mini_batches",
        "sizes-demo": "random_mini_batches",
    },
}
PRINTING = ("vectors-demo",)  # a demonstration of words and numbers, without a picture
# Functions that call earlier graded ones; the others need the given cells only.
CALLING = {"gradient_check": ("forward_propagation", "backward_propagation")}
VERDICTS = ("gradient_check", "gradient_check_n", "backward_propagation_n")  # their checks let a verdict be printed

EVERY_LESSON = pytest.mark.parametrize("lesson", FUNCTIONS)
EVERY_FUNCTION = pytest.mark.parametrize(
    ("lesson", "name"),
    [pytest.param(lesson, name, id=f"{lesson}: {name}") for lesson, names in FUNCTIONS.items() for name in names],
)

Runs = Callable[[str], list[NotebookNode]]


@pytest.fixture(scope="module")
def finished() -> Runs:
    """The code cells of a source, run from top to bottom."""
    return cache(lambda lesson: executed(read(lesson).notebook, allow_errors=False))


@pytest.fixture(scope="module")
def unwritten() -> Runs:
    """The code cells with stubs, each run whatever became of those before it."""
    return cache(lambda lesson: executed(read(lesson).unwritten(), allow_errors=True))


@EVERY_LESSON
def test_the_source_is_a_clean_notebook(lesson: str) -> None:
    """Valid, with unique ids, and without outputs, counts or metadata that would change from run to run."""
    notebook = read(lesson).notebook
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert not any(cell.metadata for cell in notebook.cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@EVERY_LESSON
def test_the_functions_come_in_the_order_of_the_lesson(lesson: str) -> None:
    assert read(lesson).functions == FUNCTIONS[lesson]


@EVERY_FUNCTION
def test_a_function_is_explained_then_written_then_tried_then_checked(lesson: str, name: str) -> None:
    """Prose with a task, the graded cell, a cell of the learner's own, the locked check."""
    explanation, *rest = read(lesson).block(name)
    assert explanation.cell_type == "markdown"
    assert "**Your task.**" in explanation.source
    kinds = [kind_of(cell) for cell in rest if cell.cell_type == "code"]
    assert kinds == [Kind.GRADED, None, Kind.CHECK]


@pytest.mark.parametrize("lesson", ["initialization", "regularization", "optimization"])
def test_the_given_helpers_stand_before_the_first_function(lesson: str) -> None:
    """A learner meets the whole training loop before the pieces of it that are missing."""
    kinds = [mark.kind for mark, _ in marked(read(lesson).notebook.cells)]
    assert Kind.GIVEN not in kinds[kinds.index(Kind.GRADED) :]


@EVERY_LESSON
def test_the_written_question_comes_last_with_a_place_for_the_answer(lesson: str) -> None:
    """The question, worth three points, and after it a markdown cell that is nothing else."""
    question, answer = read(lesson).notebook.cells[-2:]
    mark = read_mark(question)
    assert mark is not None
    assert (mark.kind, mark.name, mark.points) == (Kind.WRITTEN, QUESTIONS[lesson], 3)
    assert answer.cell_type == "markdown"
    assert read_mark(answer) is None


@EVERY_LESSON
def test_nothing_but_numpy_and_matplotlib_is_imported(lesson: str) -> None:
    """No cell imports anything else, and no cell imports twice."""
    code = "\n".join(cell.source for cell in read(lesson).notebook.cells if cell.cell_type == "code")
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == IMPORTS


@EVERY_FUNCTION
def test_a_graded_function_needs_only_the_given_cells(lesson: str, name: str) -> None:
    """Every name that the function reads is its own, a given one, Python's, or an earlier function's."""
    namespace = read(lesson).namespace(*CALLING.get(name, ()), name)
    tree = ast.parse(read(lesson).cell(Kind.GRADED, name).source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    local = set(namespace[name].__code__.co_varnames)
    assert names - local <= namespace.keys() | set(dir(builtins))


@EVERY_LESSON
def test_the_finished_notebook_runs_without_errors_and_warnings(lesson: str, finished: Runs) -> None:
    """Warnings are errors in that kernel, so a warning would have ended the run."""
    outputs = [output for cell in finished(lesson) for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert [output for output in outputs if output.output_type == "error"] == []


@EVERY_LESSON
def test_every_demonstration_of_the_finished_notebook_shows_one_picture(lesson: str, finished: Runs) -> None:
    """A figure that is left open would show up again under a later cell."""
    pictures = {
        cell.id: sum("image/png" in output.get("data", {}) for output in cell.outputs)
        for cell in finished(lesson)
        if kind_of(cell) is Kind.DEMO
    }
    assert pictures
    assert pictures == {demo: int(demo not in PRINTING) for demo in pictures}


@EVERY_FUNCTION
def test_an_example_prints_the_output_shown_below_it(lesson: str, name: str, finished: Runs) -> None:
    """The expected output in the prose is what the reference really prints."""
    prose = "\n".join(cell.source for cell in read(lesson).block(name) if cell.cell_type == "markdown")
    (example,) = [cell for cell in finished(lesson) if cell.id == read(lesson).example(name).id]
    assert EXPECTED_OUTPUT.findall(prose) == [printed(example).rstrip("\n")]


@EVERY_FUNCTION
def test_a_check_says_that_it_passed(lesson: str, name: str, finished: Runs) -> None:
    """Silence would leave a learner wondering whether the cell ran at all."""
    (check,) = [cell for cell in finished(lesson) if cell.id == read(lesson).cell(Kind.CHECK, name).id]
    *before, last = printed(check).splitlines()
    assert last == f"The visible checks of {name} pass."
    assert not before or name in VERDICTS


@EVERY_LESSON
def test_unwritten_functions_stop_only_examples_and_checks(lesson: str, unwritten: Runs) -> None:
    """Given cells and demonstrations run to their end in a notebook of stubs."""
    one = read(lesson)
    stopped = {cell.id: raised(cell) for cell in unwritten(lesson) if raised(cell)}
    expected = {cell.id for name in one.functions for cell in (one.example(name), one.cell(Kind.CHECK, name))}
    assert stopped == dict.fromkeys(expected, "NotImplementedError")


@EVERY_LESSON
def test_a_demonstration_names_the_function_to_write_first(lesson: str, unwritten: Runs) -> None:
    """One line instead of a traceback; demonstrations of given helpers alone ask for nothing."""
    said = {cell.id: printed(cell) for cell in unwritten(lesson) if kind_of(cell) is Kind.DEMO and printed(cell)}
    assert {demo: text for demo, text in said.items() if demo not in PRINTING} == {
        demo: f"Write {name} first, then run this cell again.\n" for demo, name in WAITING[lesson].items()
    }


@EVERY_FUNCTION
def test_an_answer_copied_from_the_example_fails_the_check(lesson: str, name: str) -> None:
    """The function that always returns what it returned in the example is no solution."""
    one = read(lesson)
    namespace = one.namespace(*one.functions)
    answers: list[object] = []

    def recording(*args: object, right: Callable[..., object] = namespace[name], **kwargs: object) -> object:
        answers.append(right(*args, **kwargs))
        return answers[-1]

    namespace[name] = recording
    exec(one.example(name).source, namespace)
    namespace[name] = lambda *_, **__: answers[-1]
    with pytest.raises(AssertionError):
        exec(one.cell(Kind.CHECK, name).source, namespace)
