"""Reference solutions of gradient_checking: made from its source notebook, not to be edited.

`autograder build` writes this file anew.
"""

import numpy as np


class once_written:
    """`with once_written():` runs a demonstration, or says which function to write first."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is not NotImplementedError:
            return False
        while traceback.tb_next is not None:
            traceback = traceback.tb_next
        print(f"Write {traceback.tb_frame.f_code.co_name} first, then run this cell again.")
        return True


def forward_propagation(x, theta):
    """Compute the cost of the one-parameter model.

    Arguments:
    x -- the input, a number
    theta -- the parameter, a number

    Returns:
    J -- the cost, a number
    """
    J = theta * x
    return J


def backward_propagation(x, theta):
    """Compute the derivative of the cost with respect to the parameter.

    Arguments:
    x -- the input, a number
    theta -- the parameter, a number

    Returns:
    dtheta -- the derivative of J at theta, a number
    """
    dtheta = x
    return dtheta


def gradient_check(x, theta, epsilon=1e-7):
    """Compare backward_propagation with a centred difference of forward_propagation.

    Arguments:
    x -- the input, a number
    theta -- the parameter at which the derivative is checked, a number
    epsilon -- how far to step to either side

    Returns:
    difference -- the relative difference of both derivatives, a number from 0 to 1
    """
    J_plus = forward_propagation(x, theta + epsilon)
    J_minus = forward_propagation(x, theta - epsilon)
    approximation = (J_plus - J_minus) / (2 * epsilon)
    gradient = backward_propagation(x, theta)
    distance = np.linalg.norm(gradient - approximation)
    sizes = np.linalg.norm(gradient) + np.linalg.norm(approximation)
    difference = distance / sizes
    if difference < 1e-7:
        print("The gradient is right.")
    else:
        print(f"The gradient is wrong: the relative difference is {difference:.1e}.")
    return difference


def sigmoid(Z):
    """1 / (1 + exp(-Z)), element by element; Z is kept above -500, so that exp stays finite."""
    return 1 / (1 + np.exp(-np.maximum(Z, -500)))


def relu(Z):
    """The larger of Z and 0, element by element."""
    return np.maximum(0, Z)


def initialize_parameters(seed=1):
    """Random weights times sqrt(2 / n_{l-1}) (He et al. 2015) and small random biases, as a dictionary."""
    random = np.random.RandomState(seed)
    parameters = {}
    for layer, (rows, columns) in enumerate(((5, 4), (3, 5), (1, 3)), start=1):
        parameters[f"W{layer}"] = random.randn(rows, columns) * np.sqrt(2 / columns)
        parameters[f"b{layer}"] = 0.1 * random.randn(rows, 1)
    return parameters


def forward_propagation_n(X, Y, parameters):
    """The cost, a float, and the cache (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)."""
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    kept = np.minimum(np.maximum(A3, 1e-15), 1 - 1e-15)
    cost = -float(np.sum(Y * np.log(kept) + (1 - Y) * np.log(1 - kept))) / Y.shape[1]
    return cost, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


SHAPES = {"W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}


def dictionary_to_vector(parameters):
    """All parameters in one column: theta, shape (47, 1), and the list of the entries' names."""
    theta = np.concatenate([np.reshape(parameters[name], (-1, 1)) for name in SHAPES])
    keys = [name for name in SHAPES for _ in range(np.size(parameters[name]))]
    return theta.astype(float), keys


def vector_to_dictionary(theta):
    """The dictionary of parameters from one column of shape (47, 1)."""
    parameters, end = {}, 0
    for name, (rows, columns) in SHAPES.items():
        begin, end = end, end + rows * columns
        parameters[name] = np.array(theta[begin:end]).reshape(rows, columns)
    return parameters


def gradients_to_vector(gradients):
    """The gradients of all parameters in one column, shape (47, 1), in the order of theta."""
    return np.concatenate([np.reshape(gradients["d" + name], (-1, 1)) for name in SHAPES])


def draft_backward_propagation_n(X, Y, cache):
    """A backward pass with two mistakes: one in a weight gradient, one in a bias gradient."""
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dW2 = dZ2 @ Z1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dA1, axis=1, keepdims=True) / m
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }


def small_problem(m=6, seed=4):
    """Random inputs of shape (4, m) and labels of shape (1, m)."""
    random = np.random.RandomState(seed)
    return random.randn(4, m), random.randint(0, 2, (1, m))


def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    """Compare the gradients of the network's cost with centred differences of forward_propagation_n.

    Arguments:
    parameters -- dictionary W1, b1, W2, b2, W3, b3 of the 4-5-3-1 network
    gradients -- dictionary with dW1, db1, dW2, db2, dW3, db3, each in the shape of its parameter
    X -- inputs, shape (4, m)
    Y -- labels, shape (1, m)
    epsilon -- how far to step to either side

    Returns:
    difference -- the relative difference of both gradients, a number from 0 to 1
    """
    theta, _ = dictionary_to_vector(parameters)
    gradient = gradients_to_vector(gradients)
    approximation = np.zeros_like(theta)
    for i in range(len(theta)):
        theta_plus, theta_minus = theta.copy(), theta.copy()
        theta_plus[i] += epsilon
        theta_minus[i] -= epsilon
        J_plus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_plus))
        J_minus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus))
        approximation[i] = (J_plus - J_minus) / (2 * epsilon)
    distance = np.linalg.norm(gradient - approximation)
    sizes = np.linalg.norm(gradient) + np.linalg.norm(approximation)
    difference = distance / sizes
    if difference < 2e-7:
        print("The gradients are right.")
    else:
        print(f"The gradients are wrong: the relative difference is {difference:.1e}.")
    return difference


def backward_propagation_n(X, Y, cache):
    """Compute the gradients of the network's cost: the draft of section 6, without its mistakes.

    Arguments:
    X -- inputs, shape (n_0, m)
    Y -- labels, shape (1, m)
    cache -- the second result of forward_propagation_n

    Returns:
    gradients -- dictionary dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1, each in the shape
    of the array that it belongs to
    """
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }


def load_moons(m=240, noise=0.15, seed=0):
    """Two interleaved half circles with normal noise: points of shape (2, m), labels Y of (1, m)."""
    random = np.random.RandomState(seed)
    Y = np.arange(m).reshape(1, m) % 2
    angle = np.pi * random.rand(m)
    upper = np.vstack([np.cos(angle), np.sin(angle)])
    lower = np.vstack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.where(Y == 0, upper, lower) + noise * random.randn(2, m), Y


def with_squares(points):
    """The network's four inputs: both coordinates and their squares, shape (4, m)."""
    return np.vstack([points, points**2])


def train(X, Y, backward, learning_rate=0.5, steps=400):
    """Gradient descent with the given backward pass; returns the parameters and the list of costs."""
    parameters, costs = initialize_parameters(seed=1), []
    for _ in range(steps):
        cost, cache = forward_propagation_n(X, Y, parameters)
        gradients = backward(X, Y, cache)
        parameters = {name: value - learning_rate * gradients["d" + name] for name, value in parameters.items()}
        costs.append(cost)
    return parameters, costs


def plot_decision_boundary(ax, parameters, points, Y, title):
    """Shade the plane by the network's output and draw the line where it is 0.5."""
    x1 = np.linspace(points[0].min() - 0.3, points[0].max() + 0.3, 80)
    x2 = np.linspace(points[1].min() - 0.3, points[1].max() + 0.3, 80)
    grid = np.array(np.meshgrid(x1, x2)).reshape(2, -1)
    output = forward_propagation_n(with_squares(grid), np.zeros((1, grid.shape[1])), parameters)[1][9]
    predicted = forward_propagation_n(with_squares(points), Y, parameters)[1][9] > 0.5
    shades = output.reshape(x2.size, x1.size)
    ax.contourf(x1, x2, shades, levels=np.linspace(0, 1, 11), cmap="RdYlBu_r", alpha=0.45)
    if output.min() < 0.5 < output.max():
        ax.contour(x1, x2, shades, levels=[0.5], colors="black", linewidths=1.2)
    for label, color in enumerate(("tab:blue", "tab:orange")):
        ax.scatter(*points[:, Y[0] == label], s=12, color=color, edgecolor="white", lw=0.4)
    ax.set(xlabel="x₁", ylabel="x₂", xticks=(-1, 0, 1, 2), yticks=(-1, 0, 1))
    ax.set_title(f"{title}: {100 * np.mean(predicted == Y):.1f}% right")
