"""What the hidden checks of ``optimization`` alone must hold: answers that lean on others."""

from collections.abc import Callable

from answering import Grader


def test_an_answer_may_rely_on_its_own_earlier_function_working_in_place(grader: Callable[[str], Grader]) -> None:
    momentum = """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    for name in v:
        v[name] = beta * v[name] + (1 - beta) * grads[name]
    update_parameters_with_gd(parameters, v, learning_rate)
    return parameters, v
"""
    steps = grader("optimization")
    in_place = steps.assignment.written("update_parameters_with_gd", "in place, by name")
    assert steps.try_({**in_place, "update_parameters_with_momentum": momentum}).failures == {}
