"""Reference solutions of initialization: made from its source notebook, not to be edited.

`autograder build` writes this file anew.
"""

import numpy as np


def sigmoid(Z):
    """1 / (1 + exp(-Z)), element by element; Z is clipped at 500, so that exp stays finite."""
    return 1 / (1 + np.exp(-np.clip(Z, -500, 500)))


def relu(Z):
    """The larger of Z and 0, element by element."""
    return np.maximum(0, Z)


def forward_propagation(X, parameters):
    """The network's output A3, shape (1, m), and the cache that backward_propagation needs."""
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = relu(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = relu(Z2)
    Z3 = parameters["W3"] @ A2 + parameters["b3"]
    A3 = sigmoid(Z3)
    return A3, (A1, A2, A3, parameters["W2"], parameters["W3"])


def compute_cost(A3, Y):
    """The mean cross-entropy, a float; A3 is kept off 0 and 1, so that it stays finite."""
    A3 = np.clip(A3, 1e-12, 1 - 1e-12)
    return float(-np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)))


def backward_propagation(X, Y, cache):
    """The gradients dW1, db1, ..., dW3, db3 of the mean cross-entropy over the columns of X."""
    A1, A2, A3, W2, W3 = cache
    m = X.shape[1]
    dZ3 = (A3 - Y) / m
    dZ2 = (W3.T @ dZ3) * (A2 > 0)
    dZ1 = (W2.T @ dZ2) * (A1 > 0)
    grads = {}
    for layer, dZ, A_previous in ((1, dZ1, X), (2, dZ2, A1), (3, dZ3, A2)):
        grads[f"dW{layer}"] = dZ @ A_previous.T
        grads[f"db{layer}"] = np.sum(dZ, axis=1, keepdims=True)
    return grads


def update_parameters(parameters, grads, learning_rate):
    """One step of gradient descent; returns new arrays."""
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}


def predict(X, parameters):
    """The predicted labels, 0 or 1, shape (1, m)."""
    return (forward_propagation(X, parameters)[0] > 0.5).astype(int)


CLASS_COLORS = ("tab:blue", "tab:orange")


def plot_points(ax, X, Y):
    """Draw the examples as dots, a colour for each class."""
    for label, color in enumerate(CLASS_COLORS):
        x1, x2 = X[:, Y[0] == label]
        ax.scatter(x1, x2, s=12, color=color, edgecolor="white", lw=0.4, label=f"y = {label}")
    ax.set(xlabel="x₁", ylabel="x₂", aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))


def plot_decision_boundary(ax, parameters, X, Y, title):
    """Shade the plane by the network's output and draw the line where it is 0.5."""
    x1 = np.linspace(X[0].min() - 0.3, X[0].max() + 0.3, 80)
    x2 = np.linspace(X[1].min() - 0.3, X[1].max() + 0.3, 80)
    grid = np.array(np.meshgrid(x1, x2)).reshape(2, -1)
    output = forward_propagation(grid, parameters)[0].reshape(x2.size, x1.size)
    ax.contourf(x1, x2, output, levels=np.linspace(0, 1, 11), cmap="RdYlBu_r", alpha=0.45)
    if output.min() < 0.5 < output.max():
        ax.contour(x1, x2, output, levels=[0.5], colors="black", linewidths=1.2)
    plot_points(ax, X, Y)
    accuracy = 100 * np.mean(predict(X, parameters) == Y)
    ax.set_title(f"{title}: {accuracy:.0f}% right")


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


def load_rings(m=300, noise=0.06, seed=1):
    """Two rings around the origin, of radius 1 and 0.6: X of shape (2, m), labels Y of (1, m)."""
    random = np.random.RandomState(seed)
    Y = np.arange(m).reshape(1, m) % 2
    angle = 2 * np.pi * random.rand(m)
    radius = np.where(Y == 0, 1.0, 0.6) + noise * random.randn(1, m)
    return radius * np.vstack([np.cos(angle), np.sin(angle)]), Y


train_X, train_Y = load_rings()


def train(X, Y, parameters, learning_rate=0.1, num_iterations=1000):
    """Gradient descent from the given parameters, which are left as they are.

    Returns the learned parameters and the list of costs, each taken before its step.
    """
    costs = []
    for _ in range(num_iterations):
        A3, cache = forward_propagation(X, parameters)
        costs.append(compute_cost(A3, Y))
        grads = backward_propagation(X, Y, cache)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters, costs


def model(X, Y, initialization="he", learning_rate=0.1, num_iterations=1000):
    """Train a network of 10, 5 and 1 units from one of three starts: "zeros", "random" or "he".

    X has shape (n_x, m), Y (1, m). Returns the parameters and the list of costs.
    """
    layers_dims = [X.shape[0], 10, 5, 1]
    if initialization == "zeros":
        parameters = initialize_parameters_zeros(layers_dims)
    elif initialization == "random":
        parameters = initialize_parameters_random(layers_dims)
    elif initialization == "he":
        parameters = initialize_parameters_he(layers_dims)
    else:
        raise ValueError(f'initialization is "zeros", "random" or "he", not {initialization!r}')
    return train(X, Y, parameters, learning_rate, num_iterations)


def initialize_parameters_zeros(layers_dims):
    """Start every weight and every bias at zero.

    Arguments:
    layers_dims -- list [n_0, ..., n_L] of the number of inputs and the number of units of each layer

    Returns:
    dictionary W1, b1, ..., WL, bL; W{l} has shape (n_l, n_{l-1}), b{l} (n_l, 1), all zero
    """
    L = len(layers_dims) - 1
    parameters = {}
    for l in range(1, L + 1):
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


def initialize_parameters_random(layers_dims):
    """Start the weights at large random numbers from the seed 3, and the biases at zero.

    Arguments:
    layers_dims -- list [n_0, ..., n_L] of the number of inputs and the number of units of each layer

    Returns:
    dictionary W1, b1, ..., WL, bL; W{l} has shape (n_l, n_{l-1}) and holds standard normal draws
    times 10, b{l} has shape (n_l, 1) and is zero
    """
    np.random.seed(3)
    L = len(layers_dims) - 1
    parameters = {}
    for l in range(1, L + 1):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


def initialize_parameters_he(layers_dims):
    """Start the weights at random numbers of the size that suits ReLU, and the biases at zero.

    Arguments:
    layers_dims -- list [n_0, ..., n_L] of the number of inputs and the number of units of each layer

    Returns:
    dictionary W1, b1, ..., WL, bL; W{l} has shape (n_l, n_{l-1}) and holds standard normal draws
    from the seed 3 with the factor of He et al., b{l} has shape (n_l, 1) and is zero
    """
    np.random.seed(3)
    L = len(layers_dims) - 1
    parameters = {}
    for l in range(1, L + 1):
        scale = np.sqrt(2 / layers_dims[l - 1])
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters
