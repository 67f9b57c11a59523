"""Calls that are made ahead change no grade, and nearly all are."""

import json
from collections.abc import Iterator

import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.grading.grade import Graded, Grader, Options
from autograder.sandbox import Fork, Limits, Sandbox

LIMITS = Limits(cell_seconds=5.0, call_seconds=0.5, submission_seconds=30.0)
ASSIGNMENTS = "initialization", "regularization", "gradient_checking", "optimization"

ON_THE_FOURTH = """def initialize_velocity(parameters):
    global calls
    calls = globals().get("calls", 0) + 1
    if calls >= 4:
        {then}
    return {{"d" + name: np.zeros(value.shape) for name, value in parameters.items()}}"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


def graders(project: Course, assignment: str, sandbox: Sandbox) -> tuple[Grader, Grader]:
    """One that makes calls ahead, and one that makes each when its item asks."""
    both = tuple(Grader(project, assignment, sandbox, Options(LIMITS)) for _ in range(2))
    both[1].foreseen = None
    return both


def grade(grader: Grader, notebook: NotebookNode) -> Graded:
    return grader.grade(json.dumps(notebook).encode())


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_of_right_answers_no_call_is_left_but_those_that_use_what_is_lent(
    project: Course, sandbox: Sandbox, assignment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, one_by_one = graders(project, assignment, sandbox)
    alone: list[bool] = []
    ask, answered = Fork.ask, Fork.answered
    monkeypatch.setattr(Fork, "ask", lambda *args: (alone.append(False), ask(*args))[1])
    monkeypatch.setattr(Fork, "answered", lambda *args: (alone.__setitem__(-1, True), answered(*args))[1])
    right = Material.of(project, assignment).right()
    first = grade(ahead, right)
    assert all(alone)
    few = len(alone)
    alone.clear()
    second = grade(one_by_one, right)
    assert few < len(alone) / 2
    assert first.result.functions == second.result.functions
    assert first.result.score == first.result.max_score


@pytest.mark.parametrize(
    "then",
    ["while True: pass", "import os; os._exit(3)", "return no_such_name", "return {'dW1': [0] * 10**6}", "return 7"],
    ids=["hangs", "ends", "raises", "too much", "wrong"],
)
def test_results_are_those_of_calls_made_one_by_one(project: Course, sandbox: Sandbox, then: str) -> None:
    notebook = Material.of(project, "optimization").right()
    cell = graded_cell(notebook, "initialize_velocity")
    cell.source = f"# GRADED FUNCTION: initialize_velocity\n{ON_THE_FOURTH.format(then=then)}"
    found, expected = (grade(one, notebook).result for one in graders(project, "optimization", sandbox))
    assert found.functions == expected.functions
    assert found.notes == expected.notes


def test_a_function_that_is_not_there_is_not_called(project: Course, sandbox: Sandbox) -> None:
    notebook = Material.of(project, "optimization").right()
    graded_cell(notebook, "initialize_velocity").source = "# GRADED FUNCTION: initialize_velocity\n1 / 0"
    found, expected = (grade(one, notebook).result for one in graders(project, "optimization", sandbox))
    assert found.functions == expected.functions
    assert found.functions["initialize_velocity"].status == "missing"
