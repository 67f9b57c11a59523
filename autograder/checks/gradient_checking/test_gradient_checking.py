"""The hidden checks of ``gradient_checking``: five functions of ten points each.

A right relative difference is rounding noise, so two of them are never compared. What is compared is the
difference that a mistake of known size must make: of lent functions whose centred difference is known exactly
at a large epsilon, or of gradients that the item itself has spoiled.
"""

import numpy as np
import pytest

from autograder.grading import expect

_WIDTHS = (4, 5, 3, 1)
SHAPES = {
    f"{letter}{layer}": (_WIDTHS[layer], _WIDTHS[layer - 1] if letter == "W" else 1)
    for layer in (1, 2, 3)
    for letter in "Wb"
}

# How near a relative difference must come to the known one. Rounding at epsilon = 1e-7 moves it by 1e-8 of
# itself or so, and at the larger epsilons by far less; every catalogued mistake by more than 1e-3.
CLOSE = 1e-5
FAR = 1e-4  # from a kink, for steps of 1e-6
FLAT = 10  # where the sigmoid has come within 1e-4 of 0 or 1


def network(draw):
    """Parameters of the 4-5-3-1 net with a unit of each hidden layer always on and one in doubt.

    Biases keep most units away from the kink of their ReLU.
    """
    parameters = {name: draw.randn(*shape) / np.sqrt(shape[1]) for name, shape in SHAPES.items()}
    parameters["b1"] = np.array([[4.0], [-0.3], [3.5], [0.4], [0.2]])
    parameters["b2"] = np.array([[5.0], [0.1], [4.0]])
    return parameters


def smooth_network(draw):
    """Parameters whose hidden units are all far from their kinks, so that a large epsilon crosses none."""
    parameters = {name: draw.uniform(-0.25, 0.25, shape) for name, shape in SHAPES.items()}
    parameters["b1"] = np.array([[2.5], [-2.5], [2.0], [2.2], [3.0]])
    parameters["b2"] = np.array([[6.0], [5.0], [-7.0]])
    return parameters


def problem(draw, parameters, m=7):
    """Inputs of shape (4, m), labels (1, m) of both classes, and the cache of a forward pass."""
    X = draw.uniform(-1.5, 1.5, (4, m))
    Y = draw.randint(0, 2, (1, m))
    Y[0, 0], Y[0, -1] = 1, 0
    return X, Y, cache_of(X, parameters)


def clear_problem(draw, m):
    """A problem on which a gradient check is exact: no unit near its kink, no output so near 0 or 1 that it rounds."""
    while True:
        X, Y, cache = problem(draw, network(draw), m)
        if min(np.abs(cache[0]).min(), np.abs(cache[4]).min()) > FAR and np.abs(cache[8]).max() < FLAT:
            return X, Y, cache


def cache_of(X, parameters):
    """What ``forward_propagation_n`` keeps."""
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in SHAPES)
    Z1 = W1 @ X + b1
    A1 = np.maximum(0, Z1)
    Z2 = W2 @ A1 + b2
    A2 = np.maximum(0, Z2)
    Z3 = W3 @ A2 + b3
    return Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, 1 / (1 + np.exp(-Z3)), W3, b3


def of_cache(cache):
    """The parameters in a cache."""
    return dict(zip(SHAPES, (cache[place] for place in (2, 3, 6, 7, 10, 11)), strict=True))


def some_of(values, *names):
    """The named entries of a dictionary."""
    return {name: values[name] for name in names}


def is_right(seen, bound, what):
    """A difference that rounding alone explains."""
    found = expect.value(seen, what)
    expect.that(found >= 0, f"{what} is negative; a distance never is.")
    expect.that(found < bound, f"{what} is not below {bound:g}, though the gradient is right.")


def is_near(seen, expected, what):
    """A difference that a mistake of known size makes; the message keeps the number to itself."""
    found = expect.value(seen, what)
    if not expect.near(found, expected, rtol=CLOSE):
        side = "negative" if found < 0 else "larger than it can ever be" if found > 1.0001 else None
        side = side or ("too large" if found > expected else "too small")
        raise AssertionError(f"{what} is {side}.")


# forward_propagation


def gives(student, function, expected, *cases):
    """The function's value for each pair of input and parameter."""
    for x, theta in cases:
        expect.number(
            getattr(student, function)(x, theta), expected(x, theta), f"the result for x = {x}, theta = {theta}"
        )


@pytest.mark.graded("forward_propagation", points=3)
def test_cost_of_whole_numbers(student):
    """The cost is the product of the input and the parameter."""
    gives(student, "forward_propagation", lambda x, theta: theta * x, (2, 9), (5, 3), (1, 6))


@pytest.mark.graded("forward_propagation", points=3)
def test_cost_of_negative_numbers(student):
    """Signs multiply as well: one negative number makes the cost negative, two make it positive."""
    gives(student, "forward_propagation", lambda x, theta: theta * x, (-4, 6), (4, -7), (-3, -8))


@pytest.mark.graded("forward_propagation", points=2)
def test_cost_is_zero_where_either_is(student):
    """Where the input or the parameter is zero, so is the cost; and nowhere else."""
    gives(student, "forward_propagation", lambda x, theta: theta * x, (0, 5), (11, 0), (0, 0), (11, 5))


@pytest.mark.graded("forward_propagation", points=2)
def test_cost_of_any_numbers(student, pinned, draw):
    """It works for fractions, for very small and for very large numbers."""
    for size in (1e-6, 1.0, 1e6):
        x, theta = (float(number) for number in size * draw.randn(2))
        seen = student.forward_propagation(x, theta)
        expect.number(seen, pinned("forward_propagation", x, theta), "the result for fractions")


# backward_propagation


@pytest.mark.graded("backward_propagation", points=3)
def test_slope_is_that_of_the_line(student):
    """The derivative says by how much the cost grows for one unit of the parameter."""
    gives(student, "backward_propagation", lambda x, theta: x, (4, 9), (7, 2), (1, 5))


@pytest.mark.graded("backward_propagation", points=3)
def test_slope_is_the_same_everywhere(student):
    """The cost is a straight line, so its slope doesn't depend on the parameter."""
    gives(student, "backward_propagation", lambda x, theta: x, (6, -40), (6, 0), (6, 0.5), (6, 1000))


@pytest.mark.graded("backward_propagation", points=2)
def test_slope_of_a_falling_line(student):
    """A negative input makes a falling line, and an input of zero a flat one."""
    gives(student, "backward_propagation", lambda x, theta: x, (-4, 3), (-9, -2), (0, 8))


@pytest.mark.graded("backward_propagation", points=2)
def test_slope_of_any_numbers(student, pinned, draw):
    """It works for fractions, for very small and for very large numbers."""
    for size in (1e-6, 1.0, 1e6):
        x, theta = (float(number) for number in size * draw.randn(2))
        seen = student.backward_propagation(x, theta)
        expect.number(seen, pinned("backward_propagation", x, theta), "the result for fractions")


# gradient_check: both functions that it calls are lent, so that a mistake in them is paid for once


def numbers(draw, count=2):
    """Numbers clear of zero, of either sign."""
    return [float(number) for number in draw.uniform(0.5, 3, count) * draw.choice([-1, 1], count)]


def straight(x, theta):
    """The notebook's own cost, by another name."""
    return x * theta


def cubic(x, theta):
    """A cost whose centred difference is x (3 theta^2 + epsilon^2), exactly."""
    return x * theta**3


def slope_of_cubic(x, theta):
    """Its derivative."""
    return 3 * x * theta**2


def parabola(x, theta):
    """A cost whose centred difference is its derivative, exactly."""
    return x * theta**2 + 2 * x


def times(factor):
    """The parabola's derivative, multiplied by a factor."""
    return lambda x, theta: factor * 2 * x * theta


@pytest.mark.graded("gradient_check", points=2)
def test_check_trusts_a_right_gradient(student, draw):
    """A right derivative makes a difference below 1e-7, which a doubled one does not."""
    right = student.replaced(forward_propagation=straight, backward_propagation=lambda x, theta: x)
    for x, theta in ((2.0, 7.0), (-3.0, 0.5), (0.7, -6.0), numbers(draw)):
        is_right(right.gradient_check(x, theta), 1e-7, f"The difference for x = {x}, theta = {theta}")
    doubled = student.replaced(forward_propagation=straight, backward_propagation=lambda x, theta: 2 * x)
    found = expect.value(doubled.gradient_check(2.0, 7.0), "the difference")
    expect.that(found > 1e-3, "A derivative that is twice too large passes for right.")


@pytest.mark.graded("gradient_check", points=2)
def test_check_measures_a_wrong_gradient(student, draw):
    """A wrong derivative makes a difference that is relative to the size of both derivatives."""
    for factor, expected in ((3, 0.5), (0.25, 0.6), (1.5, 0.2)):
        for x, theta in ((2.0, 3.0), (-0.5, 1.25), numbers(draw)):
            wrong = student.replaced(forward_propagation=parabola, backward_propagation=times(factor))
            seen = wrong.gradient_check(x, theta)
            is_near(seen, expected, f"The difference for a derivative that is {factor} times the right one")


@pytest.mark.graded("gradient_check", points=1)
def test_check_of_a_wrong_sign(student):
    """A derivative of the wrong sign, or one that is zero by mistake, makes the largest difference there is: 1."""
    for factor in (-1, -4, 0):
        wrong = student.replaced(forward_propagation=parabola, backward_propagation=times(factor))
        seen = wrong.gradient_check(1.5, 2.0)
        is_near(seen, 1.0, f"The difference for a derivative that is {factor} times the right one")


@pytest.mark.graded("gradient_check", points=2)
def test_check_steps_to_both_sides(student, draw):
    """It takes the centred difference with the epsilon that it is given: tried on a curve, with large steps."""
    curved = student.replaced(forward_propagation=cubic, backward_propagation=slope_of_cubic)
    drawn = *numbers(draw), round(float(draw.uniform(0.2, 0.8)), 2)
    for x, theta, epsilon in ((1.0, 2.0, 0.5), (-2.0, 1.5, 0.25), (0.5, -1.0, 0.75), drawn):
        expected = epsilon**2 / (6 * theta**2 + epsilon**2)
        is_near(curved.gradient_check(x, theta, epsilon), expected, f"The difference for a step of {epsilon}")


@pytest.mark.graded("gradient_check", points=1)
def test_check_default_step(student):
    """Where epsilon is left out, it is 1e-7."""
    for factor, expected in ((3, 0.5), (0.25, 0.6)):
        steep = student.replaced(
            forward_propagation=lambda x, theta: 1e14 * x * theta**3,
            backward_propagation=lambda x, theta, factor=factor: factor * x,
        )
        is_near(steep.gradient_check(2.0, 0.0), expected, "The difference without an epsilon")


@pytest.mark.graded("gradient_check", points=1)
def test_check_at_any_size(student):
    """Very small and very large derivatives are judged alike."""
    for size in (1e-9, 1e-4, 1e6):
        wrong = student.replaced(
            forward_propagation=lambda x, theta, size=size: size * parabola(x, theta),
            backward_propagation=lambda x, theta, size=size: 1.5 * size * 2 * x * theta,
        )
        seen = wrong.gradient_check(3.0, 0.5, 1e-3)
        is_near(seen, 0.2, f"The difference for derivatives of about {size:g}")


@pytest.mark.graded("gradient_check", points=1)
def test_check_calls_the_notebooks_functions(student):
    """It asks the notebook's own forward_propagation and backward_propagation, whatever they compute."""
    own = student.replaced(forward_propagation=parabola, backward_propagation=times(1))
    for x, theta in ((2.0, 3.0), (-1.5, 0.75)):
        is_right(own.gradient_check(x, theta, 1e-4), 1e-7, "The difference for another pair of functions")
    half = student.replaced(forward_propagation=parabola, backward_propagation=times(0.5))
    is_near(half.gradient_check(2.0, 3.0, 1e-4), 1 / 3, "The difference for half the derivative")


# gradient_check_n


def apart(right, wrong):
    """The relative difference of two dictionaries of gradients."""
    one, other = (np.concatenate([values[f"d{name}"].ravel() for name in SHAPES]) for values in (right, wrong))
    return np.linalg.norm(one - other) / (np.linalg.norm(one) + np.linalg.norm(other))


def sees_n(student, what, parameters, right, wrong, X, Y):
    """The difference that wrong gradients make; the approximation is as good as the right ones."""
    seen = student.gradient_check_n(parameters, wrong, X, Y, 1e-7)
    is_near(seen, apart(right, wrong), f"The difference for {what}")


def right_n(draw, reference, m=7):
    """Parameters, their right gradients, inputs and labels."""
    parameters = smooth_network(draw)
    X, Y, cache = problem(draw, parameters, m)
    return parameters, reference.backward_propagation_n(X, Y, cache), X, Y


@pytest.mark.graded("gradient_check_n", points=2)
def test_check_n_trusts_right_gradients(student, reference, draw):
    """Right gradients make a difference below 2e-7, which gradients of the wrong sign don't."""
    for m in (7, 1):
        parameters, gradients, X, Y = right_n(draw, reference, m)
        seen = student.gradient_check_n(parameters, gradients, X, Y)
        is_right(seen, 2e-7, f"The difference for m = {m}")
    turned = {name: -value for name, value in gradients.items()}
    found = expect.value(student.gradient_check_n(parameters, turned, X, Y), "the difference")
    expect.that(found > 1e-3, "Gradients of the wrong sign pass for right.")


@pytest.mark.graded("gradient_check_n", points=2)
def test_check_n_measures_wrong_gradients(student, reference, draw):
    """Where all gradients are wrong by one factor, the difference is relative to the size of both vectors."""
    parameters, gradients, X, Y = right_n(draw, reference)
    for factor, expected in ((3, 0.5), (0.25, 0.6), (-0.5, 1.0)):
        wrong = {name: factor * value for name, value in gradients.items()}
        seen = student.gradient_check_n(parameters, wrong, X, Y, 1e-7)
        is_near(seen, expected, f"The difference for gradients that are {factor} times the right ones")


@pytest.mark.graded("gradient_check_n", points=2)
def test_check_n_sees_every_array(student, reference, draw):
    """A mistake in any one of the six arrays is seen and weighed."""
    parameters, gradients, X, Y = right_n(draw, reference)
    for name in ("dW1", "db1", "dW2", "db2", "dW3", "db3"):
        wrong = gradients | {name: -1.5 * gradients[name]}
        sees_n(student, f"a wrong {name}", parameters, gradients, wrong, X, Y)


@pytest.mark.graded("gradient_check_n", points=1)
def test_check_n_sees_every_entry(student, reference, draw):
    """A mistake in one single entry is seen, be it the first, the last or one between."""
    parameters, gradients, X, Y = right_n(draw, reference)
    for name, place in (("dW1", (0, 0)), ("dW2", (1, 2)), ("db3", (0, 0))):
        wrong = gradients | {name: gradients[name].copy()}
        wrong[name][place] += 0.3
        sees_n(student, f"one wrong entry of {name}", parameters, gradients, wrong, X, Y)


@pytest.mark.graded("gradient_check_n", points=2)
def test_check_n_steps_to_both_sides(student, reference, draw):
    """It takes centred differences with the epsilon that it is given: tried with large steps."""
    parameters, gradients, X, Y = right_n(draw, reference)
    for epsilon in (0.02, 0.05):
        expected = float(reference.gradient_check_n(parameters, gradients, X, Y, epsilon))
        seen = student.gradient_check_n(parameters, gradients, X, Y, epsilon)
        is_near(seen, expected, f"The difference for steps of {epsilon}")


@pytest.mark.graded("gradient_check_n", points=1)
def test_check_n_default_step(student, reference, draw):
    """Where epsilon is left out, it is 1e-7: tried on huge inputs, where even such a step is large."""
    parameters, gradients, X, Y = right_n(draw, reference)
    parameters["W1"], X = parameters["W1"] / 3e6, X * 3e6
    gradients = gradients | {"dW1": gradients["dW1"] * 3e6}
    expected = float(reference.gradient_check_n(parameters, gradients, X, Y, 1e-7))
    is_near(student.gradient_check_n(parameters, gradients, X, Y), expected, "The difference without an epsilon")


# backward_propagation_n


@pytest.mark.graded("backward_propagation_n", points=1)
def test_gradients_names_and_shapes(student, draw):
    """The result holds all eleven arrays, each in its shape, also for one example; what came in stays as it was."""
    for m in (7, 1):
        parameters = network(draw)
        X, Y, cache = problem(draw, parameters, m)
        seen = student.backward_propagation_n(X, Y, cache)
        shapes = {f"d{name}": shape for name, shape in SHAPES.items()}
        for layer, rows in ((1, 5), (2, 3), (3, 1)):
            shapes |= {f"dZ{layer}": (rows, m)} | ({f"dA{layer}": (rows, m)} if layer < 3 else {})
        found = expect.dictionary(seen, shapes, "the result")
        for name, shape in shapes.items():
            expect.numeric(found[name], name, shape)
        expect.unchanged(student.arguments, (X, Y, cache), "X, Y or the cache")


def gradients_give(student, pinned, draw, *names, m=7):
    """The named arrays for a network whose units are partly off."""
    parameters = network(draw)
    X, Y, cache = problem(draw, parameters, m)
    expected = some_of(pinned("backward_propagation_n", X, Y, cache), *names)
    expect.arrays(student.backward_propagation_n(X, Y, cache), expected, "the result")


@pytest.mark.graded("backward_propagation_n", points=1)
def test_gradients_of_the_last_layer(student, pinned, draw):
    """The error of the output, and the last layer's gradients, which it makes."""
    gradients_give(student, pinned, draw, "dZ3", "dW3", "db3")


@pytest.mark.graded("backward_propagation_n", points=1)
def test_gradients_on_their_way_back(student, pinned, draw):
    """What comes back to the hidden layers, before and after their ReLU."""
    gradients_give(student, pinned, draw, "dA2", "dZ2", "dA1", "dZ1", m=9)


@pytest.mark.graded("backward_propagation_n", points=2.5)
def test_gradients_of_the_weights(student, pinned, draw):
    """The gradients of all three weight matrices."""
    gradients_give(student, pinned, draw, "dW1", "dW2", "dW3", m=11)


@pytest.mark.graded("backward_propagation_n", points=2.5)
def test_gradients_of_the_biases(student, pinned, draw):
    """The gradients of all three bias vectors."""
    gradients_give(student, pinned, draw, "db1", "db2", "db3", m=8)


@pytest.mark.graded("backward_propagation_n", points=2)
def test_gradients_pass_the_gradient_check(student, reference, draw):
    """The gradients of all parameters together pass a gradient check, for several networks."""
    for m in (3, 10):
        X, Y, cache = clear_problem(draw, m)
        seen = student.backward_propagation_n(X, Y, cache)
        found = expect.dictionary(seen, [f"d{name}" for name in SHAPES], "the result")
        arrays = {f"d{name}": expect.numeric(found[f"d{name}"], f"d{name}", shape) for name, shape in SHAPES.items()}
        finite = all(np.isfinite(value).all() for value in arrays.values())
        expect.that(finite, "The gradients hold values that are NaN or infinite.")
        difference = float(reference.gradient_check_n(of_cache(cache), arrays, X, Y, 1e-6))
        expect.that(difference < 2e-7, "A gradient check finds that at least one gradient is wrong.")
