"""What the gradient checking lesson alone must hold: its draft, and a check that swaps functions."""

import pytest
from lessons import SOLUTION, read

from autograder.notebooks import Kind, marked

LESSON = read("gradient_checking")


def test_the_network_and_the_draft_stand_before_the_functions_that_need_them() -> None:
    """Only the training, which is for show, comes after the last graded function."""
    marks = [mark for mark, _ in marked(LESSON.notebook.cells)]
    first = next(number for number, mark in enumerate(marks) if mark.name == "gradient_check_n")
    late = [mark.name for mark in marks[first:] if mark.kind is Kind.GIVEN]
    assert late == ["training"]


def test_one_demonstration_prints_and_five_draw() -> None:
    demos = [cell.id for mark, cell in marked(LESSON.notebook.cells) if mark.kind is Kind.DEMO]
    assert len(demos) == 6
    assert "vectors-demo" in demos


def differing_lines(one: str, other: str) -> list[str]:
    """The lines of one cell that the other hasn't."""
    return [line.strip() for line in one.splitlines() if line not in other.splitlines()]


def test_the_draft_differs_from_the_solution_in_one_weight_and_one_bias() -> None:
    """Everything else is handed out right, so that the mistakes can be found by comparing gradients."""
    draft = LESSON.cell(Kind.GIVEN, "backward-draft").source
    body = draft[draft.index("    dZ3 = ") :]
    (solution,) = SOLUTION.finditer(LESSON.cell(Kind.GRADED, "backward_propagation_n").source)
    assert [line.split(" = ")[0] for line in differing_lines(body, solution.group())] == ["dW2", "db1"]


def test_the_gradient_check_catches_the_draft_and_trusts_the_mended_pass() -> None:
    """With each mistake alone, too."""
    space = LESSON.namespace(*LESSON.functions)
    parameters, (X, Y) = space["initialize_parameters"](), space["small_problem"]()
    cache = space["forward_propagation_n"](X, Y, parameters)[1]
    right, draft = (space[name](X, Y, cache) for name in ("backward_propagation_n", "draft_backward_propagation_n"))
    difference = space["gradient_check_n"]
    assert difference(parameters, right, X, Y) < 2e-7
    for name in ("dW2", "db1"):
        assert difference(parameters, right | {name: draft[name]}, X, Y) > 1e-3


def test_the_visible_check_refuses_the_draft() -> None:
    """A learner who only copies it is told that a gradient is still wrong."""
    space = LESSON.namespace()
    space["backward_propagation_n"] = space["draft_backward_propagation_n"]
    with pytest.raises(AssertionError, match="still wrong"):
        exec(LESSON.cell(Kind.CHECK, "backward_propagation_n").source, space)


def test_the_visible_check_of_the_swapped_functions_puts_them_back() -> None:
    """Also where it fails: a wrong gradient_check must not spoil the functions that it calls."""
    called = LESSON.functions[:2]
    space = LESSON.namespace(*called)
    own = [space[function] for function in called]
    space["gradient_check"] = lambda *_, **__: 0.0
    with pytest.raises(AssertionError):
        exec(LESSON.cell(Kind.CHECK, "gradient_check").source, space)
    assert [space[function] for function in called] == own
