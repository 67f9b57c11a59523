"""Right answers to ``regularization`` by other authors' habits; each must get full marks.

Loops over layers and over entries, einsum, the given functions called again, arguments changed in place, masks of
other types, generators of their own, lists for tuples: whatever the rulings allow.
"""

from autograder.grading.catalogue import Alternative

_COST = "compute_cost_with_regularization"
_L2 = "backward_propagation_with_regularization"
_FORWARD = "forward_propagation_with_dropout"
_BACKWARD = "backward_propagation_with_dropout"

_COSTS = (
    Alternative(
        _COST,
        "loop over the layers",
        """# GRADED FUNCTION: compute_cost_with_regularization
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    total = 0
    for l in range(1, 4):
        total += np.sum(np.square(parameters["W" + str(l)]))
    return compute_cost(A3, Y) + lambd * total / (2 * Y.shape[1])
""",
    ),
    Alternative(
        _COST,
        "squared Frobenius norms of what is called W",
        """# GRADED FUNCTION: compute_cost_with_regularization
def compute_cost_with_regularization(a3, y, params, lam):
    norms = [np.linalg.norm(value) ** 2 for name, value in params.items() if name.startswith("W")]
    return np.array(compute_cost(a3, y) + 0.5 * lam * sum(norms) / a3.shape[1])
""",
    ),
    Alternative(
        _COST,
        "every weight on its own",
        """# GRADED FUNCTION: compute_cost_with_regularization
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = np.shape(Y)[-1]
    L2 = 0.0
    for name in ("W1", "W2", "W3"):
        for row in parameters[name]:
            for weight in row:
                L2 = L2 + weight * weight
    L2 *= lambd / m / 2
    cross_entropy = compute_cost(A3, Y)
    cost = cross_entropy + L2
    return cost
""",
    ),
    Alternative(
        _COST,
        "flattened products, as an array of one element",
        """# GRADED FUNCTION: compute_cost_with_regularization
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    flat = np.concatenate([parameters[f"W{l}"].reshape(-1) for l in (1, 2, 3)])
    return np.array([[compute_cost(A3, Y)]]) + (1 / Y.size) * (lambd / 2) * np.dot(flat, flat)
""",
    ),
    Alternative(
        _COST,
        "a helper, traces and its own cross-entropy",
        """# GRADED FUNCTION: compute_cost_with_regularization
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = Y.shape[1]

    def squared(W):
        return np.trace(W @ W.T)

    with np.errstate(divide="ignore", invalid="ignore"):
        cross = np.nansum(-np.log(A3) * Y - np.log(1 - A3) * (1 - Y)) / m
    return cross + sum(squared(parameters[key]) for key in ["W3", "W2", "W1"]) * lambd / (2 * m)
""",
    ),
)

_L2_PASSES = (
    Alternative(
        _L2,
        "one over m, np.dot, masks by comparison",
        """# GRADED FUNCTION: backward_propagation_with_regularization
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + (lambd * W3) / m
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + (lambd * W2) / m
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + (lambd * W1) / m
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
            "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}
""",
    ),
    Alternative(
        _L2,
        "loop from the last layer down",
        """# GRADED FUNCTION: backward_propagation_with_regularization
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m, A, W = Y.shape[1], {0: X}, {}
    for l in (1, 2, 3):
        A[l], W[l] = cache[4 * l - 3], cache[4 * l - 2]
    grads = {"dZ3": A[3] - Y}
    for l in range(3, 0, -1):
        dZ = grads[f"dZ{l}"]
        grads[f"dW{l}"] = (dZ @ A[l - 1].T + lambd * W[l]) / m
        grads[f"db{l}"] = dZ.sum(axis=1).reshape(-1, 1) / m
        if l > 1:
            grads[f"dA{l - 1}"] = W[l].T @ dZ
            grads[f"dZ{l - 1}"] = grads[f"dA{l - 1}"] * (A[l - 1] > 0)
    return grads
""",
    ),
    Alternative(
        _L2,
        "the given pass for weights and biases",
        """# GRADED FUNCTION: backward_propagation_with_regularization
def backward_propagation_with_regularization(X, Y, cache, lambd):
    grads = backward_propagation(X, Y, cache)
    Z1, _, W1, _, Z2, _, W2, _, _, A3, W3, _ = cache
    for name, W in zip(("dW1", "dW2", "dW3"), (W1, W2, W3)):
        grads[name] += lambd * W / X.shape[1]
    grads["dZ3"] = np.subtract(A3, Y)
    grads["dA2"] = np.matmul(np.transpose(W3), grads["dZ3"])
    grads["dZ2"] = np.where(Z2 <= 0, 0, grads["dA2"])
    grads["dA1"] = np.matmul(np.transpose(W2), grads["dZ2"])
    grads["dZ1"] = np.where(Z1 <= 0, 0, grads["dA1"])
    return grads
""",
    ),
    Alternative(
        _L2,
        "copies set to zero, masks from Z",
        """# GRADED FUNCTION: backward_propagation_with_regularization
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    dZ3 = A3 - Y
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.array(dA2, copy=True)
    dZ2[Z2 <= 0] = 0
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = dA1.copy()
    dZ1[Z1 <= 0] = 0
    result = dict(dZ3=dZ3, dA2=dA2, dZ2=dZ2, dA1=dA1, dZ1=dZ1)
    for l, (dZ, A, W) in enumerate([(dZ1, X, W1), (dZ2, A1, W2), (dZ3, A2, W3)], 1):
        result["dW%d" % l] = dZ.dot(A.T) / m
        result["dW%d" % l] += lambd / m * W
        result["db%d" % l] = np.average(dZ, axis=1)[:, np.newaxis]
    return result
""",
    ),
    Alternative(
        _L2,
        "einsum and a product with ones",
        """# GRADED FUNCTION: backward_propagation_with_regularization
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = float(X.shape[1])
    ones = np.ones((X.shape[1], 1)) / m
    _, A1, W1, _, _, A2, W2, _, _, A3, W3, _ = cache

    def of_weights(dZ, A, W):
        return np.einsum("ik,jk->ij", dZ, A) / m + lambd / m * W

    dZ3 = A3 - Y
    dA2 = np.einsum("ki,kj->ij", W3, dZ3)
    dZ2 = dA2 * np.heaviside(A2, 0)
    dA1 = np.einsum("ki,kj->ij", W2, dZ2)
    dZ1 = dA1 * np.sign(A1)
    return {
        "dW1": of_weights(dZ1, X, W1), "dW2": of_weights(dZ2, A1, W2), "dW3": of_weights(dZ3, A2, W3),
        "db1": dZ1 @ ones, "db2": dZ2 @ ones, "db3": dZ3 @ ones,
        "dA1": dA1, "dA2": dA2, "dZ1": dZ1, "dZ2": dZ2, "dZ3": dZ3,
    }
""",
    ),
    Alternative(
        _L2,
        "one example after the other",
        """# GRADED FUNCTION: backward_propagation_with_regularization
def backward_propagation_with_regularization(X, Y, cache, lambd):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    m = X.shape[1]
    grads = {"dW1": lambd * W1 / m, "dW2": lambd * W2 / m, "dW3": lambd * W3 / m,
             "db1": 0 * b1, "db2": 0 * b2, "db3": 0 * b3,
             "dZ3": np.empty_like(Z3), "dA2": np.empty_like(A2), "dZ2": np.empty_like(Z2),
             "dA1": np.empty_like(A1), "dZ1": np.empty_like(Z1)}
    for i in range(m):
        column = slice(i, i + 1)
        dZ3 = A3[:, column] - Y[:, column]
        dA2 = W3.T @ dZ3
        dZ2 = dA2 * (Z2[:, column] > 0)
        dA1 = W2.T @ dZ2
        dZ1 = dA1 * (Z1[:, column] > 0)
        for name, value in (("dZ3", dZ3), ("dA2", dA2), ("dZ2", dZ2), ("dA1", dA1), ("dZ1", dZ1)):
            grads[name][:, column] = value
        for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
            grads[f"dW{l}"] = grads[f"dW{l}"] + np.outer(dZ, A[:, i]) / m
            grads[f"db{l}"] = grads[f"db{l}"] + dZ / m
    return grads
""",
    ),
)

_FORWARD_PASSES = (
    Alternative(
        _FORWARD,
        "step by step, float masks, divided in place",
        """# GRADED FUNCTION: forward_propagation_with_dropout
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = (D1 < keep_prob).astype(float)
    A1 = np.multiply(A1, D1)
    A1 /= keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], A2.shape[1])
    D2 = (D2 < keep_prob).astype(float)
    A2 = np.multiply(A2, D2)
    A2 /= keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return A3, cache
""",
    ),
    Alternative(
        _FORWARD,
        "a generator of its own, integer masks, lists",
        """# GRADED FUNCTION: forward_propagation_with_dropout
def forward_propagation_with_dropout(inputs, params, keep=0.5):
    generator = np.random.RandomState(1)
    cache, A = [], inputs
    for l in "12":
        Z = params["W" + l] @ A + params["b" + l]
        D = (generator.random_sample(Z.shape) < keep).astype(int)
        A = np.maximum(Z, 0) * D * (1 / keep)
        cache += [Z, D, A, params["W" + l], params["b" + l]]
    Z3 = params["W3"] @ A + params["b3"]
    A3 = 1 / (1 + np.exp(-Z3))
    return [A3, cache + [Z3, A3, params["W3"], params["b3"]]]
""",
    ),
    Alternative(
        _FORWARD,
        "switched-off entries set to zero",
        """# GRADED FUNCTION: forward_propagation_with_dropout
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    W1, b1, W2, b2, W3, b3 = [parameters[k] for k in ("W1", "b1", "W2", "b2", "W3", "b3")]

    def drop(A):
        D = np.random.uniform(0, 1, size=A.shape) < keep_prob
        A = A / keep_prob
        A[~D] = 0
        return D, A

    Z1 = np.matmul(W1, X) + b1
    D1, A1 = drop(relu(Z1))
    Z2 = np.matmul(W2, A1) + b2
    D2, A2 = drop(relu(Z2))
    Z3 = np.matmul(W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
""",
    ),
    Alternative(
        _FORWARD,
        "both masks drawn first, scale before the mask",
        """# GRADED FUNCTION: forward_propagation_with_dropout
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    p, m = parameters, X.shape[1]
    np.random.seed(1)
    D1 = np.where(np.random.random((p["W1"].shape[0], m)) >= keep_prob, 0, 1)
    D2 = np.where(np.random.random((p["W2"].shape[0], m)) >= keep_prob, 0, 1)
    Z1 = p["W1"].dot(X) + p["b1"]
    A1 = np.where(D1 == 1, relu(Z1) / keep_prob, 0)
    Z2 = p["W2"].dot(A1) + p["b2"]
    A2 = np.where(D2 == 1, relu(Z2) / keep_prob, 0)
    Z3 = p["W3"].dot(A2) + p["b3"]
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, p["W1"], p["b1"], Z2, D2, A2, p["W2"], p["b2"], Z3, A3, p["W3"], p["b3"])
""",
    ),
    Alternative(
        _FORWARD,
        "einsum, one stream of numbers cut in two",
        """# GRADED FUNCTION: forward_propagation_with_dropout
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    n1, n2, m = len(parameters["b1"]), len(parameters["b2"]), X.shape[1]
    np.random.seed(1)
    stays = np.less(np.random.rand((n1 + n2) * m), keep_prob)
    D1, D2 = stays[: n1 * m].reshape(n1, m), stays[n1 * m :].reshape(n2, m)
    Z1 = np.einsum("ij,jk->ik", parameters["W1"], X) + parameters["b1"]
    A1 = np.clip(Z1, 0, None) * D1 / keep_prob
    Z2 = np.einsum("ij,jk->ik", parameters["W2"], A1) + parameters["b2"]
    A2 = np.clip(Z2, 0, None) * D2 / keep_prob
    Z3 = np.einsum("ij,jk->ik", parameters["W3"], A2) + parameters["b3"]
    A3 = sigmoid(Z3)
    cache = (Z1, D1, A1, parameters["W1"], parameters["b1"], Z2, D2, A2, parameters["W2"], parameters["b2"],
             Z3, A3, parameters["W3"], parameters["b3"])
    return A3, cache
""",
    ),
)

_BACKWARD_PASSES = (
    Alternative(
        _BACKWARD,
        "mask, then scale, in place",
        """# GRADED FUNCTION: backward_propagation_with_dropout
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 *= D2
    dA2 /= keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 *= D1
    dA1 /= keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
            "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}
""",
    ),
    Alternative(
        _BACKWARD,
        "loop from the last layer down, derivative from Z",
        """# GRADED FUNCTION: backward_propagation_with_dropout
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    names = ("Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")
    c = dict(zip(names, cache), A0=X)
    g = {"dZ3": c["A3"] - Y}
    for l in (3, 2, 1):
        dZ = g[f"dZ{l}"] / Y.shape[1]
        g[f"dW{l}"], g[f"db{l}"] = dZ @ c[f"A{l - 1}"].T, dZ.sum(axis=1, keepdims=True)
        if l > 1:
            back = c[f"W{l}"].T @ g[f"dZ{l}"]
            g[f"dA{l - 1}"] = np.where(c[f"D{l - 1}"], back / keep_prob, 0.0)
            g[f"dZ{l - 1}"] = g[f"dA{l - 1}"] * (c[f"Z{l - 1}"] > 0)
    return g
""",
    ),
    Alternative(
        _BACKWARD,
        "switched-off entries set to zero",
        """# GRADED FUNCTION: backward_propagation_with_dropout
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache
    m = X.shape[1]

    def undrop(dA, D):
        dA = dA / keep_prob
        dA[D == 0] = 0
        return dA

    def step(dZ, A):
        return np.matmul(dZ, A.T) / m, dZ.mean(axis=1, keepdims=True)

    dZ3 = A3 - Y
    dW3, db3 = step(dZ3, A2)
    dA2 = undrop(W3.T @ dZ3, D2)
    dZ2 = dA2.copy()
    dZ2[Z2 <= 0] = 0
    dW2, db2 = step(dZ2, A1)
    dA1 = undrop(W2.T @ dZ2, D1)
    dZ1 = dA1.copy()
    dZ1[Z1 <= 0] = 0
    dW1, db1 = step(dZ1, X)
    return dict(dZ1=dZ1, dZ2=dZ2, dZ3=dZ3, dA1=dA1, dA2=dA2, dW1=dW1, dW2=dW2, dW3=dW3, db1=db1, db2=db2, db3=db3)
""",
    ),
    Alternative(
        _BACKWARD,
        "einsum, masks as floats, one factor for both",
        """# GRADED FUNCTION: backward_propagation_with_dropout
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    m = X.shape[1]
    _, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _ = cache
    factor1, factor2 = D1.astype(np.float64) / keep_prob, D2.astype(np.float64) / keep_prob
    dZ3 = A3 - Y
    dA2 = np.einsum("ki,kj->ij", W3, dZ3) * factor2
    dZ2 = dA2 * np.sign(A2)
    dA1 = np.einsum("ki,kj->ij", W2, dZ2) * factor1
    dZ1 = dA1 * np.sign(A1)
    grads = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    for l, A in enumerate((X, A1, A2), start=1):
        grads[f"dW{l}"] = np.einsum("ik,jk->ij", grads[f"dZ{l}"], A) / m
        grads[f"db{l}"] = np.einsum("ik->i", grads[f"dZ{l}"])[:, None] / m
    return grads
""",
    ),
)

ALTERNATIVES = (*_COSTS, *_L2_PASSES, *_FORWARD_PASSES, *_BACKWARD_PASSES)
