"""Reference solutions of optimization: made from its source notebook, not to be edited.

`autograder build` writes this file anew.
"""

import numpy as np


def sigmoid(Z):
    """1 / (1 + exp(-Z)), element by element; Z is clipped at 500, so that exp stays finite."""
    return 1 / (1 + np.exp(-np.clip(Z, -500, 500)))


def relu(Z):
    """The larger of Z and 0, element by element."""
    return np.maximum(0, Z)


def initialize_parameters(layers_dims):
    """Random weights times sqrt(2 / n_{l-1}) (He et al. 2015) and zero biases, from a fixed seed.

    layers_dims is the list [n_0, ..., n_L]; the result is the dictionary W1, b1, ..., WL, bL.
    """
    np.random.seed(3)
    parameters = {}
    for layer in range(1, len(layers_dims)):
        rows, columns = layers_dims[layer], layers_dims[layer - 1]
        parameters[f"W{layer}"] = np.random.randn(rows, columns) * np.sqrt(2 / columns)
        parameters[f"b{layer}"] = np.zeros((rows, 1))
    return parameters


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


def predict(X, parameters):
    """The predicted labels, 0 or 1, shape (1, m)."""
    return (forward_propagation(X, parameters)[0] > 0.5).astype(int)


CLASS_COLORS = ("tab:blue", "tab:orange")


def plot_points(ax, X, Y):
    """Draw the examples as dots, a colour for each class."""
    for label, color in enumerate(CLASS_COLORS):
        x1, x2 = X[:, Y[0] == label]
        ax.scatter(x1, x2, s=12, color=color, edgecolor="white", lw=0.4, label=f"y = {label}")
    ax.set(xlabel="x₁", ylabel="x₂", xticks=(-1, 0, 1, 2), yticks=(-1, 0, 1))


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
    ax.set_title(f"{title}: {accuracy:.1f}% right")


def plot_path(ax, path, color, label):
    """Draw the points of a path, shape (steps, 2), joined by lines; a ring marks its end."""
    ax.plot(path[:, 0], path[:, 1], ".-", markersize=4, linewidth=1, color=color, label=label)
    ax.plot(*path[-1], "o", markersize=9, markerfacecolor="none", markeredgewidth=2, color=color)


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


def load_moons(m=400, noise=0.2, seed=1):
    """Two interleaved half circles with normal noise: X of shape (2, m), labels Y of (1, m)."""
    random = np.random.RandomState(seed)
    Y = np.arange(m).reshape(1, m) % 2
    angle = np.pi * random.rand(m)
    upper = np.vstack([np.cos(angle), np.sin(angle)])
    lower = np.vstack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    X = np.where(Y == 0, upper, lower) + noise * random.randn(2, m)
    return X, Y


train_X, train_Y = load_moons()


def model(X, Y, layers_dims, optimizer="gd", learning_rate=0.1, mini_batch_size=64,
          beta=0.9, beta1=0.9, beta2=0.999, epsilon=1e-8, num_epochs=100):
    """Train the three-layer network with one of three optimizers: "gd", "momentum" or "adam".

    X has shape (n_x, m), Y (1, m), and layers_dims has four entries. Returns the parameters and
    the list of the epochs' costs: means over all examples, each taken before the step that used it.
    """
    parameters = initialize_parameters(layers_dims)
    if optimizer == "momentum":
        v = initialize_velocity(parameters)
    elif optimizer == "adam":
        v, s = initialize_adam(parameters)
    costs, t = [], 0
    for epoch in range(num_epochs):
        total = 0.0
        for X_batch, Y_batch in random_mini_batches(X, Y, mini_batch_size, seed=epoch):
            A3, cache = forward_propagation(X_batch, parameters)
            total += compute_cost(A3, Y_batch) * Y_batch.shape[1]
            grads = backward_propagation(X_batch, Y_batch, cache)
            t += 1
            if optimizer == "gd":
                parameters = update_parameters_with_gd(parameters, grads, learning_rate)
            elif optimizer == "momentum":
                parameters, v = update_parameters_with_momentum(
                    parameters, grads, v, beta, learning_rate
                )
            elif optimizer == "adam":
                parameters, v, s = update_parameters_with_adam(
                    parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon
                )
            else:
                raise ValueError(f'optimizer is "gd", "momentum" or "adam", not {optimizer!r}')
        costs.append(total / X.shape[1])
    return parameters, costs


def update_parameters_with_gd(parameters, grads, learning_rate):
    """Take one step of gradient descent.

    Arguments:
    parameters -- dictionary W1, b1, ..., WL, bL; W{l} has shape (n_l, n_{l-1}), b{l} (n_l, 1)
    grads -- dictionary dW1, db1, ..., dWL, dbL, each in the shape of its parameter
    learning_rate -- the factor alpha, a number

    Returns:
    the dictionary of the updated parameters, with the same names and shapes
    """
    L = len(parameters) // 2
    updated = {}
    for l in range(1, L + 1):
        for name in (f"W{l}", f"b{l}"):
            updated[name] = parameters[name] - learning_rate * grads["d" + name]
    return updated


def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    """Shuffle the examples and cut them into mini-batches.

    Arguments:
    X -- inputs, shape (n_x, m)
    Y -- labels, shape (1, m)
    mini_batch_size -- the number of columns in each mini-batch; the last may have fewer
    seed -- seeds numpy's generator before its one permutation is drawn

    Returns:
    a list of pairs (X_batch, Y_batch), of shapes (n_x, size) and (1, size)
    """
    m = X.shape[1]
    np.random.seed(seed)
    order = np.random.permutation(m)
    X_shuffled, Y_shuffled = X[:, order], Y[:, order]
    mini_batches = []
    for begin in range(0, m, mini_batch_size):
        end = begin + mini_batch_size
        mini_batches.append((X_shuffled[:, begin:end], Y_shuffled[:, begin:end]))
    return mini_batches


def initialize_velocity(parameters):
    """Make a velocity of zero for every parameter.

    Arguments:
    parameters -- dictionary W1, b1, ..., WL, bL

    Returns:
    v -- dictionary dW1, db1, ..., dWL, dbL of zeros, each in the shape of its parameter
    """
    L = len(parameters) // 2
    v = {}
    for l in range(1, L + 1):
        v[f"dW{l}"] = np.zeros_like(parameters[f"W{l}"])
        v[f"db{l}"] = np.zeros_like(parameters[f"b{l}"])
    return v


def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    """Take one step of gradient descent with momentum.

    Arguments:
    parameters -- dictionary W1, b1, ..., WL, bL; W{l} has shape (n_l, n_{l-1}), b{l} (n_l, 1)
    grads -- dictionary dW1, db1, ..., dWL, dbL, each in the shape of its parameter
    v -- dictionary of the velocities so far, with the names and shapes of grads
    beta -- how much of the old velocity is kept, from 0 to below 1
    learning_rate -- the factor alpha, a number

    Returns:
    parameters -- the updated parameters
    v -- the updated velocities
    """
    L = len(parameters) // 2
    updated, new_v = {}, {}
    for l in range(1, L + 1):
        for name in (f"W{l}", f"b{l}"):
            slope = "d" + name
            new_v[slope] = beta * v[slope] + (1 - beta) * grads[slope]
            updated[name] = parameters[name] - learning_rate * new_v[slope]
    return updated, new_v


def initialize_adam(parameters):
    """Make Adam's two averages, zero for every parameter.

    Arguments:
    parameters -- dictionary W1, b1, ..., WL, bL

    Returns:
    v -- dictionary dW1, db1, ..., dWL, dbL of zeros, each in the shape of its parameter
    s -- another dictionary, the same in names, shapes and zeros
    """
    L = len(parameters) // 2
    v, s = {}, {}
    for l in range(1, L + 1):
        for name in (f"W{l}", f"b{l}"):
            v["d" + name] = np.zeros_like(parameters[name])
            s["d" + name] = np.zeros_like(parameters[name])
    return v, s


def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Take one step of Adam.

    Arguments:
    parameters -- dictionary W1, b1, ..., WL, bL; W{l} has shape (n_l, n_{l-1}), b{l} (n_l, 1)
    grads -- dictionary dW1, db1, ..., dWL, dbL, each in the shape of its parameter
    v -- dictionary of the averages of the gradients so far, with the names and shapes of grads
    s -- dictionary of the averages of the squared gradients so far, likewise
    t -- the number of this step, counted from 1
    learning_rate -- the factor alpha, a number
    beta1 -- how much of the old v is kept, from 0 to below 1
    beta2 -- how much of the old s is kept, from 0 to below 1
    epsilon -- a small number that keeps the denominator from zero

    Returns:
    parameters -- the updated parameters
    v -- the updated averages of the gradients, uncorrected
    s -- the updated averages of the squared gradients, uncorrected
    """
    L = len(parameters) // 2
    updated, new_v, new_s = {}, {}, {}
    for l in range(1, L + 1):
        for name in (f"W{l}", f"b{l}"):
            slope = "d" + name
            new_v[slope] = beta1 * v[slope] + (1 - beta1) * grads[slope]
            new_s[slope] = beta2 * s[slope] + (1 - beta2) * grads[slope] ** 2
            v_corrected = new_v[slope] / (1 - beta1**t)
            s_corrected = new_s[slope] / (1 - beta2**t)
            updated[name] = parameters[name] - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)
    return updated, new_v, new_s
