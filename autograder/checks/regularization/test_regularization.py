"""The hidden checks of ``regularization``: four functions of ten points each.

Arguments are given by position, so that a learner's own names for them do no harm. Every cache is consistent:
its ``A`` is the activation of its ``Z``, so that masks taken from either agree. The masks of a cache given to the
backward pass are truth values, whatever the learner's own forward pass makes.
"""

from itertools import pairwise

import numpy as np
import pytest

from autograder.grading import expect

WIDTHS = ([3, 4, 2, 1], [1, 1, 1, 1], [2, 5, 5, 1], [5, 2, 7, 1])
ELEVEN = ("dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
PARAMETERS = ("W1", "b1", "W2", "b2", "W3", "b3")
NAMES = ("Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")
PLACES = {name: place for place, name in enumerate(NAMES)}  # in the cache of a pass with dropout
STEP = 1e-5  # of a numerical derivative: its error is about the step's square, and rounding over the step
FAR = 1e-3  # from a kink
FLAT = 8  # where the sigmoid has come within 1e-3 of 0 or 1
NUMERICAL = {"rtol": 1e-6, "atol": 1e-8}
CLEAR = 1e-6
PENALTIES = {
    0.0: ": there is no penalty in it",
    -1.0: ": the penalty goes the wrong way",
    2.0: ": the penalty is twice what it should be",
    0.5: ": the penalty is half of what it should be",
}


def network(draw, layers_dims, size=1.0):
    """Parameters of three layers; biases are drawn too, so that none is zero by chance."""
    drawn = {}
    for layer, (columns, rows) in enumerate(pairwise(layers_dims), start=1):
        drawn[f"W{layer}"] = size * draw.randn(rows, columns)
        drawn[f"b{layer}"] = size * draw.randn(rows, 1)
    return drawn


def examples(draw, features, count):
    """Inputs and labels; of two examples or more, both labels occur."""
    return draw.randn(features, count), draw.permutation(np.arange(count) % 2).reshape(1, count)


def sized(layers_dims):
    """The widths, in words for a message."""
    return f"layers of {', '.join(map(str, layers_dims[:-1]))} and {layers_dims[-1]} units"


def chosen(gradients, *names):
    """Some of the gradients: a right half is worth something."""
    return {name: gradients[name] for name in names}


# compute_cost_with_regularization


def outputs(draw, count):
    """Outputs of a network, clear of 0 and 1, and labels."""
    return draw.uniform(0.05, 0.95, (1, count)), draw.randint(0, 2, (1, count))


def cost_gives(student, reference, arguments, name="the cost"):
    """The reference's cost of these arguments."""
    right = reference.compute_cost_with_regularization(*arguments)
    judge_cost(
        student.compute_cost_with_regularization(*arguments), right, reference.compute_cost(*arguments[:2]), name
    )


def judge_cost(seen, right, free, name="the cost"):
    """Compare a cost; where it is wrong, tell what is wrong with the penalty, which is what ``free`` lacks."""
    found = expect.value(seen, name)
    problem = ""
    if right != free:
        share = (found - free) / (right - free)
        problem = next((words for times, words in PENALTIES.items() if abs(share - times) < CLEAR), "")
    close = abs(found - right) <= expect.RTOL * abs(right)
    side = "large" if found > right else "small"
    expect.that(close, f"{name[0].upper()}{name[1:]} is {found:.6g}, which is too {side}{problem}.")


@pytest.mark.graded("compute_cost_with_regularization", points=1)
def test_cost_without_penalty(student, reference, draw):
    """With lambd at zero the cost is the cross-entropy alone, one number."""
    for count in (1, 6):
        cost_gives(student, reference, (*outputs(draw, count), network(draw, [3, 2, 2, 1]), 0.0))


@pytest.mark.graded("compute_cost_with_regularization", points=2)
def test_cost_penalty_by_hand(student, reference):
    """The penalty is lambd over twice the number of examples, times the sum of the squared weights."""
    weights = {"W1": np.array([[1.0, -3.0]]), "W2": np.array([[2.0], [0.5]]), "W3": np.array([[-1.5, 4.0]])}
    biases = {"b1": np.zeros((1, 1)), "b2": np.zeros((2, 1)), "b3": np.zeros((1, 1))}
    A3, Y = np.array([[0.25, 0.5, 0.75, 0.125, 0.5]]), np.array([[0, 1, 1, 0, 0]])
    free = reference.compute_cost(A3, Y)
    parameters = {name: (weights | biases)[name] for name in PARAMETERS}
    judge_cost(student.compute_cost_with_regularization(A3, Y, parameters, 1.0), free + 3.25, free)


@pytest.mark.graded("compute_cost_with_regularization", points=2)
def test_cost_counts_every_layer(student, reference, draw):
    """The weights of each of the three layers count, here of one layer at a time."""
    for layer in (1, 2, 3):
        none = {name: np.zeros_like(value) for name, value in network(draw, [4, 3, 5, 1]).items()}
        drawn = network(draw, [4, 3, 5, 1])[f"W{layer}"]
        arguments = *outputs(draw, 7), none | {f"W{layer}": drawn}, 0.9
        cost_gives(student, reference, arguments, f"the cost where only W{layer} is not zero")


@pytest.mark.graded("compute_cost_with_regularization", points=1.5)
def test_cost_biases_are_free(student, draw):
    """Biases cost nothing, however large they are: only other weights make another cost."""
    parameters, (A3, Y) = network(draw, [2, 3, 2, 1]), outputs(draw, 9)

    def cost(changed):
        seen = student.compute_cost_with_regularization(A3, Y, parameters | changed, 0.4)
        return expect.value(seen, "the cost")

    first = cost({})
    for name in ("b1", "b2", "b3"):
        same = abs(cost({name: parameters[name] + 5}) - first) <= expect.RTOL * abs(first)
        expect.that(same, f"The cost is another one when {name} grows.")
    other = cost({name: 2 * parameters[name] for name in ("W1", "W2", "W3")})
    expect.that(other != first, "The cost is the same when all weights are doubled.")


@pytest.mark.graded("compute_cost_with_regularization", points=2.5)
def test_cost_any_size(student, reference, pinned, draw):
    """It works for any widths of the layers, any number of examples and any lambd."""
    arguments = *outputs(draw, 6), network(draw, [2, 6, 3, 1]), 0.25
    right = float(pinned("compute_cost_with_regularization", *arguments))
    judge_cost(student.compute_cost_with_regularization(*arguments), right, reference.compute_cost(*arguments[:2]))
    for layers_dims, count, lambd in zip(WIDTHS, (1, 4, 10, 33), (0.05, 1.7, 12, 0.6), strict=True):
        arguments = *outputs(draw, count), network(draw, layers_dims), lambd
        cost_gives(student, reference, arguments, f"the cost for {sized(layers_dims)}")


@pytest.mark.graded("compute_cost_with_regularization", points=1)
def test_cost_of_certain_outputs(student, reference, draw):
    """Outputs of exactly 0 and 1, where they are right, leave the cost finite, as in the given compute_cost."""
    A3, Y = np.array([[1.0, 0.0, 0.6, 0.0, 1.0]]), np.array([[1, 0, 0, 0, 1]])
    cost_gives(student, reference, (A3, Y, network(draw, [2, 2, 3, 1]), 0.3))


# backward_propagation_with_regularization


def forward_case(draw, reference, layers_dims, count, size=1.0):
    """Inputs, labels and the cache of the given forward pass, in which some units are silent, but never a layer."""
    while True:
        X, Y = examples(draw, layers_dims[0], count)
        cache = reference.forward_propagation(X, network(draw, layers_dims, size))[1]
        if flows(cache[1], cache[5]):
            return X, Y, cache


def flows(A1, A2):
    """Whether for some example both hidden layers have a unit that isn't silent: else all behind them is zero."""
    return np.any(A1.any(axis=0) & A2.any(axis=0))


def l2_gives(student, reference, case, lambd, names=ELEVEN, **tolerance):
    """The reference's gradients of these names."""
    expected = chosen(reference.backward_propagation_with_regularization(*case, lambd), *names)
    seen = student.backward_propagation_with_regularization(*case, lambd)
    expect.arrays(seen, expected, "the result", **tolerance)


@pytest.mark.graded("backward_propagation_with_regularization", points=1)
def test_l2_names_and_shapes(student, reference, draw):
    """The result holds all eleven gradients, each in its shape; what came in stays as it was."""
    case = forward_case(draw, reference, [3, 5, 4, 1], 6)
    right = reference.backward_propagation_with_regularization(*case, 0.5)
    found = expect.dictionary(student.backward_propagation_with_regularization(*case, 0.5), ELEVEN, "the result")
    for name in ELEVEN:
        expect.numeric(found[name], name, right[name].shape)
    expect.unchanged(student.arguments[:3], case, "X, Y or the cache")


@pytest.mark.graded("backward_propagation_with_regularization", points=1.5)
def test_l2_way_down(student, reference, draw):
    """From layer to layer dZ and dA are those of plain backpropagation: the penalty doesn't touch them."""
    case = forward_case(draw, reference, [2, 4, 5, 1], 8)
    l2_gives(student, reference, case, 3.0, ("dZ3", "dA2", "dZ2", "dA1", "dZ1"))


@pytest.mark.graded("backward_propagation_with_regularization", points=1.5)
def test_l2_plain_weights(student, reference, draw):
    """With lambd at zero, dW1, dW2 and dW3 are the plain gradients: means over the examples."""
    case = forward_case(draw, reference, [4, 3, 3, 1], 9)
    l2_gives(student, reference, case, 0.0, ("dW1", "dW2", "dW3"))


@pytest.mark.graded("backward_propagation_with_regularization", points=1.5)
def test_l2_biases(student, reference, draw):
    """The gradients of the biases are means over the examples, kept as columns, with no penalty."""
    case = forward_case(draw, reference, [3, 4, 3, 1], 7)
    l2_gives(student, reference, case, 2.5, ("db1", "db2", "db3"))


@pytest.mark.graded("backward_propagation_with_regularization", points=1.5)
def test_l2_pull_of_the_penalty(student, draw, reference):
    """What lambd adds to dW1, dW2 and dW3 is the penalty's own gradient, in proportion to the weights."""
    case = forward_case(draw, reference, [3, 3, 4, 1], 5)
    pull = {}
    for lambd in (0.0, 2.0):
        seen = student.backward_propagation_with_regularization(*case, lambd)
        found = expect.dictionary(seen, ("dW1", "dW2", "dW3"), "the result")
        shapes = {"dW1": (3, 3), "dW2": (4, 3), "dW3": (1, 4)}
        pull[lambd] = {name: expect.numeric(found[name], name, shape) for name, shape in shapes.items()}
    added = {name: pull[2.0][name] - pull[0.0][name] for name in pull[2.0]}
    expected = {f"dW{layer}": 0.4 * case[2][place] for layer, place in ((1, 2), (2, 6), (3, 10))}
    expect.arrays(added, expected, "what the penalty adds", atol=10 * expect.ATOL)  # a difference loses digits


@pytest.mark.graded("backward_propagation_with_regularization", points=1.5)
def test_l2_is_the_slope_of_the_cost(student, reference, draw):
    """The gradients of weights and biases agree with numerical derivatives of the regularized cost."""
    X, Y = examples(draw, 2, 6)
    parameters, lambd = network(draw, [2, 3, 2, 1]), 0.8

    def cost(changed):
        output = reference.forward_propagation(X, changed)[0]
        return reference.compute_cost_with_regularization(output, Y, changed, lambd)

    cache = reference.forward_propagation(X, parameters)[1]
    seen = student.backward_propagation_with_regularization(X, Y, cache, lambd)
    expect.arrays(seen, slopes(cost, parameters), "the result", **NUMERICAL)


@pytest.mark.graded("backward_propagation_with_regularization", points=1.5)
def test_l2_any_size(student, reference, pinned, draw):
    """All eleven are right for any widths of the layers, any number of examples and any lambd."""
    case = forward_case(draw, reference, [4, 6, 3, 1], 10)
    expected = pinned("backward_propagation_with_regularization", *case, 0.7)
    expect.arrays(student.backward_propagation_with_regularization(*case, 0.7), expected, "the result")
    for layers_dims, count, lambd in zip(WIDTHS, (1, 3, 12, 30), (0.1, 5, 0.0, 1.3), strict=True):
        l2_gives(student, reference, forward_case(draw, reference, layers_dims, count), lambd)


def slopes(cost, parameters):
    """Centred differences of a cost along every entry of the parameters, named as gradients."""
    found = {}
    for name, value in parameters.items():
        slope = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            up, down = value.copy(), value.copy()
            up[place] += STEP
            down[place] -= STEP
            slope[place] = (cost(parameters | {name: up}) - cost(parameters | {name: down})) / (2 * STEP)
        found[f"d{name}"] = slope
    return found


# forward_propagation_with_dropout


def dropout_values(answer, count, *names):
    """Values of the returned cache by name, A3 among them, as float arrays; the masks may be of any type."""
    output, cache = expect.returned(answer, "A3", "cache")
    expect.numeric(output, "A3", (1, count))
    values = expect.returned(cache, *PLACES)
    return {name: expect.numeric(values[PLACES[name]], name) for name in names}


def same_shape(values, *names):
    """The values of these names have one shape, that of the first."""
    for name in names[1:]:
        expect.numeric(values[name], name, values[names[0]].shape)


def dropout_gives(answer, expected, count, *names):
    """These values of the cache agree with those of the reference's answer."""
    found = dropout_values(answer, count, *names)
    right = {name: np.asarray(expected[1][PLACES[name]], dtype=float) for name in names}
    expect.arrays(found, right, "the cache")
    if "A3" in names:
        expect.array(answer[0], expected[0], "the returned A3")


@pytest.mark.graded("forward_propagation_with_dropout", points=1)
def test_forward_values_and_shapes(student, reference, draw):
    """It returns A3 of shape (1, m) and a cache of fourteen arrays in their order, parameters among them."""
    X, parameters = draw.randn(3, 8), network(draw, [3, 5, 4, 1])
    expected = reference.forward_propagation_with_dropout(X, parameters, 0.7)[1]
    found = dropout_values(student.forward_propagation_with_dropout(X, parameters, 0.7), 8, *PLACES)
    for name, place in PLACES.items():
        expect.numeric(found[name], name, expected[place].shape)
    expect.arrays(found, parameters, "the cache")


@pytest.mark.graded("forward_propagation_with_dropout", points=1)
def test_forward_keeps_everything(student, reference, draw):
    """With keep_prob at 1 nothing is dropped: all is as in the given forward pass, ReLU included."""
    X, parameters = draw.randn(2, 9), network(draw, [2, 6, 4, 1])
    cache = reference.forward_propagation(X, parameters)[1]
    found = dropout_values(
        student.forward_propagation_with_dropout(X, parameters, 1.0), 9, "Z1", "A1", "Z2", "A2", "Z3", "A3"
    )
    right = dict(zip(("Z1", "A1", "W1", "b1", "Z2", "A2", "W2", "b2", "Z3", "A3"), cache, strict=False))
    expect.arrays(found, chosen(right, *found), "the cache")


@pytest.mark.graded("forward_propagation_with_dropout", points=2)
def test_forward_masks(student, pinned, draw):
    """The masks follow from the seed: each unit stays where its random number is below keep_prob."""
    X, parameters = draw.randn(2, 11), network(draw, [2, 7, 7, 1])
    for keep_prob in (0.8, 0.35):
        expected = pinned("forward_propagation_with_dropout", X, parameters, keep_prob)
        answer = student.forward_propagation_with_dropout(X, parameters, keep_prob)
        dropout_gives(answer, expected, 11, "D1", "D2")


@pytest.mark.graded("forward_propagation_with_dropout", points=2)
def test_forward_mask_and_scale_agree(student, draw):
    """In both hidden layers the activation is zero where the mask is, and ReLU of Z over keep_prob elsewhere."""
    X, parameters = draw.randn(4, 10), network(draw, [4, 8, 6, 1])
    for keep_prob in (0.5, 0.75):
        answer = student.forward_propagation_with_dropout(X, parameters, keep_prob)
        found = dropout_values(answer, 10, "Z1", "D1", "A1", "Z2", "D2", "A2")
        right = {}
        for layer in "12":
            same_shape(found, f"Z{layer}", f"D{layer}", f"A{layer}")
            stays = found[f"D{layer}"] != 0
            right[f"A{layer}"] = np.maximum(found[f"Z{layer}"], 0) * stays / keep_prob
            expect.that(
                0 < np.sum(stays) < stays.size, f"D{layer} holds nothing but {'ones' if stays.any() else 'zeros'}."
            )
        expect.arrays(found, right, "the cache")


@pytest.mark.graded("forward_propagation_with_dropout", points=1)
def test_forward_layers_build_on_each_other(student, reference, draw):
    """Each layer is computed from what dropout left of the one before; the output itself loses nothing."""
    X, parameters = draw.randn(3, 12), network(draw, [3, 6, 5, 1])
    answer = student.forward_propagation_with_dropout(X, parameters, 0.6)
    found = dropout_values(answer, 12, "Z1", "D1", "A1", "Z2", "D2", "A2", "Z3", "A3")
    for name, rows in (("A1", 6), ("A2", 5), ("Z3", 1)):
        expect.numeric(found[name], name, (rows, 12))
    dropped = all(np.any(found[name] == 0) for name in ("D1", "D2"))
    expect.that(dropped, "No unit of one of the hidden layers is ever off.")
    right = {
        "Z1": parameters["W1"].dot(X) + parameters["b1"],
        "Z2": parameters["W2"].dot(found["A1"]) + parameters["b2"],
        "Z3": parameters["W3"].dot(found["A2"]) + parameters["b3"],
        "A3": reference.sigmoid(found["Z3"]),
    }
    expect.arrays(found, right, "the cache")
    expect.array(answer[0], found["A3"], "the returned A3, which is that of the cache")


@pytest.mark.graded("forward_propagation_with_dropout", points=2)
def test_forward_any_size(student, reference, pinned, draw):
    """Everything is right for any widths of the layers, any number of examples and any keep_prob."""
    X, parameters = draw.randn(5, 20), network(draw, [5, 9, 6, 1])
    expected = pinned("forward_propagation_with_dropout", X, parameters, 0.65)
    dropout_gives(student.forward_propagation_with_dropout(X, parameters, 0.65), expected, 20, *PLACES)
    for layers_dims, count, keep_prob in zip(WIDTHS, (1, 4, 13, 40), (0.5, 0.9, 0.2, 0.8), strict=True):
        arguments = draw.randn(layers_dims[0], count), network(draw, layers_dims), keep_prob
        expected = reference.forward_propagation_with_dropout(*arguments)
        dropout_gives(student.forward_propagation_with_dropout(*arguments), expected, count, *PLACES)


@pytest.mark.graded("forward_propagation_with_dropout", points=1)
def test_forward_default(student, reference, draw):
    """Without keep_prob half of the units stay; the same call gives the same answer again."""
    X, parameters = draw.randn(2, 15), network(draw, [2, 4, 6, 1])
    expected = reference.forward_propagation_with_dropout(X, parameters, 0.5)
    for _ in range(2):
        answer = student.forward_propagation_with_dropout(X, parameters)
        dropout_gives(answer, expected, 15, "A1", "A2", "A3")


# backward_propagation_with_dropout


def with_dropout(student, reference, check):
    """Run a check of the backward pass with dropout, which may begin with the earlier one."""
    lent = student.replaced(backward_propagation_with_regularization=reference.backward_propagation_with_regularization)
    expect.either_way(lent.backward_propagation_with_dropout, student.backward_propagation_with_dropout, check)


def dropout_forward(X, parameters, masks, keep_prob, reference):
    """The cache of a forward pass with these masks."""
    cache, inputs = [], X
    for layer in (1, 2):
        weights, bias = parameters[f"W{layer}"], parameters[f"b{layer}"]
        sums = weights.dot(inputs) + bias
        inputs = np.where(masks[layer - 1], np.maximum(sums, 0), 0) / keep_prob
        cache += [sums, masks[layer - 1], inputs, weights, bias]
    last = parameters["W3"].dot(inputs) + parameters["b3"]
    return (*cache, last, reference.sigmoid(last), parameters["W3"], parameters["b3"])


def dropout_case(draw, reference, layers_dims, count, keep_prob):
    """Inputs, labels and a cache with masks drawn here; units are off and on, silent and active."""
    while True:
        X, Y = examples(draw, layers_dims[0], count)
        masks = [draw.uniform(size=(rows, count)) < keep_prob for rows in layers_dims[1:3]]
        cache = dropout_forward(X, network(draw, layers_dims), masks, keep_prob, reference)
        if flows(cache[2], cache[7]):
            return X, Y, cache


def numerically_tame(cache):
    """Numerical derivatives are exact: no unit is near its kink, and no output so near 0 or 1 that it rounds."""
    kinks = min(np.abs(cache[PLACES[name]]).min() for name in ("Z1", "Z2"))
    return kinks > FAR and np.abs(cache[PLACES["Z3"]]).max() < FLAT


def dropout_slopes(student, reference, case, keep_prob, *names):
    """The reference's gradients of these names are found in the answer."""
    expected = chosen(reference.backward_propagation_with_dropout(*case, keep_prob), *names)
    with_dropout(student, reference, lambda back: expect.arrays(back(*case, keep_prob), expected, "the result"))


@pytest.mark.graded("backward_propagation_with_dropout", points=1, lends=True)
def test_backward_names_and_shapes(student, reference, draw):
    """The result holds all eleven gradients, each in its shape; what came in stays as it was."""
    case = dropout_case(draw, reference, [2, 6, 3, 1], 5, 0.6)
    right = reference.backward_propagation_with_dropout(*case, 0.6)

    def shaped(back):
        found = expect.dictionary(back(*case, 0.6), ELEVEN, "the result")
        for name in ELEVEN:
            expect.numeric(found[name], name, right[name].shape)

    with_dropout(student, reference, shaped)
    expect.unchanged(student.arguments[:3], case, "X, Y or the cache")


@pytest.mark.graded("backward_propagation_with_dropout", points=1, lends=True)
def test_backward_keeps_everything(student, reference, draw):
    """With keep_prob at 1, where every unit stays, it is plain backpropagation."""
    case = dropout_case(draw, reference, [3, 4, 4, 1], 7, 1.0)
    dropout_slopes(student, reference, case, 1.0, *ELEVEN)


@pytest.mark.graded("backward_propagation_with_dropout", points=1.5, lends=True)
def test_backward_second_layer(student, reference, draw):
    """dA2 carries the mask and the scale of the forward pass, and dZ2 the derivative of ReLU besides."""
    for keep_prob in (0.7, 0.4):
        case = dropout_case(draw, reference, [2, 5, 6, 1], 9, keep_prob)
        dropout_slopes(student, reference, case, keep_prob, "dZ3", "dA2", "dZ2")


def first_layer(case, keep_prob):
    """A check that the first layer's gradients follow from the answer's own dZ2."""
    cache = case[2]

    def follows(back):
        found = expect.dictionary(back(*case, keep_prob), ("dZ2", "dA1", "dZ1"), "the result")
        above = expect.numeric(found["dZ2"], "dZ2", cache[PLACES["Z2"]].shape)
        expect.that(above.any() and np.isfinite(above).all(), "dZ2, from which dA1 follows, holds no gradient.")
        below = cache[PLACES["W2"]].T.dot(above) * cache[PLACES["D1"]] / keep_prob
        expect.arrays(found, {"dA1": below, "dZ1": below * (cache[PLACES["Z1"]] > 0)}, "the result")

    return follows


@pytest.mark.graded("backward_propagation_with_dropout", points=1.5, lends=True)
def test_backward_first_layer(student, draw, reference):
    """dA1 carries its own mask and scale, and dZ1 the derivative of ReLU besides."""
    for keep_prob in (0.8, 0.45):
        case = dropout_case(draw, reference, [3, 5, 5, 1], 8, keep_prob)
        with_dropout(student, reference, first_layer(case, keep_prob))


@pytest.mark.graded("backward_propagation_with_dropout", points=1, lends=True)
def test_backward_weights(student, reference, draw):
    """dW1, dW2 and dW3 are means over the examples, from what was left of the layer below."""
    case = dropout_case(draw, reference, [4, 6, 5, 1], 12, 0.55)
    dropout_slopes(student, reference, case, 0.55, "dW1", "dW2", "dW3")


@pytest.mark.graded("backward_propagation_with_dropout", points=1, lends=True)
def test_backward_biases(student, reference, draw):
    """db1, db2 and db3 are means over the examples, kept as columns."""
    case = dropout_case(draw, reference, [2, 5, 4, 1], 10, 0.75)
    dropout_slopes(student, reference, case, 0.75, "db1", "db2", "db3")


@pytest.mark.graded("backward_propagation_with_dropout", points=1.5, lends=True)
def test_backward_is_the_slope_of_the_cost(student, reference, draw):
    """The gradients agree with numerical derivatives of the cost of the network thinned by the same masks."""
    X, Y, cache = dropout_case(draw, reference, [2, 5, 4, 1], 6, 0.7)
    while not numerically_tame(cache):
        X, Y, cache = dropout_case(draw, reference, [2, 5, 4, 1], 6, 0.7)
    parameters, masks = {name: cache[PLACES[name]] for name in PARAMETERS}, (cache[1], cache[6])

    def cost(changed):
        thinned = dropout_forward(X, changed, masks, 0.7, reference)
        return reference.compute_cost(thinned[PLACES["A3"]], Y)

    def agrees(back):
        seen = back(X, Y, cache, 0.7)
        expect.arrays(seen, slopes(cost, parameters), "the result", **NUMERICAL)

    with_dropout(student, reference, agrees)


@pytest.mark.graded("backward_propagation_with_dropout", points=1.5, lends=True)
def test_backward_any_size(student, reference, pinned, draw):
    """All eleven are right for any widths of the layers, any number of examples and any keep_prob."""
    case = dropout_case(draw, reference, [3, 7, 4, 1], 11, 0.65)
    expected = pinned("backward_propagation_with_dropout", *case, 0.65)
    with_dropout(student, reference, lambda back: expect.arrays(back(*case, 0.65), expected, "the result"))
    for layers_dims, count, keep_prob in zip(WIDTHS, (2, 6, 14, 25), (0.5, 0.9, 0.3, 0.8), strict=True):
        case = dropout_case(draw, reference, layers_dims, count, keep_prob)
        dropout_slopes(student, reference, case, keep_prob, *ELEVEN)
