"""Right answers to ``gradient_checking`` by other authors' habits; each must get full marks.

Python's own arithmetic and numpy's, loops and vectors, helpers, other names, masks of any kind, arrays of one
element for numbers, the vector helpers or none: whatever the rulings allow.
"""

from autograder.grading.catalogue import Alternative

_FORWARD = "forward_propagation"
_BACKWARD = "backward_propagation"
_CHECK = "gradient_check"
_CHECK_N = "gradient_check_n"
_MEND = "backward_propagation_n"

_COST = (
    Alternative(
        _FORWARD,
        "one line, other names",
        """# GRADED FUNCTION: forward_propagation
def forward_propagation(a, b):
    return b * a
""",
    ),
    Alternative(
        _FORWARD,
        "numpy's product",
        """# GRADED FUNCTION: forward_propagation
def forward_propagation(x, theta):
    J = np.dot(theta, x)
    return J
""",
    ),
    Alternative(
        _FORWARD,
        "an array of one element",
        """# GRADED FUNCTION: forward_propagation
def forward_propagation(x, theta):
    return np.multiply(np.array([theta]), np.array([x]))
""",
    ),
    Alternative(
        _FORWARD,
        "in place, zero dimensions",
        """# GRADED FUNCTION: forward_propagation
def forward_propagation(x, theta):
    J = np.array(x, dtype=float)
    J *= theta
    return J
""",
    ),
)

_SLOPE = (
    Alternative(
        _BACKWARD,
        "one line",
        """# GRADED FUNCTION: backward_propagation
def backward_propagation(x, theta):
    return x
""",
    ),
    Alternative(
        _BACKWARD,
        "a float, other names",
        """# GRADED FUNCTION: backward_propagation
def backward_propagation(inp, par):
    derivative = float(inp)
    return derivative
""",
    ),
    Alternative(
        _BACKWARD,
        "an array of shape (1, 1)",
        """# GRADED FUNCTION: backward_propagation
def backward_propagation(x, theta):
    return np.full((1, 1), x)
""",
    ),
    Alternative(
        _BACKWARD,
        "the product rule, written out",
        """# GRADED FUNCTION: backward_propagation
def backward_propagation(x, theta):
    slope_of_theta = 1.0
    return np.multiply(slope_of_theta, x) + 0 * theta
""",
    ),
)

_CHECKS = (
    Alternative(
        _CHECK,
        "absolute values, arguments by name",
        """# GRADED FUNCTION: gradient_check
def gradient_check(x, theta, epsilon=1e-7):
    thetaplus = theta + epsilon
    thetaminus = theta - epsilon
    J_plus = forward_propagation(x=x, theta=thetaplus)
    J_minus = forward_propagation(theta=thetaminus, x=x)
    gradapprox = (J_plus - J_minus) / (2.0 * epsilon)
    grad = backward_propagation(x=x, theta=theta)
    difference = abs(grad - gradapprox) / (abs(grad) + abs(gradapprox))
    print("ok" if difference < 1e-7 else "not ok", difference)
    return difference
""",
    ),
    Alternative(
        _CHECK,
        "root of squares, no printing",
        """# GRADED FUNCTION: gradient_check
def gradient_check(x, theta, epsilon=1e-7):
    def norm(v):
        return np.sqrt(np.sum(np.square(v)))

    approx = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / 2 / epsilon
    grad = backward_propagation(x, theta)
    return norm(np.subtract(grad, approx)) / np.add(norm(grad), norm(approx))
""",
    ),
    Alternative(
        _CHECK,
        "loop over both sides, gradient first",
        """# GRADED FUNCTION: gradient_check
def gradient_check(x, theta, epsilon=1e-7):
    g = backward_propagation(x, theta)
    approx = 0
    for sign in (1, -1):
        approx += sign * forward_propagation(x, theta + sign * epsilon)
    approx = approx / (2 * epsilon)
    numerator = np.linalg.norm(approx - g)
    denominator = np.linalg.norm(g) + np.linalg.norm(approx)
    difference = numerator / denominator
    if difference > 1e-7:
        print("There is a mistake in the backward propagation! difference = " + str(difference))
    else:
        print("Your backward propagation works perfectly fine! difference = " + str(difference))
    return difference
""",
    ),
    Alternative(
        _CHECK,
        "arrays of one element, result as an array",
        """# GRADED FUNCTION: gradient_check
def gradient_check(x, theta, epsilon=1e-7):
    theta = np.array([[theta]], dtype=float)
    up, down = theta.copy(), theta.copy()
    up[0] += epsilon
    down[0] -= epsilon
    approx = np.array(forward_propagation(x, up) - forward_propagation(x, down)) * 0.5 / epsilon
    grad = np.array(backward_propagation(x, theta), dtype=float).reshape(1, 1)
    difference = np.abs(grad - approx) / (np.abs(grad) + np.abs(approx))
    return difference
""",
    ),
)

_CHECKS_N = (
    Alternative(
        _CHECK_N,
        "costs kept in columns, other names",
        """# GRADED FUNCTION: gradient_check_n
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    parameters_values, keys = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    num_parameters = parameters_values.shape[0]
    J_plus = np.zeros((num_parameters, 1))
    J_minus = np.zeros((num_parameters, 1))
    gradapprox = np.zeros((num_parameters, 1))
    for i in range(num_parameters):
        thetaplus = np.copy(parameters_values)
        thetaplus[i][0] = thetaplus[i][0] + epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaplus))
        thetaminus = np.copy(parameters_values)
        thetaminus[i][0] = thetaminus[i][0] - epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaminus))
        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    if difference > 2e-7:
        print("There is a mistake, difference = " + str(difference))
    else:
        print("It works, difference = " + str(difference))
    return difference
""",
    ),
    Alternative(
        _CHECK_N,
        "entries of the arrays themselves, in place and put back",
        """# GRADED FUNCTION: gradient_check_n
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    apart, own, approximated = 0.0, 0.0, 0.0
    for name, array in parameters.items():
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + epsilon
            up = forward_propagation_n(X, Y, parameters)[0]
            array[place] = kept - epsilon
            down = forward_propagation_n(X, Y, parameters)[0]
            array[place] = kept
            slope = (up - down) / (2 * epsilon)
            claimed = gradients["d" + name][place]
            apart += (claimed - slope) ** 2
            own += claimed**2
            approximated += slope**2
    return apart**0.5 / (own**0.5 + approximated**0.5)
""",
    ),
    Alternative(
        _CHECK_N,
        "rows of the unit matrix, comprehension, flat vectors",
        """# GRADED FUNCTION: gradient_check_n
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    theta = dictionary_to_vector(parameters)[0].ravel()
    g = gradients_to_vector(gradients).ravel()

    def cost(vector):
        return forward_propagation_n(X, Y, vector_to_dictionary(vector.reshape(-1, 1)))[0]

    steps = epsilon * np.eye(theta.size)
    a = np.array([(cost(theta + step) - cost(theta - step)) / (2 * epsilon) for step in steps])
    return np.linalg.norm(g - a) / (np.linalg.norm(g) + np.linalg.norm(a))
""",
    ),
    Alternative(
        _CHECK_N,
        "one column moved up, down and back, einsum for the norms",
        """# GRADED FUNCTION: gradient_check_n
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    theta, _ = dictionary_to_vector(parameters)
    approximations = []
    i = 0
    while i < len(theta):
        before = theta[i, 0]
        theta[i, 0] = before + epsilon
        above, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta))
        theta[i, 0] = before - epsilon
        below, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta))
        theta[i, 0] = before
        approximations.append([(above - below) / epsilon / 2])
        i += 1
    a, g = np.array(approximations), gradients_to_vector(gradients)
    length = lambda v: np.sqrt(np.einsum("ij,ij->", v, v))
    difference = length(a - g) / (length(a) + length(g))
    print(["wrong", "right"][int(difference < 2e-7)])
    return np.array([difference])
""",
    ),
    Alternative(
        _CHECK_N,
        "copies of the dictionary, gradients by name",
        """# GRADED FUNCTION: gradient_check_n
import copy


def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    claimed, found = [], []
    for layer in range(1, 4):
        for letter in ("b", "W"):
            name = letter + str(layer)
            for row in range(parameters[name].shape[0]):
                for column in range(parameters[name].shape[1]):
                    both = []
                    for move in (epsilon, -epsilon):
                        moved = copy.deepcopy(parameters)
                        moved[name][row][column] += move
                        both.append(forward_propagation_n(X, Y, moved)[0])
                    found.append((both[0] - both[1]) / (2 * epsilon))
                    claimed.append(gradients["d" + name][row][column])
    claimed, found = np.array(claimed), np.array(found)
    return float(np.linalg.norm(claimed - found) / (np.linalg.norm(claimed) + np.linalg.norm(found)))
""",
    ),
)

_MENDED = (
    Alternative(
        _MEND,
        "the draft's result, two entries replaced",
        """# GRADED FUNCTION: backward_propagation_n
def backward_propagation_n(X, Y, cache):
    gradients = draft_backward_propagation_n(X, Y, cache)
    m = Y.shape[1]
    gradients["dW2"] = gradients["dZ2"].dot(cache[1].T) / m
    gradients["db1"] = gradients["dZ1"].mean(axis=1, keepdims=True)
    return gradients
""",
    ),
    Alternative(
        _MEND,
        "np.dot, integer masks from Z",
        """# GRADED FUNCTION: backward_propagation_n
def backward_propagation_n(X, Y, cache):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(Z2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(Z1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
            "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}
""",
    ),
    Alternative(
        _MEND,
        "loop over layers, copies masked in place",
        """# GRADED FUNCTION: backward_propagation_n
def backward_propagation_n(X, Y, cache):
    A = [X, cache[1], cache[5], cache[9]]
    W = [None, cache[2], cache[6], cache[10]]
    m = Y.size
    g = {"dZ3": A[3] - Y}
    for l in (3, 2, 1):
        if l < 3:
            g[f"dA{l}"] = W[l + 1].T @ g[f"dZ{l + 1}"]
            g[f"dZ{l}"] = np.array(g[f"dA{l}"], copy=True)
            g[f"dZ{l}"][A[l] <= 0] = 0
        g[f"dW{l}"] = np.matmul(g[f"dZ{l}"], np.transpose(A[l - 1])) / m
        g[f"db{l}"] = np.mean(g[f"dZ{l}"], axis=1).reshape(-1, 1)
    return g
""",
    ),
    Alternative(
        _MEND,
        "einsum and np.where, with a helper",
        """# GRADED FUNCTION: backward_propagation_n
def mean_products(dZ, A):
    return np.einsum("im,jm->ij", dZ, A) / dZ.shape[1]


def backward_propagation_n(X, Y, cache):
    Z1, A1, _, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    ones = np.ones((1, X.shape[1]))
    dZ3 = np.subtract(A3, Y)
    dA2 = np.einsum("ji,jm->im", W3, dZ3)
    dZ2 = np.where(Z2 > 0, dA2, 0.0)
    dA1 = np.einsum("ji,jm->im", W2, dZ2)
    dZ1 = np.where(A1 > 0, dA1, 0.0)
    return dict(
        dZ1=dZ1, dZ2=dZ2, dZ3=dZ3, dA1=dA1, dA2=dA2,
        dW1=mean_products(dZ1, X), dW2=mean_products(dZ2, A1), dW3=mean_products(dZ3, A2),
        db1=mean_products(dZ1, ones), db2=mean_products(dZ2, ones), db3=mean_products(dZ3, ones),
    )
""",
    ),
    Alternative(
        _MEND,
        "example by example, sums divided at the end",
        """# GRADED FUNCTION: backward_propagation_n
def backward_propagation_n(X, Y, cache):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    m = X.shape[1]
    g = {"d" + n: np.zeros(v.shape) for n, v in
         (("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2), ("W3", W3), ("b3", b3),
          ("Z1", Z1), ("A1", A1), ("Z2", Z2), ("A2", A2), ("Z3", Z3))}
    for i in range(m):
        c = slice(i, i + 1)
        dz3 = A3[:, c] - Y[:, c]
        da2 = W3.T @ dz3
        dz2 = da2 * (A2[:, c] > 0).astype(float)
        da1 = W2.T @ dz2
        dz1 = da1 * (A1[:, c] > 0).astype(float)
        for name, column in (("dZ3", dz3), ("dA2", da2), ("dZ2", dz2), ("dA1", da1), ("dZ1", dz1)):
            g[name][:, c] = column
        for l, dz, a in ((3, dz3, A2), (2, dz2, A1), (1, dz1, X)):
            g[f"dW{l}"] += np.outer(dz, a[:, i])
            g[f"db{l}"] += dz
    for name in g:
        if name[1] in "Wb":
            g[name] /= m
    return g
""",
    ),
)

ALTERNATIVES = (*_COST, *_SLOPE, *_CHECKS, *_CHECKS_N, *_MENDED)
