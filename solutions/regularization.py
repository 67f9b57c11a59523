"""Reference solutions of regularization: made from its source notebook, not to be edited.

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
    """The network's output A3, shape (1, m), and the cache, the tuple that a backward pass needs."""
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


def compute_cost(A3, Y):
    """The mean cross-entropy, a float; A3 is kept off 0 and 1, so that it stays finite."""
    A3 = np.clip(A3, 1e-12, 1 - 1e-12)
    return float(-np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)))


def backward_propagation(X, Y, cache):
    """The gradients dW1, db1, ..., dW3, db3 of the mean cross-entropy, and nothing else."""
    _, A1, _, _, _, A2, W2, _, _, A3, W3, _ = cache
    flow = (A3 - Y) / Y.shape[1]
    grads = {}
    for layer, A_below, W in ((3, A2, W3), (2, A1, W2), (1, X, None)):
        grads[f"dW{layer}"] = flow @ A_below.T
        grads[f"db{layer}"] = flow.sum(axis=1, keepdims=True)
        if layer > 1:
            flow = (W.T @ flow) * (A_below > 0)
    return grads


def predict(X, parameters):
    """The predicted labels, 0 or 1, shape (1, m); all units take part."""
    return (forward_propagation(X, parameters)[0] > 0.5).astype(int)


def accuracy(X, Y, parameters):
    """How many labels are predicted right, in percent."""
    return 100 * np.mean(predict(X, parameters) == Y)


CLASS_COLORS = ("tab:blue", "tab:orange")


def plot_points(ax, X, Y):
    """Draw the examples as dots, a colour for each class."""
    for label, color in enumerate(CLASS_COLORS):
        x1, x2 = X[:, Y[0] == label]
        ax.scatter(x1, x2, s=18, color=color, edgecolor="white", lw=0.5, label=f"y = {label}")
    ax.set(xlabel="x₁", ylabel="x₂", xticks=(-2, 0, 2), yticks=(-2, 0, 2))


def plot_boundary(ax, parameters, title):
    """Shade the plane by the network's output, draw where it is 0.5, and the true border, dashed."""
    side = np.linspace(-2, 2, 70)
    grid = np.array(np.meshgrid(side, side)).reshape(2, -1)
    output = forward_propagation(grid, parameters)[0].reshape(side.size, side.size)
    square = {"extent": (-2, 2, -2, 2), "origin": "lower", "aspect": "auto"}
    ax.imshow(output, **square, vmin=0, vmax=1, cmap="RdYlBu_r", alpha=0.45, interpolation="bilinear")
    if output.min() < 0.5 < output.max():
        ax.contour(side, side, output, levels=[0.5], colors="black", linewidths=1.4)
    ax.plot(side, true_border(side), "--", color="tab:green", linewidth=1.6)
    plot_points(ax, train_X, train_Y)
    seen, new = accuracy(train_X, train_Y, parameters), accuracy(test_X, test_Y, parameters)
    ax.set_title(f"{title}\n{seen:.1f}% of the seen, {new:.1f}% of the new right", fontsize=10)


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


def true_border(x1):
    """The height x2 above which an example's true class is 1."""
    return 0.9 * np.sin(np.pi * x1 / 2)


def load_wave(m, seed, wrong=0.1):
    """Points of a square, X of shape (2, m), with labels Y of (1, m), some turned around by chance."""
    random = np.random.RandomState(seed)
    X = random.uniform(-2, 2, (2, m))
    truth = X[1] > true_border(X[0])
    Y = np.where(random.rand(m) < wrong, ~truth, truth)
    return X, Y.astype(int).reshape(1, m)


train_X, train_Y = load_wave(120, seed=12)
test_X, test_Y = load_wave(1000, seed=101)


def model(X, Y, layers_dims=(2, 32, 8, 1), learning_rate=0.5, num_iterations=1000, lambd=0, keep_prob=1):
    """Train the three-layer network by gradient descent, with an L2 penalty or with dropout or neither.

    X has shape (n_x, m), Y (1, m), and layers_dims has four entries. Returns the parameters, the list
    of the costs at every 50th step, and the list of the parameters before those steps.
    """
    if lambd != 0 and keep_prob != 1:
        raise ValueError("Choose one: lambd other than 0, or keep_prob other than 1.")
    parameters = initialize_parameters(layers_dims)
    shuffle = np.random.RandomState(0)
    costs, snapshots = [], []
    for iteration in range(num_iterations):
        if keep_prob < 1:
            order = shuffle.permutation(X.shape[1])
            X, Y = X[:, order], Y[:, order]
            A3, cache = forward_propagation_with_dropout(X, parameters, keep_prob)
            grads = backward_propagation_with_dropout(X, Y, cache, keep_prob)
        else:
            A3, cache = forward_propagation(X, parameters)
            if lambd != 0:
                grads = backward_propagation_with_regularization(X, Y, cache, lambd)
            else:
                grads = backward_propagation(X, Y, cache)
        if iteration % 50 == 0:
            snapshots.append(parameters)
            if lambd != 0:
                costs.append(compute_cost_with_regularization(A3, Y, parameters, lambd))
            else:
                costs.append(compute_cost(A3, Y))
        parameters = {name: p - learning_rate * grads[f"d{name}"] for name, p in parameters.items()}
    return parameters, costs, snapshots


def compute_cost_with_regularization(A3, Y, parameters, lambd):
    """Compute the mean cross-entropy plus the L2 penalty on the weights.

    Arguments:
    A3 -- the network's output, shape (1, m), from 0 to 1
    Y -- labels, shape (1, m), each 0 or 1
    parameters -- dictionary W1, b1, W2, b2, W3, b3; W{l} has shape (n_l, n_{l-1}), b{l} (n_l, 1)
    lambd -- the factor lambda of the penalty, a number

    Returns:
    the regularized cost, a number
    """
    m = Y.shape[1]
    W1, W2, W3 = parameters["W1"], parameters["W2"], parameters["W3"]
    total = np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)
    return compute_cost(A3, Y) + lambd / (2 * m) * total


def backward_propagation_with_regularization(X, Y, cache, lambd):
    """Compute the gradients of the cost with the L2 penalty.

    Arguments:
    X -- inputs, shape (n_x, m)
    Y -- labels, shape (1, m), each 0 or 1
    cache -- (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3), from forward_propagation
    lambd -- the factor lambda of the penalty, a number

    Returns:
    the dictionary of dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1,
    each in the shape of what it is the gradient of
    """
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    decay = lambd / m

    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m + decay * W3
    db3 = np.mean(dZ3, axis=1, keepdims=True)

    dA2 = W3.T @ dZ3
    dZ2 = np.where(A2 > 0, dA2, 0)
    dW2 = dZ2 @ A1.T / m + decay * W2
    db2 = np.mean(dZ2, axis=1, keepdims=True)

    dA1 = W2.T @ dZ2
    dZ1 = np.where(A1 > 0, dA1, 0)
    dW1 = dZ1 @ X.T / m + decay * W1
    db1 = np.mean(dZ1, axis=1, keepdims=True)

    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }


def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    """Run the network with inverted dropout on both hidden layers.

    Arguments:
    X -- inputs, shape (n_x, m)
    parameters -- dictionary W1, b1, W2, b2, W3, b3; W{l} has shape (n_l, n_{l-1}), b{l} (n_l, 1)
    keep_prob -- the probability that a unit stays, above 0 and up to 1

    Returns:
    A3 -- the network's output, shape (1, m)
    cache -- (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3), where D1 and D2 are the masks,
             one where a unit stays and zero where it is off, and A1 and A2 the activations after dropout
    """
    np.random.seed(1)
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]

    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    D1 = np.random.rand(*A1.shape) < keep_prob
    A1 = A1 * D1 / keep_prob

    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    D2 = np.random.rand(*A2.shape) < keep_prob
    A2 = A2 * D2 / keep_prob

    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    """Compute the gradients of the cost for a forward pass with dropout.

    Arguments:
    X -- inputs, shape (n_x, m)
    Y -- labels, shape (1, m), each 0 or 1
    cache -- (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3), from
             forward_propagation_with_dropout
    keep_prob -- the probability that a unit stays, as in the forward pass

    Returns:
    the dictionary of dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1,
    each in the shape of what it is the gradient of; dA2 and dA1 with mask and scale applied
    """
    m = X.shape[1]
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache

    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.mean(dZ3, axis=1, keepdims=True)

    dA2 = W3.T @ dZ3
    dA2 = dA2 * D2 / keep_prob
    dZ2 = np.where(A2 > 0, dA2, 0)
    dW2 = dZ2 @ A1.T / m
    db2 = np.mean(dZ2, axis=1, keepdims=True)

    dA1 = W2.T @ dZ2
    dA1 = dA1 * D1 / keep_prob
    dZ1 = np.where(A1 > 0, dA1, 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.mean(dZ1, axis=1, keepdims=True)

    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }
