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


def test_an_answer_may_rely_on_its_own_earlier_function_taking_more(grader: Callable[[str], Grader]) -> None:
    velocity = """# GRADED FUNCTION: initialize_velocity
def initialize_velocity(params, copies=1):
    made = [{"d" + name: np.zeros(value.shape) for name, value in params.items()} for _ in range(copies)]
    return made[0] if copies == 1 else made
"""
    adam = """# GRADED FUNCTION: initialize_adam
def initialize_adam(parameters):
    return initialize_velocity(params=parameters, copies=2)
"""
    assert grader("optimization").try_({"initialize_velocity": velocity, "initialize_adam": adam}).failures == {}


def test_a_step_that_begins_with_an_empty_velocity_does_not_pay_for_that_functions_mistake(
    grader: Callable[[str], Grader],
) -> None:
    momentum = """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    new_v = initialize_velocity(parameters)
    for name in new_v:
        new_v[name] += beta * v[name] + (1 - beta) * grads[name]
        parameters[name[1:]] = parameters[name[1:]] - learning_rate * new_v[name]
    return parameters, new_v
"""
    steps = grader("optimization")
    mistaken = steps.assignment.mistaken("velocity-last-layer-left-out")
    scores = steps.try_({**mistaken, "update_parameters_with_momentum": momentum}).scores
    assert scores["initialize_velocity"] < 10
    assert scores["update_parameters_with_momentum"] == 10
