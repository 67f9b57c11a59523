"""What learners of ``regularization`` write by mistake: each an edit of the reference, with a hint.

The most typical mistake of each function comes first. A text to replace is part of the function's graded
cell in the source notebook; the tests of the checks say when one no longer fits.
"""

from autograder.grading.catalogue import Misconception

_COST = "compute_cost_with_regularization"
_FACTOR = "lambd / (2 * m)"
_SQUARES = "np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)"
_PENALTY = " + lambd / (2 * m) * total"

_COST_MISTAKES = (
    Misconception(
        "cost-factor-without-the-two",
        _COST,
        _FACTOR,
        "lambd / m",
        "Compare the factor before your sum with the one in the formula. One small number in its denominator is "
        "there so that the gradient of a square comes out without it: have you kept it?",
    ),
    Misconception(
        "cost-weights-not-squared",
        _COST,
        _SQUARES,
        "np.sum(W1) + np.sum(W2) + np.sum(W3)",
        "A large negative weight bends the border as much as a large positive one, so both have to cost. In your "
        "sum they cancel each other. What does the formula do to each weight first?",
    ),
    Misconception(
        "cost-square-of-the-sum",
        _COST,
        _SQUARES,
        "np.sum(W1) ** 2 + np.sum(W2) ** 2 + np.sum(W3) ** 2",
        "You add up first and square then, so that weights of different signs cancel. The penalty looks at every "
        "weight by itself: try your sum on the two weights 1 and -1, which should cost something.",
    ),
    Misconception(
        "cost-norm-not-squared",
        _COST,
        _SQUARES,
        "np.linalg.norm(W1) + np.linalg.norm(W2) + np.linalg.norm(W3)",
        "The norm of a matrix is a root. The penalty needs what stands under the root: look at the unit of your "
        "sum, and at what becomes of it when all weights are doubled.",
    ),
    Misconception(
        "cost-absolute-values",
        _COST,
        _SQUARES,
        "np.sum(np.abs(W1)) + np.sum(np.abs(W2)) + np.sum(np.abs(W3))",
        "Absolute values make another penalty, called L1, which is useful too. This one is called L2 after the "
        "power in it: a weight twice as large costs four times as much.",
    ),
    Misconception(
        "cost-mean-of-squares",
        _COST,
        _SQUARES,
        "np.mean(W1**2) + np.mean(W2**2) + np.mean(W3**2)",
        "You average the squares over the entries of each matrix. The formula adds them up, and divides only by "
        "the number of examples; with your version a weight in a larger layer costs less.",
    ),
    Misconception(
        "cost-biases-penalized",
        _COST,
        _SQUARES,
        "sum(np.sum(value**2) for value in parameters.values())",
        "The dictionary holds more than the weights. The text says which of the parameters bend a border and "
        "which only shift it: for which of the two is there a price?",
    ),
    Misconception(
        "cost-last-layer-forgotten",
        _COST,
        _SQUARES,
        "np.sum(W1**2) + np.sum(W2**2)",
        "The sum in the formula runs over all the layers that have weights, the output layer too. Count the "
        "layers of the network and the terms of your sum.",
    ),
    Misconception(
        "cost-first-layer-forgotten",
        _COST,
        _SQUARES,
        "np.sum(W2**2) + np.sum(W3**2)",
        "The layer that reads the inputs has weights as well, often most of them, and they are not free. Count "
        "the layers of the network and the terms of your sum.",
    ),
    Misconception(
        "cost-not-divided-by-examples",
        _COST,
        _FACTOR,
        "lambd / 2",
        "The cross-entropy is a mean over the examples, so the penalty is divided by their number as well. "
        "Otherwise the balance between data and penalty would depend on how much data there is.",
    ),
    Misconception(
        "cost-multiplied-by-examples",
        _COST,
        _FACTOR,
        "lambd / 2 * m",
        "Python reads a quotient and a product from left to right. Follow your factor step by step for four "
        "examples: does the number of examples make it smaller, as it should?",
    ),
    Misconception(
        "cost-penalty-subtracted",
        _COST,
        _PENALTY,
        " - lambd / (2 * m) * total",
        "A penalty is something to be paid. With your sign the cost gets smaller the larger the weights are, and "
        "training would make them grow without end.",
    ),
    Misconception(
        "cost-penalty-alone",
        _COST,
        "compute_cost(A3, Y) + ",
        "",
        "The penalty alone is lowest where all weights are zero, whatever the examples say. The regularized cost "
        "has a second part, for which a given function does all the work.",
    ),
    Misconception(
        "cost-penalty-left-out",
        _COST,
        _PENALTY,
        "",
        "You return the cross-entropy alone. The second part of the formula is computed, or should be, but it "
        "never reaches the result: what has to be done with it in the last line?",
    ),
    Misconception(
        "cost-examples-counted-as-rows",
        _COST,
        "m = Y.shape[1]",
        "m = Y.shape[0]",
        "Examples are columns in this course, and the labels have one row. Look at which of the two sizes your "
        "number of examples comes from, and print it for the example.",
    ),
)

_L2 = "backward_propagation_with_regularization"
_DECAY = "decay = lambd / m"
_DZ2 = "dZ2 = np.where(A2 > 0, dA2, 0)"
_DZ1 = "dZ1 = np.where(A1 > 0, dA1, 0)"
_DB3 = "db3 = np.mean(dZ3, axis=1, keepdims=True)"
_DB2 = "db2 = np.mean(dZ2, axis=1, keepdims=True)"
_DB1 = "db1 = np.mean(dZ1, axis=1, keepdims=True)"

_KEEP_COLUMNS = (
    "The numbers are right, but they stand in a row of one dimension. A bias is a column, and its gradient has "
    "the same shape: numpy drops the dimension that it averages over unless it is told to leave it there."
)
_RELU_SKIPPED = (
    "On the way back through a hidden layer there are two steps: through the weights, and through ReLU. A unit "
    "that was silent in the forward pass can't have had any influence. Where does your function take that into "
    "account?"
)
_TIMES_ACTIVATION = (
    "The derivative of ReLU is 1 where the unit was active, and 0 elsewhere. You multiply by the activation "
    "itself, which is right about the zeros only. How strong an active unit was doesn't matter here."
)
_NOT_A_MEAN = (
    "The cost is a mean over the examples, so every gradient of a parameter is a mean, too. One of yours is a "
    "sum: look for the place where the number of examples is missing."
)
_ONE_BIAS = (
    "Every unit has a bias of its own, so there is one gradient for each row. You have averaged over the units as "
    "well, and all of them get the same number. Along which axis do the examples lie?"
)
_OUTPUT_SLOPE = (
    "For a sigmoid with cross-entropy the derivative of the sigmoid cancels against that of the cost. That is why "
    "the text starts with such a simple difference. Your version has the sigmoid's factor a second time."
)
_OUTPUT_SIGN = (
    "Where the output is larger than the label, raising it raises the cost, so its gradient is positive there. "
    "Try your first line with an output of 0.9 and a label of 0."
)
_CACHE_OVERWRITTEN = (
    "An operation like -= changes the array itself, and this one belongs to the cache of whoever called: after your "
    "function the output of the forward pass is lost. A difference with a name of its own leaves it alone."
)
_LAYER_BELOW = (
    "A weight is multiplied by what the layer below hands on, so its gradient needs the activations of the layer "
    "below. Look at which activations meet the gradient of the first layer in your function."
)

_IN_PLACE = "dZ3 = A3\n    dZ3 -= Y"

_L2_MISTAKES = (
    Misconception("l2-output-overwritten", _L2, "dZ3 = A3 - Y", _IN_PLACE, _CACHE_OVERWRITTEN),
    Misconception(
        "l2-penalty-not-divided-by-examples",
        _L2,
        _DECAY,
        "decay = lambd",
        "The penalty in the cost is divided by the number of examples, so its derivative is divided by it as "
        "well. Compare the factor before the weights in your function and in the text.",
    ),
    Misconception(
        "l2-penalty-sign",
        _L2,
        _DECAY,
        "decay = -lambd / m",
        "The step of gradient descent subtracts the gradient, and the penalty should make weights smaller. "
        "Follow a positive weight through one step with your sign: does it shrink?",
    ),
    Misconception(
        "l2-penalty-doubled",
        _L2,
        _DECAY,
        "decay = 2 * lambd / m",
        "Differentiating a square does bring down a 2. But there is another 2 in the penalty, in the denominator, "
        "placed there for just this moment. What is left of the two of them?",
    ),
    Misconception(
        "l2-penalty-halved",
        _L2,
        _DECAY,
        "decay = lambd / (2 * m)",
        "You have taken over the factor of the cost as it is. But the gradient holds the derivative of the "
        "square, and differentiating changes the factor. Work it out for a single weight.",
    ),
    Misconception(
        "l2-penalty-of-squares",
        _L2,
        "decay * W3\n",
        "decay * W3**2\n",
        "One of your gradients holds the penalty's squares themselves, not their derivative. A negative weight "
        "shows the difference: should the penalty pull it up or down?",
    ),
    Misconception(
        "l2-penalty-without-weights",
        _L2,
        "decay * W2\n",
        "decay\n",
        "In one layer you add the same number to every entry. The penalty pulls harder at larger weights, and the "
        "other way at negative ones: by what is its factor multiplied in the formula?",
    ),
    Misconception(
        "l2-penalty-missing-in-first-layer",
        _L2,
        " + decay * W1",
        "",
        "The penalty counts the weights of all three layers, so each of the three gradients of weights has its "
        "term. Go through your layers one by one and look for the one without.",
    ),
    Misconception(
        "l2-penalty-missing-in-last-layer",
        _L2,
        " + decay * W3",
        "",
        "The output layer's weights are penalized like all the others. Go through the gradients of the weights "
        "one by one and compare them: which of them is the plain one?",
    ),
    Misconception(
        "l2-penalty-left-out",
        _L2,
        _DECAY,
        "decay = 0",
        "This is plain backpropagation, and right as such. But a cost with a penalty has another gradient, as "
        "soon as lambd isn't zero: look for the term in the text in which it occurs.",
    ),
    Misconception(
        "l2-penalty-on-biases",
        _L2,
        _DB2,
        f"{_DB2} + decay * b2",
        "The biases don't occur in the penalty at all. What is the derivative of something with respect to a "
        "parameter that doesn't occur in it? Look at what you have added to the gradient of a bias.",
    ),
    Misconception(
        "l2-penalty-on-the-way-down",
        _L2,
        "dA2 = W3.T @ dZ3",
        "dA2 = W3.T @ dZ3 + decay * np.sum(W3)",
        "The penalty depends on the weights alone and not on any activation. So what flows from layer to layer is "
        "the same as without it, and only the gradients of the weights get a new term.",
    ),
    Misconception(
        "l2-data-part-not-a-mean",
        _L2,
        "dW2 = dZ2 @ A1.T / m",
        "dW2 = dZ2 @ A1.T",
        _NOT_A_MEAN,
    ),
    Misconception("l2-bias-sum", _L2, _DB1, "db1 = np.sum(dZ1, axis=1, keepdims=True)", _NOT_A_MEAN),
    Misconception("l2-keepdims-lost", _L2, _DB3, "db3 = np.mean(dZ3, axis=1)", _KEEP_COLUMNS),
    Misconception("l2-keepdims-lost-in-hidden-layer", _L2, _DB1, "db1 = np.mean(dZ1, axis=1)", _KEEP_COLUMNS),
    Misconception("l2-one-number-for-all-biases", _L2, _DB2, "db2 = np.full_like(b2, np.mean(dZ2))", _ONE_BIAS),
    Misconception("l2-relu-skipped", _L2, _DZ2, "dZ2 = dA2", _RELU_SKIPPED),
    Misconception("l2-relu-skipped-in-first-layer", _L2, _DZ1, "dZ1 = dA1", _RELU_SKIPPED),
    Misconception("l2-relu-times-activation", _L2, _DZ1, "dZ1 = dA1 * A1", _TIMES_ACTIVATION),
    Misconception(
        "l2-relu-of-the-gradient",
        _L2,
        _DZ2,
        "dZ2 = np.where(dA2 > 0, dA2, 0)",
        "Which entries get through depends on whether the unit was active in the forward pass, and not on the "
        "sign of the gradient. A negative gradient goes through an active unit unchanged.",
    ),
    Misconception(
        "l2-relu-of-the-wrong-layer",
        _L2,
        _DZ1,
        "dZ1 = np.where(A2 > 0, dA1, 0)",
        "The derivative of ReLU belongs to the layer whose gradient it is. You look at the activations of another "
        "layer, which has other units and often even another number of them.",
    ),
    Misconception(
        "l2-output-times-sigmoid-slope", _L2, "dZ3 = A3 - Y", "dZ3 = (A3 - Y) * A3 * (1 - A3)", _OUTPUT_SLOPE
    ),
    Misconception("l2-output-sign", _L2, "dZ3 = A3 - Y", "dZ3 = Y - A3", _OUTPUT_SIGN),
    Misconception("l2-activation-of-the-wrong-layer", _L2, "dZ1 @ X.T", "dZ1 @ A1.T", _LAYER_BELOW),
)

_FORWARD = "forward_propagation_with_dropout"
_D1 = "D1 = np.random.rand(*A1.shape) < keep_prob"
_D2 = "D2 = np.random.rand(*A2.shape) < keep_prob"
_A1 = "A1 = A1 * D1 / keep_prob"
_A2 = "A2 = A2 * D2 / keep_prob"
_LAYER2 = f"    Z2 = W2 @ A1 + b2\n    A2 = relu(Z2)\n    {_D2}\n    {_A2}\n"

_SCALE = (
    "After the mask, only a part of the units is left, so the next layer would get too little on average. The "
    "division that makes up for it has to be done in each hidden layer, and once only."
)
_SIDE = (
    "keep_prob is the probability that a unit stays. With a keep_prob of 0.9, nearly all units should be left: "
    "count how many are in your masks, and look at the direction of the comparison."
)
_SEED = (
    "The course fixes the seed so that everybody draws the same masks. Check where in your function the "
    "generator is seeded: it happens once, and before anything is drawn."
)

_FORWARD_MISTAKES = (
    Misconception("dropout-mask-inverted", _FORWARD, _D1, "D1 = np.random.rand(*A1.shape) > keep_prob", _SIDE),
    Misconception(
        "dropout-mask-inverted-in-second-layer", _FORWARD, _D2, "D2 = np.random.rand(*A2.shape) > keep_prob", _SIDE
    ),
    Misconception("dropout-scale-forgotten", _FORWARD, _A1, "A1 = A1 * D1", _SCALE),
    Misconception("dropout-scale-forgotten-in-second-layer", _FORWARD, _A2, "A2 = A2 * D2", _SCALE),
    Misconception("dropout-scaled-twice", _FORWARD, _A1, "A1 = A1 / keep_prob * D1 / keep_prob", _SCALE),
    Misconception(
        "dropout-scale-multiplied",
        _FORWARD,
        _A2,
        "A2 = A2 * D2 * keep_prob",
        "The mask has taken something away, and the scale should give it back on average. A factor below one "
        "takes away even more. In which direction does yours go?",
    ),
    Misconception(
        "dropout-scale-by-the-dropped-share",
        _FORWARD,
        _A1,
        "A1 = A1 * D1 / (1 - keep_prob)",
        "Your scale uses the probability that a unit is off. What is left is the share of the units that stay. "
        "With nearly all units kept, should the scale be close to one or very large?",
    ),
    Misconception(
        "dropout-mask-not-applied",
        _FORWARD,
        _A1,
        "A1 = A1 / keep_prob",
        "One of your masks is drawn and returned, but no unit is ever switched off by it. Look at where each "
        "mask is used after you have drawn it.",
    ),
    Misconception(
        "dropout-seed-for-each-layer",
        _FORWARD,
        _D2,
        f"np.random.seed(1)\n    {_D2}",
        "Seeding starts the same stream of numbers again, so both of your masks begin with the same entries. "
        "The two layers should forget independently of each other: how often does the text seed?",
    ),
    Misconception("dropout-seed-after-first-mask", _FORWARD, _D1, f"{_D1}\n    np.random.seed(1)", _SEED),
    Misconception("dropout-seed-forgotten", _FORWARD, "    np.random.seed(1)\n", "", _SEED),
    Misconception("dropout-another-seed", _FORWARD, "np.random.seed(1)", "np.random.seed(0)", _SEED),
    Misconception(
        "dropout-normal-numbers",
        _FORWARD,
        _D1,
        "D1 = np.random.randn(*A1.shape) < keep_prob",
        "Only for numbers spread evenly between 0 and 1 is the chance of lying below keep_prob just keep_prob. "
        "Yours come from a bell curve around zero: look at the name of numpy's function again.",
    ),
    Misconception(
        "dropout-one-mask-for-all-examples",
        _FORWARD,
        _D1,
        "D1 = np.repeat(np.random.rand(A1.shape[0], 1) < keep_prob, A1.shape[1], axis=1)",
        "You switch off the same units for every example. In this course each example gets a mask of its own, "
        "so the mask needs as many columns of random numbers as there are examples.",
    ),
    Misconception(
        "dropout-one-mask-for-both-layers",
        _FORWARD,
        _D2,
        "D2 = D1",
        "You use one mask for two layers. That works only where both happen to have the same number of units, "
        "and then they forget the same ones. Each hidden layer draws its own.",
    ),
    Misconception(
        "dropout-on-the-output",
        _FORWARD,
        "A3 = sigmoid(Z3)",
        "A3 = sigmoid(Z3)\n    A3 = A3 * (np.random.rand(*A3.shape) < keep_prob) / keep_prob",
        "The output is the network's answer, a probability. Switched off or scaled up, it is none any more. Which "
        "layers does the text name for dropout?",
    ),
    Misconception(
        "dropout-on-the-input",
        _FORWARD,
        "    Z1 = W1 @ X + b1",
        "    X = X * (np.random.rand(*X.shape) < keep_prob) / keep_prob\n    Z1 = W1 @ X + b1",
        "Dropping inputs is done sometimes, but not here: the text names the layers that lose units. It also "
        "shifts the stream of random numbers, so that your masks are no longer those of the others.",
    ),
    Misconception(
        "dropout-next-layer-sees-all-units",
        _FORWARD,
        _LAYER2,
        f"    Z2 = W2 @ relu(Z1) + b2\n    A2 = relu(Z2)\n    {_D2}\n    {_A2}\n",
        "The mask changes what you return, but not what the next layer gets: that one still reads the "
        "activations from before dropout. Follow the first layer's activations to where they are used.",
    ),
    Misconception(
        "dropout-activations-cached-before",
        _FORWARD,
        "return A3, (Z1, D1, A1,",
        "return A3, (Z1, D1, relu(Z1),",
        "The backward pass needs the activations as the next layer really got them. Look at which version of the "
        "first layer's activations stands in your cache, the one before dropout or the one after.",
    ),
    Misconception(
        "dropout-before-relu-in-z",
        _FORWARD,
        f"    A1 = relu(Z1)\n    {_D1}\n    {_A1}\n",
        "    D1 = np.random.rand(*Z1.shape) < keep_prob\n    Z1 = Z1 * D1 / keep_prob\n    A1 = relu(Z1)\n",
        "You apply the mask to the sums before ReLU, and cache them changed. The activations come out the same, "
        "but the first entry of the cache should be the sums as the layer computed them.",
    ),
    Misconception(
        "dropout-relu-forgotten",
        _FORWARD,
        "A2 = relu(Z2)",
        "A2 = Z2",
        "Dropout comes in addition to the activation function, not in its place. One of your hidden layers "
        "hands on negative values: with everything kept, it should do what the given forward pass does.",
    ),
    Misconception(
        "dropout-half-is-built-in",
        _FORWARD,
        _A2,
        "A2 = A2 * D2 / 0.5",
        "A half is the default only. Whoever calls the function may ask for another probability, and the scale "
        "has to follow: look for a number in your code where an argument should stand.",
    ),
    Misconception(
        "dropout-cache-not-returned",
        _FORWARD,
        "return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)",
        "return A3",
        "Look at the docstring's last lines: the function hands back two things. Without the second one the "
        "backward pass could not know which units were off.",
    ),
    Misconception(
        "dropout-masks-not-cached",
        _FORWARD,
        "return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)",
        "return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)",
        "Your cache is that of the pass without dropout. The backward pass has to switch off the same units "
        "once more: what does it need for that, and where in the tuple does the docstring place it?",
    ),
)

_BACKWARD = "backward_propagation_with_dropout"
_DA2 = "dA2 = dA2 * D2 / keep_prob"
_DA1 = "dA1 = dA1 * D1 / keep_prob"

_MASK_BACK = (
    "A unit that was off had no share in the output, so no gradient may pass through it. ReLU's own zeros hide "
    "part of this mistake, but not in the gradients of the activations: check both hidden layers."
)
_SCALE_BACK = (
    "In the forward pass the activations were masked and also scaled. The chain rule asks for every factor "
    "again on the way back: one of your layers has only the first of the two."
)

_BACKWARD_MISTAKES = (
    Misconception("backward-scale-missing-in-second-layer", _BACKWARD, _DA2, "dA2 = dA2 * D2", _SCALE_BACK),
    Misconception("backward-scale-missing-in-first-layer", _BACKWARD, _DA1, "dA1 = dA1 * D1", _SCALE_BACK),
    Misconception("backward-mask-missing-in-second-layer", _BACKWARD, _DA2, "dA2 = dA2 / keep_prob", _MASK_BACK),
    Misconception("backward-mask-missing-in-first-layer", _BACKWARD, _DA1, "dA1 = dA1 / keep_prob", _MASK_BACK),
    Misconception(
        "backward-second-layer-forgotten",
        _BACKWARD,
        f"    {_DA2}\n",
        "",
        "Both hidden layers lost units in the forward pass, so both need something on the way back. Compare "
        "what you do to the gradient of the first layer's activations with what you do to the second's.",
    ),
    Misconception(
        "backward-first-layer-forgotten",
        _BACKWARD,
        f"    {_DA1}\n",
        "",
        "Both hidden layers lost units in the forward pass, so both need something on the way back. You stop "
        "doing it one layer too early: compare the lower hidden layer with the upper one.",
    ),
    Misconception(
        "backward-scaled-twice",
        _BACKWARD,
        _DA2,
        "dA2 = dA2 * D2 / keep_prob**2",
        "Every factor of the forward pass returns once in the backward pass, and not more often. How many times "
        "is the scale applied to the gradient in your function, and how many times to the activation?",
    ),
    Misconception(
        "backward-scale-multiplied",
        _BACKWARD,
        _DA1,
        "dA1 = dA1 * D1 * keep_prob",
        "Going backward does not turn a division into a multiplication. The derivative of something that is "
        "divided by a number is divided by the same number. Check it with a line through the origin.",
    ),
    Misconception(
        "backward-scale-by-the-dropped-share",
        _BACKWARD,
        _DA2,
        "dA2 = dA2 * D2 / (1 - keep_prob)",
        "Your scale uses the probability that a unit is off. The forward pass used the probability that it "
        "stays, and the backward pass has to use the very same number.",
    ),
    Misconception(
        "backward-mask-inverted",
        _BACKWARD,
        _DA1,
        "dA1 = dA1 * (1 - D1) / keep_prob",
        "Your gradient flows through exactly those units that were off, and is stopped at the ones that took "
        "part. In the cache a mask is one where a unit stays: what should happen to the gradient there?",
    ),
    Misconception(
        "backward-new-masks",
        _BACKWARD,
        _DA2,
        "D2 = np.random.rand(*dA2.shape) < keep_prob\n    dA2 = dA2 * D2 / keep_prob",
        "You draw a new mask on the way back. So units get the blame that took no part, and others get away. "
        "The masks of the forward pass have been kept for you: where?",
    ),
    Misconception(
        "backward-masks-exchanged",
        _BACKWARD,
        _DA1,
        "dA1 = dA1 * D2 / keep_prob",
        "Each layer has a mask of its own, in the shape of its own activations. One of your layers uses the "
        "other's: compare the numbers in the names on each side.",
    ),
    Misconception(
        "backward-mask-only-for-dz",
        _BACKWARD,
        f"    {_DA2}\n    dZ2 = np.where(A2 > 0, dA2, 0)\n",
        "    dZ2 = np.where(A2 > 0, dA2, 0) * D2 / keep_prob\n",
        "The gradients of weights and biases are right, for ReLU's derivative and the mask may be applied in "
        "either order. But the returned gradient of the activations should carry mask and scale as well.",
    ),
    Misconception("backward-relu-skipped", _BACKWARD, "np.where(A2 > 0, dA2, 0)", "dA2", _RELU_SKIPPED),
    Misconception("backward-relu-skipped-in-first-layer", _BACKWARD, "np.where(A1 > 0, dA1, 0)", "dA1", _RELU_SKIPPED),
    Misconception(
        "backward-relu-times-activation", _BACKWARD, "np.where(A2 > 0, dA2, 0)", "dA2 * A2", _TIMES_ACTIVATION
    ),
    Misconception(
        "backward-half-is-built-in",
        _BACKWARD,
        _DA1,
        "dA1 = dA1 * D1 / 0.5",
        "The forward pass may have been run with any probability, and the caller says which. Your scale is "
        "right for one of them only: look for a number where an argument should stand.",
    ),
    Misconception("backward-keepdims-lost", _BACKWARD, _DB2, "db2 = np.mean(dZ2, axis=1)", _KEEP_COLUMNS),
    Misconception("backward-bias-sum", _BACKWARD, _DB3, "db3 = np.sum(dZ3, axis=1, keepdims=True)", _NOT_A_MEAN),
    Misconception("backward-weights-not-a-mean", _BACKWARD, "dW1 = dZ1 @ X.T / m", "dW1 = dZ1 @ X.T", _NOT_A_MEAN),
    Misconception(
        "backward-scale-in-the-weights",
        _BACKWARD,
        "dW2 = dZ2 @ A1.T / m",
        "dW2 = dZ2 @ A1.T / m / keep_prob",
        "The activations in the cache carry their scale already, so the gradient of the weights, which "
        "multiplies by them, needs no further one. Where alone does the text apply it?",
    ),
    Misconception("backward-output-overwritten", _BACKWARD, "dZ3 = A3 - Y", _IN_PLACE, _CACHE_OVERWRITTEN),
    Misconception("backward-output-sign", _BACKWARD, "dZ3 = A3 - Y", "dZ3 = Y - A3", _OUTPUT_SIGN),
    Misconception("backward-activation-of-the-wrong-layer", _BACKWARD, "dZ1 @ X.T", "dZ1 @ A1.T", _LAYER_BELOW),
)

MISCONCEPTIONS = (*_COST_MISTAKES, *_L2_MISTAKES, *_FORWARD_MISTAKES, *_BACKWARD_MISTAKES)
