"""Right answers to ``initialization`` by other authors' habits; each must get full marks.

Layers counted from zero or one, comprehensions, pairs of neighbours, helpers, generators of their own with the
same seed, entry by entry, earlier functions called again, whole numbers for floats: whatever the rulings allow.
"""

from autograder.grading.catalogue import Alternative

_ZEROS = "initialize_parameters_zeros"
_RANDOM = "initialize_parameters_random"
_HE = "initialize_parameters_he"

_AT_ZERO = (
    Alternative(
        _ZEROS,
        "length of the list for the range's end",
        """# GRADED FUNCTION: initialize_parameters_zeros
def initialize_parameters_zeros(layers_dims):
    parameters = {}
    L = len(layers_dims)
    for l in range(1, L):
        parameters['W' + str(l)] = np.zeros((layers_dims[l], layers_dims[l-1]))
        parameters['b' + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters
""",
    ),
    Alternative(
        _ZEROS,
        "pairs of neighbours, whole numbers",
        """# GRADED FUNCTION: initialize_parameters_zeros
def initialize_parameters_zeros(layers_dims):
    result = dict()
    for number, (inputs, units) in enumerate(zip(layers_dims, layers_dims[1:]), start=1):
        result.update({f"W{number}": np.full((units, inputs), 0), f"b{number}": np.full((units, 1), 0)})
    return result
""",
    ),
    Alternative(
        _ZEROS,
        "two comprehensions, weights first",
        """# GRADED FUNCTION: initialize_parameters_zeros
def initialize_parameters_zeros(layers_dims):
    layers = range(1, len(layers_dims))
    W = {f"W{l}": np.zeros(shape=(layers_dims[l], layers_dims[l - 1]), dtype=float) for l in layers}
    b = {f"b{l}": np.zeros(shape=[layers_dims[l], 1]) for l in layers}
    return {**W, **b}
""",
    ),
    Alternative(
        _ZEROS,
        "one block cut in two, layers from zero, a further key",
        """# GRADED FUNCTION: initialize_parameters_zeros
def initialize_parameters_zeros(dims):
    parameters = {"L": len(dims) - 1}
    l = 0
    while l + 1 < len(dims):
        block = np.random.randn(dims[l + 1], dims[l] + 1) * 0
        parameters["W%d" % (l + 1)] = block[:, :-1]
        parameters["b%d" % (l + 1)] = block[:, -1:]
        l += 1
    return parameters
""",
    ),
    Alternative(
        _ZEROS,
        "nested lists, a helper, a copy of the list used up",
        """# GRADED FUNCTION: initialize_parameters_zeros
def column(rows, columns):
    return np.array([[0.0] * columns for _ in range(rows)])


def initialize_parameters_zeros(layers_dims):
    parameters = {}
    layer = 1
    left = list(layers_dims)
    while len(left) > 1:
        inputs = left.pop(0)
        parameters[f"b{layer}"] = column(left[0], 1)
        parameters[f"W{layer}"] = column(left[0], inputs)
        layer += 1
    return parameters
""",
    ),
)

_AT_RANDOM = (
    Alternative(
        _RANDOM,
        "length of the list for the range's end",
        """# GRADED FUNCTION: initialize_parameters_random
def initialize_parameters_random(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims)
    for l in range(1, L):
        parameters['W' + str(l)] = 10 * np.random.randn(layers_dims[l], layers_dims[l-1])
        parameters['b' + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters
""",
    ),
    Alternative(
        _RANDOM,
        "a generator of its own",
        """# GRADED FUNCTION: initialize_parameters_random
def initialize_parameters_random(layers_dims):
    rng = np.random.RandomState(3)
    result = {}
    for number, (inputs, units) in enumerate(zip(layers_dims[:-1], layers_dims[1:]), 1):
        result[f"W{number}"] = rng.normal(loc=0.0, scale=10.0, size=(units, inputs))
        result[f"b{number}"] = np.zeros([units, 1])
    return result
""",
    ),
    Alternative(
        _RANDOM,
        "all draws at once, cut into layers",
        """# GRADED FUNCTION: initialize_parameters_random
def initialize_parameters_random(layers_dims):
    shapes = [(layers_dims[i + 1], layers_dims[i]) for i in range(len(layers_dims) - 1)]
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    np.random.seed(3)
    draws = np.split(np.random.standard_normal(ends[-1]) * 10, ends[:-1])
    parameters = {f"W{i + 1}": part.reshape(shape) for i, (part, shape) in enumerate(zip(draws, shapes))}
    parameters.update({f"b{i + 1}": np.zeros((rows, 1)) for i, (rows, _) in enumerate(shapes)})
    return parameters
""",
    ),
    Alternative(
        _RANDOM,
        "the start at zero, filled in place",
        """# GRADED FUNCTION: initialize_parameters_random
def initialize_parameters_random(layers_dims):
    parameters = initialize_parameters_zeros(layers_dims)
    np.random.seed(3)
    for l in range(1, len(layers_dims)):
        W = parameters[f"W{l}"]
        W += np.random.randn(*W.shape)
        W *= 10
    return parameters
""",
    ),
    Alternative(
        _RANDOM,
        "entry by entry, whole numbers for the biases",
        """# GRADED FUNCTION: initialize_parameters_random
def initialize_parameters_random(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        W = np.empty((layers_dims[l], layers_dims[l - 1]))
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                W[i, j] = np.random.randn() * 10
        parameters[f"W{l}"] = W
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1), dtype=int)
    return parameters
""",
    ),
)

_AT_HE = (
    Alternative(
        _HE,
        "layers counted from zero",
        """# GRADED FUNCTION: initialize_parameters_he
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims) - 1
    for l in range(L):
        W = np.random.randn(layers_dims[l + 1], layers_dims[l])
        parameters["W" + str(l + 1)] = W * np.sqrt(2. / layers_dims[l])
        parameters["b" + str(l + 1)] = np.zeros((layers_dims[l + 1], 1))
    return parameters
""",
    ),
    Alternative(
        _HE,
        "the large start made smaller",
        """# GRADED FUNCTION: initialize_parameters_he
def initialize_parameters_he(layers_dims):
    parameters = initialize_parameters_random(layers_dims)
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = parameters[f"W{l}"] / 10 * np.sqrt(2 / layers_dims[l - 1])
    return parameters
""",
    ),
    Alternative(
        _HE,
        "a generator of its own, the deviation given to it",
        """# GRADED FUNCTION: initialize_parameters_he
def initialize_parameters_he(dims):
    random = np.random.RandomState(seed=3)
    result = {}
    for number in range(1, len(dims)):
        inputs, units = dims[number - 1 : number + 1]
        result["W%d" % number] = random.normal(0, (2 / inputs) ** 0.5, (units, inputs))
        result["b%d" % number] = 0 * result["W%d" % number][:, :1]
    return result
""",
    ),
    Alternative(
        _HE,
        "all scales first, a helper inside",
        """# GRADED FUNCTION: initialize_parameters_he
def initialize_parameters_he(layers_dims):
    scales = np.sqrt(2) / np.sqrt(layers_dims[:-1])

    def layer(l):
        W = np.random.randn(layers_dims[l], layers_dims[l - 1])
        return {f"W{l}": np.multiply(scales[l - 1], W), f"b{l}": np.zeros((layers_dims[l], 1))}

    np.random.seed(3)
    together = {}
    for l in range(1, len(layers_dims)):
        together |= layer(l)
    return together
""",
    ),
    Alternative(
        _HE,
        "scaled by a diagonal matrix, biases of the start at zero",
        """# GRADED FUNCTION: initialize_parameters_he
import math


def initialize_parameters_he(layers_dims):
    parameters = initialize_parameters_zeros(layers_dims)
    np.random.seed(3)
    l = 1
    while f"W{l}" in parameters:
        units, inputs = parameters[f"W{l}"].shape
        variance = np.eye(inputs) * math.sqrt(2 / inputs)
        parameters[f"W{l}"] = np.einsum("ij,jk->ik", np.random.standard_normal((units, inputs)), variance)
        l += 1
    return parameters
""",
    ),
)

ALTERNATIVES = (*_AT_ZERO, *_AT_RANDOM, *_AT_HE)
