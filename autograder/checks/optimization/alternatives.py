"""Right answers to ``optimization`` by other authors' habits; each must get full marks.

Loops and comprehensions, in place and anew, helpers, other names, earlier functions called again, lists for
tuples, whole numbers for floats: whatever the rulings allow.
"""

from autograder.grading.catalogue import Alternative

_GD = "update_parameters_with_gd"
_BATCHES = "random_mini_batches"
_VELOCITY = "initialize_velocity"
_MOMENTUM = "update_parameters_with_momentum"
_ADAM_ZEROS = "initialize_adam"
_ADAM = "update_parameters_with_adam"

_GRADIENT_DESCENT = (
    Alternative(
        _GD,
        "in place, by name",
        """# GRADED FUNCTION: update_parameters_with_gd
def update_parameters_with_gd(parameters, grads, learning_rate):
    for key in parameters:
        parameters[key] -= learning_rate * grads["d" + key]
    return parameters
""",
    ),
    Alternative(
        _GD,
        "comprehension over items",
        """# GRADED FUNCTION: update_parameters_with_gd
def update_parameters_with_gd(parameters, grads, learning_rate):
    return {name: p - learning_rate * grads[f"d{name}"] for name, p in parameters.items()}
""",
    ),
    Alternative(
        _GD,
        "layers counted from zero",
        """# GRADED FUNCTION: update_parameters_with_gd
def update_parameters_with_gd(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] = parameters["W" + str(l + 1)] - learning_rate * grads["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] = parameters["b" + str(l + 1)] - learning_rate * grads["db" + str(l + 1)]
    return parameters
""",
    ),
    Alternative(
        _GD,
        "while loop, other names, last layer first",
        """# GRADED FUNCTION: update_parameters_with_gd
def update_parameters_with_gd(params, gradients, alpha):
    new = {}
    layer = int(len(params) / 2)
    while layer > 0:
        for letter in "bW":
            step = np.multiply(-alpha, gradients[f"d{letter}{layer}"])
            new[f"{letter}{layer}"] = np.add(params[f"{letter}{layer}"], step)
        layer -= 1
    return new
""",
    ),
    Alternative(
        _GD,
        "entry by entry, with a helper inside",
        """# GRADED FUNCTION: update_parameters_with_gd
def update_parameters_with_gd(parameters, grads, learning_rate):
    def moved(value, slope):
        result = value.copy()
        for i in range(value.shape[0]):
            for j in range(value.shape[1]):
                result[i, j] = value[i, j] - learning_rate * slope[i, j]
        return result

    updated = dict(parameters)
    updated.update((name, moved(parameters[name], grads["d" + name])) for name in parameters)
    return updated
""",
    ),
)

_MINI_BATCHES = (
    Alternative(
        _BATCHES,
        "full batches, then the rest",
        """# GRADED FUNCTION: random_mini_batches
import math


def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    mini_batches = []
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    full = math.floor(m / mini_batch_size)
    for k in range(0, full):
        batch_X = shuffled_X[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        batch_Y = shuffled_Y[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        mini_batches.append((batch_X, batch_Y))
    if m % mini_batch_size != 0:
        batch_X = shuffled_X[:, full * mini_batch_size :]
        batch_Y = shuffled_Y[:, full * mini_batch_size :]
        mini_batches.append((batch_X, batch_Y))
    return mini_batches
""",
    ),
    Alternative(
        _BATCHES,
        "comprehension over slices of the order",
        """# GRADED FUNCTION: random_mini_batches
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    order = np.random.permutation(X.shape[1])
    chosen = [order[k : k + mini_batch_size] for k in range(0, len(order), mini_batch_size)]
    return [(X[:, columns], Y[:, columns]) for columns in chosen]
""",
    ),
    Alternative(
        _BATCHES,
        "generator of its own, tuple of lists",
        """# GRADED FUNCTION: random_mini_batches
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    order = np.random.RandomState(seed).permutation(Y.shape[1])
    batches = ()
    start = 0
    while start < order.size:
        some = order[start : start + mini_batch_size]
        batches += ([np.take(X, some, axis=1), np.take(Y, some, axis=1)],)
        start += mini_batch_size
    return batches
""",
    ),
    Alternative(
        _BATCHES,
        "columns' numbers shuffled in place",
        """# GRADED FUNCTION: random_mini_batches
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    m = X.shape[1]
    indices = np.arange(m)
    np.random.seed(seed)
    np.random.shuffle(indices)
    together = np.concatenate([X, Y], axis=0)[:, indices]
    cuts = list(range(mini_batch_size, m, mini_batch_size))
    return [(part[:-1], part[-1:]) for part in np.split(together, cuts, axis=1)]
""",
    ),
    Alternative(
        _BATCHES,
        "generator function, transposed and back",
        """# GRADED FUNCTION: random_mini_batches
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    def batches():
        np.random.seed(seed)
        order = np.random.permutation(X.shape[1])
        rows_X, rows_Y = X.T[order], Y.T[order]
        for first in range(0, len(order), mini_batch_size):
            last = min(first + mini_batch_size, len(order))
            yield rows_X[first:last].T, rows_Y[first:last].T

    return list(batches())
""",
    ),
)

_ZERO_VELOCITY = (
    Alternative(
        _VELOCITY,
        "comprehension",
        """# GRADED FUNCTION: initialize_velocity
def initialize_velocity(parameters):
    return {"d" + name: np.zeros(value.shape) for name, value in parameters.items()}
""",
    ),
    Alternative(
        _VELOCITY,
        "rows and columns by hand, layers from zero",
        """# GRADED FUNCTION: initialize_velocity
def initialize_velocity(parameters):
    L = len(parameters) // 2
    v = {}
    for l in range(L):
        rows, columns = parameters["W" + str(l + 1)].shape
        v["dW" + str(l + 1)] = np.zeros((rows, columns))
        v["db" + str(l + 1)] = np.zeros((rows, 1))
    return v
""",
    ),
    Alternative(
        _VELOCITY,
        "whole numbers",
        """# GRADED FUNCTION: initialize_velocity
def initialize_velocity(parameters):
    v = {}
    for name in sorted(parameters):
        v[f"d{name}"] = np.full(np.shape(parameters[name]), 0)
    return v
""",
    ),
    Alternative(
        _VELOCITY,
        "product with zero, further keys",
        """# GRADED FUNCTION: initialize_velocity
def initialize_velocity(parameters):
    v = {"layers": len(parameters) // 2}
    for name in parameters:
        v["d" + name] = parameters[name] * 0
    return v
""",
    ),
)

_MOMENTUM_STEPS = (
    Alternative(
        _MOMENTUM,
        "in place, layer by layer",
        """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    L = len(parameters) // 2
    for l in range(1, L + 1):
        v["dW" + str(l)] = beta * v["dW" + str(l)] + (1 - beta) * grads["dW" + str(l)]
        v["db" + str(l)] = beta * v["db" + str(l)] + (1 - beta) * grads["db" + str(l)]
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * v["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * v["db" + str(l)]
    return parameters, v
""",
    ),
    Alternative(
        _MOMENTUM,
        "two comprehensions, as a list",
        """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    velocity = {name: grads[name] + beta * (v[name] - grads[name]) for name in grads}
    moved = {name: parameters[name] - learning_rate * velocity["d" + name] for name in parameters}
    return [moved, velocity]
""",
    ),
    Alternative(
        _MOMENTUM,
        "a gradient step along the velocity",
        """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    for slope in grads:
        v[slope] = np.add(np.multiply(beta, v[slope]), np.multiply(1 - beta, grads[slope]))
    return update_parameters_with_gd(parameters, v, learning_rate), v
""",
    ),
    Alternative(
        _MOMENTUM,
        "arrays changed where they lie",
        """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    for name, value in parameters.items():
        velocity = v["d" + name]
        velocity *= beta
        velocity += (1 - beta) * grads["d" + name]
        value -= learning_rate * velocity
    return parameters, v
""",
    ),
    Alternative(
        _MOMENTUM,
        "einsum, other names",
        """# GRADED FUNCTION: update_parameters_with_momentum
def update_parameters_with_momentum(theta, slopes, speed, keep, alpha):
    shares = np.array([keep, 1 - keep])
    after, faster = {}, {}
    for name in theta:
        both = np.stack([speed["d" + name], slopes["d" + name]])
        faster["d" + name] = np.einsum("k,kij->ij", shares, both)
        after[name] = theta[name] - alpha * faster["d" + name]
    return after, faster
""",
    ),
)

_ZERO_AVERAGES = (
    Alternative(
        _ADAM_ZEROS,
        "the velocity's function twice",
        """# GRADED FUNCTION: initialize_adam
def initialize_adam(parameters):
    return initialize_velocity(parameters), initialize_velocity(parameters)
""",
    ),
    Alternative(
        _ADAM_ZEROS,
        "one dictionary and a copy of it",
        """# GRADED FUNCTION: initialize_adam
def initialize_adam(parameters):
    v = {}
    for name, value in parameters.items():
        v["d" + name] = np.zeros(value.shape)
    s = {name: value.copy() for name, value in v.items()}
    return v, s
""",
    ),
    Alternative(
        _ADAM_ZEROS,
        "layer by layer, shapes by index",
        """# GRADED FUNCTION: initialize_adam
def initialize_adam(parameters):
    L = len(parameters) // 2
    v = {}
    s = {}
    for l in range(L):
        W, b = parameters["W" + str(l + 1)], parameters["b" + str(l + 1)]
        v["dW" + str(l + 1)] = np.zeros((W.shape[0], W.shape[1]))
        v["db" + str(l + 1)] = np.zeros((b.shape[0], b.shape[1]))
        s["dW" + str(l + 1)] = np.zeros((W.shape[0], W.shape[1]))
        s["db" + str(l + 1)] = np.zeros((b.shape[0], b.shape[1]))
    return v, s
""",
    ),
    Alternative(
        _ADAM_ZEROS,
        "whole numbers, as a list",
        """# GRADED FUNCTION: initialize_adam
def initialize_adam(parameters):
    return [{"d" + name: np.zeros(parameters[name].shape, dtype=int) for name in parameters} for _ in range(2)]
""",
    ),
)

_ADAM_STEPS = (
    Alternative(
        _ADAM,
        "in place, with dictionaries of the corrected averages",
        """# GRADED FUNCTION: update_parameters_with_adam
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    L = len(parameters) // 2
    v_corrected = {}
    s_corrected = {}
    for l in range(1, L + 1):
        for kind in ("W", "b"):
            key = "d" + kind + str(l)
            v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
            v_corrected[key] = v[key] / (1 - np.power(beta1, t))
            s[key] = beta2 * s[key] + (1 - beta2) * np.power(grads[key], 2)
            s_corrected[key] = s[key] / (1 - np.power(beta2, t))
            parameters[kind + str(l)] = parameters[kind + str(l)] - learning_rate * v_corrected[key] / (
                np.sqrt(s_corrected[key]) + epsilon
            )
    return parameters, v, s
""",
    ),
    Alternative(
        _ADAM,
        "comprehensions, np.square",
        """# GRADED FUNCTION: update_parameters_with_adam
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in grads}
    s = {k: beta2 * s[k] + (1 - beta2) * np.square(grads[k]) for k in grads}
    direction = {
        k: (v[k] / (1 - beta1**t)) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in grads
    }
    return {k: p - learning_rate * direction["d" + k] for k, p in parameters.items()}, v, s
""",
    ),
    Alternative(
        _ADAM,
        "correction drawn into the rate and epsilon, as a list",
        """# GRADED FUNCTION: update_parameters_with_adam
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    root = np.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    for name in parameters:
        slope = grads["d" + name]
        v["d" + name] = v["d" + name] + (1 - beta1) * (slope - v["d" + name])
        s["d" + name] = s["d" + name] + (1 - beta2) * (slope * slope - s["d" + name])
        parameters[name] = parameters[name] - rate * v["d" + name] / (np.sqrt(s["d" + name]) + epsilon * root)
    return [parameters, v, s]
""",
    ),
    Alternative(
        _ADAM,
        "by way of both earlier steps",
        """# GRADED FUNCTION: update_parameters_with_adam
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    squared = {name: slope**2 for name, slope in grads.items()}
    _, v = update_parameters_with_momentum(parameters, grads, v, beta1, 0.0)
    _, s = update_parameters_with_momentum(parameters, squared, s, beta2, 0.0)
    along = {}
    for name in grads:
        along[name] = v[name] / (1 - beta1**t) / (np.sqrt(s[name] / (1 - beta2**t)) + epsilon)
    return update_parameters_with_gd(parameters, along, learning_rate), v, s
""",
    ),
    Alternative(
        _ADAM,
        "a helper for one array, powers by a loop, scalars in arrays",
        """# GRADED FUNCTION: update_parameters_with_adam
def adam_step(p, g, v, s, missing1, missing2, rate, beta1, beta2, epsilon):
    v = np.multiply(v, beta1) + np.multiply(g, 1 - beta1)
    s = np.multiply(s, beta2) + np.multiply(g**2, 1 - beta2)
    return p - rate * (v / missing1) / np.add(np.sqrt(s / missing2), epsilon), v, s


def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    power1 = power2 = np.array([1.0])
    for _ in range(t):
        power1, power2 = power1 * beta1, power2 * beta2
    new_p, new_v, new_s = {}, {}, {}
    for name in reversed(list(parameters)):
        d = "d" + name
        new_p[name], new_v[d], new_s[d] = adam_step(
            parameters[name], grads[d], v[d], s[d], 1 - power1, 1 - power2,
            learning_rate, beta1, beta2, epsilon,
        )
    return new_p, new_v, new_s
""",
    ),
)

ALTERNATIVES = (
    *_GRADIENT_DESCENT,
    *_MINI_BATCHES,
    *_ZERO_VELOCITY,
    *_MOMENTUM_STEPS,
    *_ZERO_AVERAGES,
    *_ADAM_STEPS,
)
