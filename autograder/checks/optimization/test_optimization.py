"""The hidden checks of ``optimization``: six functions of ten points each.

Arguments are given by position, so that a learner's own names for them do no harm, and two layers are
never the only depth. Where a right answer may well call an earlier graded function, the reference's is lent
to it, so that one mistake is paid for once.
"""

import numpy as np
import pytest

from autograder.grading import expect

DEPTHS = ([3, 2], [2, 4, 1], [5, 3, 4, 2], [2, 3, 3, 2, 1], [4, 1, 3, 2, 5, 2], [1, 2, 3, 4, 3, 2, 1])
SOME_LAYERS = [4, 3, 5, 2]
TINY, STEEP = 1e-8, 1e7  # an epsilon that no comparison sees beside gradients of this size: only items about it do


def network(draw, layers_dims):
    """Parameters of the given layers; biases are drawn too, so that none is zero by chance."""
    parameters = {}
    for layer in range(1, len(layers_dims)):
        parameters[f"W{layer}"] = draw.randn(layers_dims[layer], layers_dims[layer - 1])
        parameters[f"b{layer}"] = draw.randn(layers_dims[layer], 1)
    return parameters


def depth(layers_dims):
    """How many layers, in words for a message."""
    return "one layer" if len(layers_dims) == 2 else f"{len(layers_dims) - 1} layers"


def slopes(draw, parameters, size=1.0):
    """Gradients, or velocities, for the parameters."""
    return {f"d{name}": size * draw.randn(*value.shape) for name, value in parameters.items()}


def only(letter, arrays):
    """The arrays of the weights, ``W``, or of the biases, ``b``: a right half is worth something."""
    return {name: value for name, value in arrays.items() if letter in name}


def squares(draw, parameters, size=1.0):
    """Averages of squared gradients: positive, and clear of zero."""
    return {f"d{name}": size * draw.uniform(0.2, 2.0, value.shape) for name, value in parameters.items()}


def zeros(parameters):
    """What velocities begin with."""
    return {f"d{name}": np.zeros(value.shape) for name, value in parameters.items()}


def adam_state(draw, layers_dims):
    """Parameters, steep gradients, and averages that have been at work for a while."""
    parameters = network(draw, layers_dims)
    grads, v = slopes(draw, parameters, STEEP), slopes(draw, parameters, STEEP / 2)
    return parameters, grads, v, squares(draw, parameters, STEEP**2)


def judge(answer, before, **expected):
    """Compare the returned dictionaries, given by name in order; one of which None is expected is passed over.

    ``before`` holds those that went in, by the same names, where they serve to describe a mistake.
    """
    for seen, (name, right) in zip(expect.returned(answer, *expected), expected.items(), strict=True):
        if right is not None:
            expect.arrays(seen, right, f"the returned {name}", start=before.get(name))


def with_momentum(student, reference, check):
    """Run a check of the momentum step, which may be a gradient step along the velocity, or begin with an empty one."""
    lent = student.replaced(
        initialize_velocity=reference.initialize_velocity,
        update_parameters_with_gd=reference.update_parameters_with_gd,
    )
    expect.either_way(lent.update_parameters_with_momentum, student.update_parameters_with_momentum, check)


def momentum_gives(student, reference, arguments, parameters=None, v=None):
    """One momentum step with the expected results, of which either may be passed over."""
    before = {"parameters": arguments[0], "v": arguments[2]}
    with_momentum(student, reference, lambda step: judge(step(*arguments), before, parameters=parameters, v=v))


def with_adam(student, reference, check):
    """Run a check of Adam's step, which may be written with either of the earlier steps."""
    lent = student.replaced(
        initialize_velocity=reference.initialize_velocity,
        initialize_adam=reference.initialize_adam,
        update_parameters_with_gd=reference.update_parameters_with_gd,
        update_parameters_with_momentum=reference.update_parameters_with_momentum,
    )
    expect.either_way(lent.update_parameters_with_adam, student.update_parameters_with_adam, check)


def adam_gives(student, reference, arguments, parameters=None, v=None, s=None):
    """One step of Adam with the expected results, of which each may be passed over."""
    before = {"parameters": arguments[0], "v": arguments[2], "s": arguments[3]}
    expected = {"parameters": parameters, "v": v, "s": s}
    with_adam(student, reference, lambda step: judge(step(*arguments), before, **expected))


# update_parameters_with_gd


@pytest.mark.graded("update_parameters_with_gd", points=1)
def test_gd_names_and_shapes(student, draw):
    """The result holds every weight matrix and every bias, each in the shape that it had."""
    parameters = network(draw, SOME_LAYERS)
    seen = student.update_parameters_with_gd(parameters, slopes(draw, parameters), 0.1)
    found = expect.dictionary(seen, parameters, "the result")
    for name, value in parameters.items():
        expect.numeric(found[name], name, value.shape)


@pytest.mark.graded("update_parameters_with_gd", points=2)
def test_gd_one_layer(student):
    """One layer steps against its gradient, as far as the learning rate says."""
    parameters = {"W1": np.array([[0.5, 7.0], [-3.0, 2.0]]), "b1": np.array([[1.0], [-6.0]])}
    grads = {"dW1": np.array([[2.0, -8.0], [0.5, 3.0]]), "db1": np.array([[-4.0], [10.0]])}
    expected = {"W1": np.array([[0.0, 9.0], [-3.125, 1.25]]), "b1": np.array([[2.0], [-8.5]])}
    seen = student.update_parameters_with_gd(parameters, grads, 0.25)
    expect.arrays(seen, expected, "the result", start=parameters)


@pytest.mark.graded("update_parameters_with_gd", points=2)
def test_gd_three_layers(student, pinned, draw):
    """The weights of every layer step along their own gradient."""
    parameters = network(draw, SOME_LAYERS)
    arguments = parameters, slopes(draw, parameters), 0.07
    expected = only("W", pinned("update_parameters_with_gd", *arguments))
    expect.arrays(student.update_parameters_with_gd(*arguments), expected, "the result", start=parameters)


@pytest.mark.graded("update_parameters_with_gd", points=1)
def test_gd_biases_step_too(student, draw):
    """Biases step as weights do: where only they have a gradient, only they move."""
    parameters = network(draw, [3, 4, 4])
    grads = slopes(draw, parameters) | {name: np.zeros_like(parameters[name[1:]]) for name in ("dW1", "dW2")}
    moved = {name: parameters[name] - 0.3 * grads["d" + name] for name in ("b1", "b2")}
    seen = student.update_parameters_with_gd(parameters, grads, 0.3)
    expect.arrays(seen, parameters | moved, "the result", start=parameters)


@pytest.mark.graded("update_parameters_with_gd", points=1.5)
def test_gd_any_depth(student, reference, draw):
    """It works for any number of layers, here from one to six."""
    for layers_dims in DEPTHS:
        parameters = network(draw, layers_dims)
        arguments = parameters, slopes(draw, parameters), 0.2
        expected = reference.update_parameters_with_gd(*arguments)
        name = f"the result for {depth(layers_dims)}"
        expect.arrays(student.update_parameters_with_gd(*arguments), expected, name, start=parameters)


@pytest.mark.graded("update_parameters_with_gd", points=1.5)
def test_gd_learning_rate(student, reference, draw):
    """A larger learning rate makes a larger step, and a learning rate of zero none; here in the first layer."""
    parameters = network(draw, [3, 2, 2])
    grads = slopes(draw, parameters)
    for learning_rate in (0.004, 0.6, 3, 0.0):
        stepped = reference.update_parameters_with_gd(parameters, grads, learning_rate)
        expected = {name: stepped[name] for name in ("W1", "b1")}
        seen = student.update_parameters_with_gd(parameters, grads, learning_rate)
        expect.arrays(seen, expected, f"the result for the rate {learning_rate}", start=parameters)


@pytest.mark.graded("update_parameters_with_gd", points=1)
def test_gd_several_steps(student, reference, draw):
    """Its result can be given back to it: four steps in a row, each with a gradient of its own."""
    parameters = network(draw, [2, 3, 1])
    for step in range(1, 5):
        arguments = parameters, slopes(draw, parameters), 0.4 / step
        expected = reference.update_parameters_with_gd(*arguments)
        seen = student.update_parameters_with_gd(*arguments)
        expect.arrays(seen, expected, f"the result of step {step}", start=parameters)
        parameters = {name: seen[name] for name in parameters}


# random_mini_batches


def examples(draw, count, features=3):
    """Examples that can be told apart by their first feature, which is their number."""
    X = np.vstack([np.arange(count, dtype=float), draw.randn(features - 1, count)])
    return X, draw.randint(0, 2, (1, count))


def read_batches(seen, X):
    """The pairs of the result, with ``X_batch`` known to be an array of as many rows as X."""
    batches = []
    for number, pair in enumerate(expect.listing(seen, "the result"), start=1):
        values = expect.listing(pair, f"batch {number}")
        expect.that(len(values) == 2, f"Batch {number} is a list of {len(values)}, not the pair X_batch, Y_batch.")
        X_batch = expect.numeric(values[0], f"X_batch of batch {number}")
        rows = X_batch.ndim == 2 and X_batch.shape[0] == X.shape[0]
        expect.that(rows, f"X_batch of batch {number} has the shape {X_batch.shape}; X has {X.shape[0]} rows.")
        batches.append((X_batch, values[1]))
    return batches


def expect_sizes(seen, X, sizes):
    """Batches of the given numbers of columns; labels don't matter."""
    found = [X_batch.shape[1] for X_batch, _ in read_batches(seen, X)]
    few = len(found) <= 10
    shown = f"batches of the sizes {found}" if few else f"{len(found)} batches of {min(found)} to {max(found)}"
    expect.that(found == sizes, f"{X.shape[1]} examples were cut into {shown}.")


def joined(seen, X):
    """All batches side by side again: X and Y, of shapes (n_x, columns) and (1, columns)."""
    batches = read_batches(seen, X)
    expect.that(batches, "The result holds no batch.")
    for number, (X_batch, Y_batch) in enumerate(batches, start=1):
        expect.numeric(Y_batch, f"Y_batch of batch {number}", (1, X_batch.shape[1]))
    return tuple(np.hstack(columns) for columns in zip(*batches, strict=True))


def expect_batches(seen, expected, X):
    """The same batches in the same order."""
    expect_sizes(seen, X, [X_batch.shape[1] for X_batch, _ in expected])
    for name, found, right in zip(("X", "Y"), joined(seen, X), joined(expected, X), strict=True):
        expect.array(found, right, f"{name} of all batches side by side")


@pytest.mark.graded("random_mini_batches", points=1.5)
def test_batches_sizes(student, draw):
    """All batches have the size that is asked for, but the last, which holds what is left."""
    for count, size, sizes in ((53, 20, [20, 20, 13]), (9, 8, [8, 1]), (6, 1, [1] * 6)):
        X, Y = examples(draw, count)
        expect_sizes(student.random_mini_batches(X, Y, size, 4), X, sizes)


@pytest.mark.graded("random_mini_batches", points=1.5)
def test_batches_whole_multiple(student, draw):
    """Where the size divides the number of examples, all batches are full and none is empty."""
    for count, size in ((48, 16), (35, 5)):
        X, Y = examples(draw, count)
        expect_sizes(student.random_mini_batches(X, Y, size, 3), X, [size] * (count // size))


@pytest.mark.graded("random_mini_batches", points=1.5)
def test_batches_few_examples(student, reference, draw):
    """Fewer examples than a batch should hold make one batch of them all, shuffled; so do exactly as many."""
    for count, size in ((11, 32), (12, 12), (1, 64)):
        X, Y = examples(draw, count)
        expected = reference.random_mini_batches(X, Y, size, 6)
        expect_batches(student.random_mini_batches(X, Y, size, 6), expected, X)


@pytest.mark.graded("random_mini_batches", points=1)
def test_batches_use_every_example_once(student, draw):
    """Every example is in exactly one batch, whole and shuffled; the X and Y that came in stay as they were."""
    X, Y = examples(draw, 77, features=5)
    batches = read_batches(student.random_mini_batches(X, Y, 10, 21), X)
    shuffled = np.hstack([np.empty((5, 0)), *(X_batch for X_batch, _ in batches)])
    expect.that(
        np.array_equal(np.sort(shuffled[0]), X[0]),
        f"Of {X.shape[1]} examples, {len(np.intersect1d(shuffled[0], X[0]))} are in a batch, "
        f"and the batches hold {shuffled.shape[1]} columns in all.",
    )
    expect.that(not np.array_equal(shuffled[0], X[0]), "The examples come in the order in which they were given.")
    order = shuffled[0].astype(int)
    expect.array(shuffled, X[:, order], "X, whose columns should stay whole")
    expect.unchanged(student.arguments[:2], (X, Y), "X or Y")


@pytest.mark.graded("random_mini_batches", points=1.5)
def test_batches_keep_pairs_together(student, draw):
    """Every example keeps its own label, wherever the shuffle puts it."""
    X, Y = examples(draw, 131)
    found_X, found_Y = joined(student.random_mini_batches(X, Y, 32, 8), X)
    order = found_X[0].astype(int)
    expect.that(not np.array_equal(order, X[0]), "The examples come in the order in which they were given.")
    expect.that(np.isin(found_X[0], X[0]).all(), "The batches hold columns that are not among the examples.")
    misplaced = int(np.sum(found_Y != Y[:, order]))
    expect.that(misplaced == 0, f"{misplaced} of {found_Y.size} examples have another label than they came with.")


@pytest.mark.graded("random_mini_batches", points=2)
def test_batches_follow_the_seed(student, pinned, draw):
    """The seed decides the order: numpy's generator, seeded with it, draws one permutation of the columns."""
    X, Y = examples(draw, 29, features=2)
    for size, seed in ((12, 17), (5, 902)):
        expected = pinned("random_mini_batches", X, Y, size, seed)
        expect_batches(student.random_mini_batches(X, Y, size, seed), expected, X)


@pytest.mark.graded("random_mini_batches", points=1)
def test_batches_defaults(student, reference, draw):
    """Without size and seed the batches hold 64 examples, and the seed is 0."""
    X, Y = examples(draw, 150)
    expect_batches(student.random_mini_batches(X, Y), reference.random_mini_batches(X, Y, 64, 0), X)


# initialize_velocity


@pytest.mark.graded("initialize_velocity", points=2)
def test_velocity_names(student, draw):
    """There is a velocity for every weight matrix and every bias, named like its gradient."""
    parameters = network(draw, [3, 2, 4, 2])
    expect.dictionary(student.initialize_velocity(parameters), zeros(parameters), "v")


@pytest.mark.graded("initialize_velocity", points=2)
def test_velocity_of_weights(student, draw):
    """The velocity of a weight matrix is zero everywhere and has the matrix's shape."""
    parameters = network(draw, [6, 2, 3, 1])
    right = only("W", zeros(parameters))
    expect.arrays(student.initialize_velocity(parameters), right, "v")


@pytest.mark.graded("initialize_velocity", points=2)
def test_velocity_of_biases(student, draw):
    """The velocity of a bias is zero everywhere and a column, as the bias is."""
    parameters = network(draw, [2, 5, 1, 4])
    right = only("b", zeros(parameters))
    expect.arrays(student.initialize_velocity(parameters), right, "v")


@pytest.mark.graded("initialize_velocity", points=3)
def test_velocity_any_depth(student, draw):
    """It works for any number of layers, here from one to six."""
    for layers_dims in DEPTHS:
        parameters = network(draw, layers_dims)
        name = f"v for {depth(layers_dims)}"
        expect.arrays(student.initialize_velocity(parameters), zeros(parameters), name)


@pytest.mark.graded("initialize_velocity", points=1)
def test_velocity_leaves_parameters(student, draw):
    """The velocities are arrays of their own: the parameters keep their values."""
    parameters = network(draw, [3, 3, 2])
    expect.arrays(student.initialize_velocity(parameters), zeros(parameters), "v")
    expect.unchanged(student.arguments[0], parameters, "the parameters")


# update_parameters_with_momentum


@pytest.mark.graded("update_parameters_with_momentum", points=1.5, lends=True)
def test_momentum_velocity(student, reference):
    """The returned velocity mixes the old velocity and the gradient, as beta says."""
    parameters = {"W1": np.array([[3.0, -1.0]]), "b1": np.array([[0.5]])}
    grads = {"dW1": np.array([[20.0, -5.0]]), "db1": np.array([[10.0]])}
    v = {"dW1": np.array([[-10.0, 15.0]]), "db1": np.array([[0.0]])}
    expected = {"dW1": np.array([[-4.0, 11.0]]), "db1": np.array([[2.0]])}
    momentum_gives(student, reference, (parameters, grads, v, 0.8, 0.1), v=expected)


@pytest.mark.graded("update_parameters_with_momentum", points=1.5, lends=True)
def test_momentum_parameters(student, reference):
    """The parameters step along the new velocity, as far as the learning rate says."""
    parameters = {"W1": np.array([[1.0], [6.0]]), "b1": np.array([[-2.0], [4.0]])}
    grads = {"dW1": np.array([[4.0], [-8.0]]), "db1": np.array([[12.0], [0.0]])}
    v = {"dW1": np.array([[8.0], [-4.0]]), "db1": np.array([[-8.0], [2.0]])}
    expected = {"W1": np.array([[-2.5], [8.5]]), "b1": np.array([[-0.5], [3.25]])}
    momentum_gives(student, reference, (parameters, grads, v, 0.75, 0.5), parameters=expected)


@pytest.mark.graded("update_parameters_with_momentum", points=1, lends=True)
def test_momentum_from_rest(student, reference, draw):
    """From a velocity of zero, the first step goes along a part of the gradient."""
    parameters = network(draw, [3, 2, 2])
    grads = slopes(draw, parameters)
    velocity = {name: grads[name] / 4 for name in grads}
    moved = {name: value - 0.6 * velocity["d" + name] for name, value in parameters.items()}
    momentum_gives(student, reference, (parameters, grads, zeros(parameters), 0.75, 0.6), moved, velocity)


@pytest.mark.graded("update_parameters_with_momentum", points=2, lends=True)
def test_momentum_three_layers(student, reference, pinned, draw):
    """Every layer of a moving network steps along its own velocity."""
    parameters = network(draw, SOME_LAYERS)
    arguments = parameters, slopes(draw, parameters), slopes(draw, parameters), 0.85, 0.3
    moved, _ = pinned("update_parameters_with_momentum", *arguments)
    momentum_gives(student, reference, arguments, parameters=moved)


@pytest.mark.graded("update_parameters_with_momentum", points=1.5, lends=True)
def test_momentum_any_depth(student, reference, draw):
    """It works for any number of layers, here from one to six."""
    for layers_dims in DEPTHS:
        parameters = network(draw, layers_dims)
        arguments = parameters, slopes(draw, parameters), slopes(draw, parameters), 0.9, 0.5
        momentum_gives(student, reference, arguments, *reference.update_parameters_with_momentum(*arguments))


@pytest.mark.graded("update_parameters_with_momentum", points=1.5, lends=True)
def test_momentum_beta(student, reference, draw):
    """With beta at zero the velocity is the gradient; the nearer to one, the more of the past is kept."""
    parameters = network(draw, [3, 3, 1])
    grads, v = slopes(draw, parameters), slopes(draw, parameters)
    for beta in (0.0, 0.35, 0.99):
        arguments = parameters, grads, v, beta, 0.2
        velocity = reference.update_parameters_with_momentum(*arguments)[1]
        momentum_gives(student, reference, arguments, v={"dW1": velocity["dW1"]})


@pytest.mark.graded("update_parameters_with_momentum", points=1, lends=True)
def test_momentum_several_steps(student, reference, draw):
    """Its results can be given back to it: three steps in a row, each with a gradient of its own."""
    parameters = network(draw, [2, 3, 2])
    gradients = [slopes(draw, parameters) for _ in range(3)]

    def walk(step):
        state = parameters, zeros(parameters)
        for grads in gradients:
            state = expect.returned(step(state[0], grads, state[1], 0.7, 0.25), "parameters", "v")
        return state

    moved, velocity = walk(reference.update_parameters_with_momentum)
    with_momentum(student, reference, lambda step: judge(walk(step), {}, parameters=moved, v=velocity))


# initialize_adam


def adam_zeros(student, reference, parameters, check):
    """Run a check of the two returned dictionaries, which may come from ``initialize_velocity``."""
    lent = student.replaced(initialize_velocity=reference.initialize_velocity)

    def checked(function):
        for name, seen in zip(("v", "s"), expect.returned(function(parameters), "v", "s"), strict=True):
            check(name, seen)

    expect.either_way(lent.initialize_adam, student.initialize_adam, checked)


def zero_weights(which, parameters):
    """A check that one of the dictionaries is zero where it belongs to weights."""
    right = only("W", zeros(parameters))
    return lambda name, seen: expect.arrays(seen, right, name) if name == which else None


def all_zeros(parameters, more=""):
    """A check that a dictionary is all zero."""
    return lambda name, seen: expect.arrays(seen, zeros(parameters), name + more)


@pytest.mark.graded("initialize_adam", points=2, lends=True)
def test_adam_zeros_names(student, reference, draw):
    """There are two dictionaries, v and s, each with an entry for every weight matrix and every bias."""
    parameters = network(draw, [2, 4, 3, 2])
    adam_zeros(student, reference, parameters, lambda name, seen: expect.dictionary(seen, zeros(parameters), name))


@pytest.mark.graded("initialize_adam", points=2, lends=True)
def test_adam_zeros_v(student, reference, draw):
    """For the weights, all of v is zero, in their shapes."""
    parameters = network(draw, [5, 2, 3, 1])
    adam_zeros(student, reference, parameters, zero_weights("v", parameters))


@pytest.mark.graded("initialize_adam", points=2, lends=True)
def test_adam_zeros_s(student, reference, draw):
    """For the weights, all of s is zero, in their shapes."""
    parameters = network(draw, [4, 3, 1, 2])
    adam_zeros(student, reference, parameters, zero_weights("s", parameters))


@pytest.mark.graded("initialize_adam", points=3, lends=True)
def test_adam_zeros_any_depth(student, reference, draw):
    """Both are zero for weights and biases of any number of layers, here from one to six."""
    for layers_dims in DEPTHS:
        parameters = network(draw, layers_dims)
        adam_zeros(student, reference, parameters, all_zeros(parameters, f" for {depth(layers_dims)}"))


@pytest.mark.graded("initialize_adam", points=1, lends=True)
def test_adam_zeros_leave_parameters(student, reference, draw):
    """The averages are arrays of their own, each apart from the others: the parameters keep their values."""
    parameters = network(draw, [2, 2, 3])
    adam_zeros(student, reference, parameters, all_zeros(parameters))
    expect.unchanged(student.arguments[0], parameters, "the parameters")
    expect.that(not student.shares, "One dictionary or array has two places: what changes it in one changes the other.")


# update_parameters_with_adam


@pytest.mark.graded("update_parameters_with_adam", points=1.5, lends=True)
def test_adam_first_step(student, reference):
    """The first step from zero averages is as long as the learning rate, whatever the size of the gradient."""
    parameters = {"W1": np.array([[1.0, 2.0, -1.0]]), "b1": np.array([[0.5]])}
    grads = {"dW1": np.array([[3e7, -4e8, 2.5e6]]), "db1": np.array([[-1e7]])}
    expected = {"W1": np.array([[0.2, 2.8, -1.8]]), "b1": np.array([[1.3]])}
    arguments = parameters, grads, zeros(parameters), zeros(parameters), 1, 0.8, 0.7, 0.95, TINY
    adam_gives(student, reference, arguments, parameters=expected)


@pytest.mark.graded("update_parameters_with_adam", points=2, lends=True)
def test_adam_averages(student, reference):
    """The returned v and s mix the old averages with the gradient and with its square, uncorrected."""
    parameters = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([[3.0]])}
    grads = {"dW1": np.array([[10.0, -5.0]]), "db1": np.array([[2.0]])}
    v = {"dW1": np.array([[-6.0, 1.0]]), "db1": np.array([[0.5]])}
    s = {"dW1": np.array([[4.0, 9.0]]), "db1": np.array([[64.0]])}
    expected_v = {"dW1": np.array([[0.4, -1.4]]), "db1": np.array([[1.1]])}
    expected_s = {"dW1": np.array([[13.6, 10.6]]), "db1": np.array([[58.0]])}
    arguments = parameters, grads, v, s, 3, 0.1, 0.6, 0.9, 1e-8
    adam_gives(student, reference, arguments, v=expected_v, s=expected_s)


@pytest.mark.graded("update_parameters_with_adam", points=1.5, lends=True)
def test_adam_correction(student, reference, pinned, draw):
    """The step uses averages corrected for their start at zero, by as much as the step's number asks for."""
    for t in (2, 5, 30):
        arguments = *adam_state(draw, SOME_LAYERS), t, 0.2, 0.8, 0.97, TINY
        moved, _, _ = pinned("update_parameters_with_adam", *arguments)
        adam_gives(student, reference, arguments, parameters=moved)


@pytest.mark.graded("update_parameters_with_adam", points=1, lends=True)
def test_adam_late_steps(student, reference, draw):
    """After hundreds and thousands of steps the correction fades; here in the first layer."""
    for t in (600, 5000):
        arguments = *adam_state(draw, [3, 4, 2]), t, 0.1, 0.9, 0.999, TINY
        moved = reference.update_parameters_with_adam(*arguments)[0]
        adam_gives(student, reference, arguments, {"W1": moved["W1"]})


@pytest.mark.graded("update_parameters_with_adam", points=1, lends=True)
def test_adam_epsilon(student, reference, draw):
    """Where the gradients are tiny, epsilon keeps the step small: it is added to the corrected root."""
    parameters = network(draw, [2, 3, 2])
    grads, v = slopes(draw, parameters, 1e-4), slopes(draw, parameters, 1e-4)
    arguments = parameters, grads, v, squares(draw, parameters, 1e-8), 4, 2.0, 0.9, 0.99, 1e-3
    adam_gives(student, reference, arguments, reference.update_parameters_with_adam(*arguments)[0])


@pytest.mark.graded("update_parameters_with_adam", points=1, lends=True)
def test_adam_defaults(student, reference, draw):
    """Rate, betas and epsilon may be left out, and are then 0.01, 0.9, 0.999 and 1e-8."""
    parameters = network(draw, [3, 2, 2])
    grads, v = slopes(draw, parameters, 1e-7), slopes(draw, parameters, 1e-7)
    arguments = parameters, grads, v, squares(draw, parameters, 1e-14), 6
    moved = reference.update_parameters_with_adam(*arguments, 0.01, 0.9, 0.999, 1e-8)[0]
    adam_gives(student, reference, arguments, moved)


@pytest.mark.graded("update_parameters_with_adam", points=1, lends=True)
def test_adam_any_depth(student, reference, draw):
    """It works for any number of layers, here from one to six."""
    for layers_dims in DEPTHS:
        arguments = *adam_state(draw, layers_dims), 8, 0.3, 0.85, 0.95, TINY
        adam_gives(student, reference, arguments, *reference.update_parameters_with_adam(*arguments))


@pytest.mark.graded("update_parameters_with_adam", points=1, lends=True)
def test_adam_several_steps(student, reference, draw):
    """Its results can be given back to it: three steps in a row, each with a gradient of its own."""
    parameters = network(draw, [2, 3, 2])
    gradients = [slopes(draw, parameters, STEEP) for _ in range(3)]

    def walk(step):
        state = parameters, zeros(parameters), zeros(parameters)
        for t, grads in enumerate(gradients, start=1):
            answer = step(state[0], grads, state[1], state[2], t, 0.3, 0.6, 0.9, TINY)
            state = expect.returned(answer, "parameters", "v", "s")
        return state

    moved, v, s = walk(reference.update_parameters_with_adam)
    with_adam(student, reference, lambda step: judge(walk(step), {}, parameters=moved, v=v, s=s))
