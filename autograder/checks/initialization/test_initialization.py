"""The hidden checks of ``initialization``: three functions of ten points each.

What makes up a start is checked piece by piece: names, shapes, biases, the draws whatever they are multiplied
by, their size whatever was drawn, and all of it together. So a wrong factor or a wrong seed costs its own items,
and not all of them. Where a right answer may well call an earlier graded function, the reference's is lent to
it, so that one mistake is paid for once.
"""

import numpy as np
import pytest

from autograder.grading import expect

DEPTHS = (
    [5, 3],
    [1, 1],
    [4, 2, 3],
    [2, 6, 5, 1],
    [3, 2, 4, 2, 3],
    [2, 5, 3, 1, 4, 2],
    [1, 2, 3, 4, 3, 2, 1],
    [3, 1, 2, 1, 4, 1, 2, 5],
    [2, 4, 3, 5, 2, 3, 2, 6, 1],
    [4, 3, 2, 3, 4, 3, 2, 3, 2, 1],
)
WIDE = [300, 60, 150, 40]  # enough draws in each layer for their spread to be known within a few per cent


def depths(draw):
    """Networks of one to nine layers, and one drawn."""
    return (*DEPTHS, [int(units) for units in draw.randint(1, 8, draw.randint(2, 9))])


def depth(layers_dims):
    """A list of layers, in words for a message."""
    layers = len(layers_dims) - 1
    return f"layers_dims = {layers_dims}, {'one layer' if layers == 1 else f'{layers} layers'}"


def widths(layers_dims):
    """Of each layer its number, its units and its inputs."""
    return [(layer, layers_dims[layer], layers_dims[layer - 1]) for layer in range(1, len(layers_dims))]


def biases(layers_dims):
    """The right biases, by name."""
    return {f"b{layer}": np.zeros((units, 1)) for layer, units, _ in widths(layers_dims)}


def no_weights(layers_dims):
    """Weights of zero, by name."""
    return {f"W{layer}": np.zeros((units, inputs)) for layer, units, inputs in widths(layers_dims)}


def names(layers_dims):
    """The names of all weights and biases."""
    return [*no_weights(layers_dims), *biases(layers_dims)]


def hidden(layers_dims):
    """The same network without its last layer: who forgets that one is still paid for the others."""
    return layers_dims[:-1]


def weights(parameters):
    """The weights alone, without the biases: a right half is worth something."""
    return {name: value for name, value in parameters.items() if name.startswith("W")}


def with_random(student, reference, check):
    """Run a check of the random start, which may take its biases from the start at zero."""
    lent = student.replaced(initialize_parameters_zeros=reference.initialize_parameters_zeros)
    expect.either_way(lent.initialize_parameters_random, student.initialize_parameters_random, check)


def with_he(student, reference, check):
    """Run a check of He's start, which may be made from either of the others."""
    lent = student.replaced(
        initialize_parameters_zeros=reference.initialize_parameters_zeros,
        initialize_parameters_random=reference.initialize_parameters_random,
    )
    expect.either_way(lent.initialize_parameters_he, student.initialize_parameters_he, check)


def drawn(seen, layers_dims):
    """The weights of a result as float arrays in their right shapes, each known to hold more than one number."""
    found = expect.dictionary(seen, no_weights(layers_dims), "the result")
    arrays = {name: expect.numeric(found[name], name, value.shape) for name, value in no_weights(layers_dims).items()}
    for name, value in arrays.items():
        expect.that(np.isfinite(value).all(), f"{name} holds NaN or infinite values.")
        expect.that(np.unique(value).size > 1, f"All {value.size} entries of {name} are the same number.")
    return arrays


def all_different(seen, layers_dims):
    """Weights of which no two are equal, in one layer or in two."""
    arrays = drawn(seen, layers_dims)
    values = np.concatenate([value.ravel() for value in arrays.values()])
    repeated = values.size - np.unique(values).size
    expect.that(repeated == 0, f"Of {values.size} weights, {repeated} repeat a number that another weight has.")


def gives(expected, layers_dims):
    """A check that a start for these layers gives all of the expected arrays."""
    return lambda start: expect.arrays(start(layers_dims), expected, f"the result for {depth(layers_dims)}")


def zero_biases(seen, layers_dims):
    """Biases of zero beside weights that are not."""
    expect.arrays(seen, biases(layers_dims), "the result")
    drawn(seen, layers_dims)


def same_draws(seen, expected, layers_dims):
    """The expected weights but for one positive factor for each layer."""
    units = {name: value / np.linalg.norm(value) for name, value in drawn(seen, layers_dims).items()}
    right = {name: value / np.linalg.norm(value) for name, value in weights(expected).items()}
    expect.arrays(units, right, "the weights, each matrix divided by its length")


def he_factor(inputs):
    """What He et al. (2015) multiply standard normal draws by."""
    return np.sqrt(2 / inputs)


def right_spread(seen, layers_dims, size):
    """Standard deviations within a tenth of ``size(inputs)``, whatever was drawn in whatever shape."""
    found = expect.dictionary(seen, no_weights(layers_dims), "the result")
    for layer, _, inputs in widths(layers_dims):
        name = f"W{layer}"
        ratio = np.std(expect.numeric(found[name], name)) / size(inputs)
        expect.that(np.isfinite(ratio), f"{name} holds NaN or infinite values.")
        side = "large" if ratio > 1 else "small"
        expect.that(abs(ratio - 1) < 0.1, f"The weights of {name}, with {inputs} inputs, are too {side} on the whole.")


# initialize_parameters_zeros


@pytest.mark.graded("initialize_parameters_zeros", points=2)
def test_zeros_names(student):
    """There is a weight matrix and a bias for every layer, numbered from 1; layers_dims stays as it was."""
    layers_dims = [4, 3, 5, 2, 1]
    expect.dictionary(student.initialize_parameters_zeros(layers_dims), names(layers_dims), "the result")
    expect.unchanged(student.arguments[0], layers_dims, "layers_dims")


@pytest.mark.graded("initialize_parameters_zeros", points=2)
def test_zeros_weights(student):
    """Weights are zero, with a row for each unit and a column for each input of a layer; here in hidden layers."""
    layers_dims = [6, 2, 3, 4]
    expected = no_weights(hidden(layers_dims))
    expect.arrays(student.initialize_parameters_zeros(layers_dims), expected, "the result")


@pytest.mark.graded("initialize_parameters_zeros", points=2)
def test_zeros_biases(student):
    """Biases are zero, and columns with an entry for each unit of the layer; here in hidden layers."""
    layers_dims = [2, 7, 3, 5]
    expected = biases(hidden(layers_dims))
    expect.arrays(student.initialize_parameters_zeros(layers_dims), expected, "the result")


@pytest.mark.graded("initialize_parameters_zeros", points=1.5)
def test_zeros_one_layer(student):
    """A list of two entries makes one layer."""
    for layers_dims in ([3, 4], [5, 1]):
        expected = no_weights(layers_dims) | biases(layers_dims)
        name = f"the result for {depth(layers_dims)}"
        expect.arrays(student.initialize_parameters_zeros(layers_dims), expected, name)


@pytest.mark.graded("initialize_parameters_zeros", points=2.5)
def test_zeros_any_depth(student, reference, draw):
    """It works for any number of layers, here from one to nine."""
    for layers_dims in depths(draw):
        expected = reference.initialize_parameters_zeros(layers_dims)
        name = f"the result for {depth(layers_dims)}"
        expect.arrays(student.initialize_parameters_zeros(layers_dims), expected, name)


# initialize_parameters_random


@pytest.mark.graded("initialize_parameters_random", points=1, lends=True)
def test_random_all_different(student, reference):
    """The weights have the right shapes, and no two are equal, in whatever layers; layers_dims stays as it was."""
    layers_dims = [3, 4, 4, 4, 2]
    with_random(student, reference, lambda start: all_different(start(layers_dims), layers_dims))
    expect.unchanged(student.arguments[0], layers_dims, "layers_dims")


@pytest.mark.graded("initialize_parameters_random", points=1.5, lends=True)
def test_random_biases(student, reference):
    """In hidden layers the biases are zero, in columns, beside weights that are not."""
    layers_dims = [2, 5, 3, 4]
    with_random(student, reference, lambda start: zero_biases(start(layers_dims), hidden(layers_dims)))


@pytest.mark.graded("initialize_parameters_random", points=1.5, lends=True)
def test_random_size(student, reference):
    """The weights of hidden layers are about ten times as large as standard normal draws."""
    with_random(student, reference, lambda start: right_spread(start(WIDE), hidden(WIDE), lambda inputs: 10))


@pytest.mark.graded("initialize_parameters_random", points=1.5, lends=True)
def test_random_draws(student, reference):
    """The weights are draws from the seed 3, layer after layer, whatever they are multiplied by."""
    layers_dims = [4, 6, 3, 2]
    expected = reference.initialize_parameters_random(layers_dims)
    with_random(student, reference, lambda start: same_draws(start(layers_dims), expected, layers_dims))


@pytest.mark.graded("initialize_parameters_random", points=1, lends=True)
def test_random_one_layer(student, reference, pinned):
    """A list of two entries makes one layer, with all of its weights right."""
    layers_dims = [5, 4]
    expected = weights(pinned("initialize_parameters_random", layers_dims))
    with_random(student, reference, lambda start: expect.arrays(start(layers_dims), expected, "the result"))


@pytest.mark.graded("initialize_parameters_random", points=1.5, lends=True)
def test_random_three_layers(student, reference, pinned):
    """The weights of all three layers are right."""
    layers_dims = [3, 7, 4, 2]
    expected = weights(pinned("initialize_parameters_random", layers_dims))
    with_random(student, reference, lambda start: expect.arrays(start(layers_dims), expected, "the result"))


@pytest.mark.graded("initialize_parameters_random", points=2, lends=True)
def test_random_any_depth(student, reference, draw):
    """Weights and biases are right for any number of layers, here from one to nine."""
    for layers_dims in depths(draw):
        expected = reference.initialize_parameters_random(layers_dims)
        with_random(student, reference, gives(expected, layers_dims))


# initialize_parameters_he


@pytest.mark.graded("initialize_parameters_he", points=1, lends=True)
def test_he_all_different(student, reference):
    """The weights have the right shapes, and no two are equal, in whatever layers; layers_dims stays as it was."""
    layers_dims = [2, 5, 5, 5, 3]
    with_he(student, reference, lambda start: all_different(start(layers_dims), layers_dims))
    expect.unchanged(student.arguments[0], layers_dims, "layers_dims")


@pytest.mark.graded("initialize_parameters_he", points=1, lends=True)
def test_he_biases(student, reference):
    """In hidden layers the biases are zero, in columns, beside weights that are not."""
    layers_dims = [3, 6, 2, 5]
    with_he(student, reference, lambda start: zero_biases(start(layers_dims), hidden(layers_dims)))


@pytest.mark.graded("initialize_parameters_he", points=1.5, lends=True)
def test_he_size(student, reference):
    """The more inputs a hidden layer has, the smaller are its weights, as the factor of He et al. says."""
    with_he(student, reference, lambda start: right_spread(start(WIDE), hidden(WIDE), he_factor))


@pytest.mark.graded("initialize_parameters_he", points=1.5, lends=True)
def test_he_draws(student, reference):
    """The weights are draws from the seed 3, layer after layer, whatever they are multiplied by."""
    layers_dims = [5, 3, 6, 2]
    expected = reference.initialize_parameters_he(layers_dims)
    with_he(student, reference, lambda start: same_draws(start(layers_dims), expected, layers_dims))


@pytest.mark.graded("initialize_parameters_he", points=1, lends=True)
def test_he_one_layer(student, reference, pinned):
    """A list of two entries makes one layer, with all of its weights right."""
    layers_dims = [6, 3]
    expected = weights(pinned("initialize_parameters_he", layers_dims))
    with_he(student, reference, lambda start: expect.arrays(start(layers_dims), expected, "the result"))


@pytest.mark.graded("initialize_parameters_he", points=1.5, lends=True)
def test_he_three_layers(student, reference, pinned):
    """The weights of all three layers are right, each layer with a factor of its own."""
    layers_dims = [7, 3, 5, 4]
    expected = weights(pinned("initialize_parameters_he", layers_dims))
    with_he(student, reference, lambda start: expect.arrays(start(layers_dims), expected, "the result"))


@pytest.mark.graded("initialize_parameters_he", points=1, lends=True)
def test_he_keeps_the_signal(student, reference, draw):
    """Through nine wide layers with ReLU, the outputs stay about as large as the inputs."""
    layers_dims = [100, 120, 80, 110, 90, 120, 100, 80, 110, 100]
    inputs = draw.randn(100, 60)

    def check(start):
        A = inputs
        for name, value in drawn(start(layers_dims), layers_dims).items():
            A = np.maximum(0, np.clip(value, -1e6, 1e6) @ A)
            growth = np.sqrt(np.mean(A**2) / np.mean(inputs**2))
            expect.that(growth < 2, f"The outputs have grown to more than twice the inputs by {name}.")
            expect.that(growth > 0.5, f"The outputs have shrunk to less than half of the inputs by {name}.")

    with_he(student, reference, check)


@pytest.mark.graded("initialize_parameters_he", points=1.5, lends=True)
def test_he_any_depth(student, reference, draw):
    """Weights and biases are right for any number of layers, here from one to nine."""
    for layers_dims in depths(draw):
        expected = reference.initialize_parameters_he(layers_dims)
        with_he(student, reference, gives(expected, layers_dims))
