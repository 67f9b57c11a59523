"""What learners really write in ``gradient_checking``: named edits of the reference, each with a hint.

Each costs marks in its function and in no other.
"""

from autograder.grading.catalogue import Misconception

_FORWARD = "forward_propagation"
_PRODUCT = "J = theta * x"

_COST = (
    Misconception(
        "cost-is-a-sum",
        _FORWARD,
        _PRODUCT,
        "J = theta + x",
        "The model's cost joins input and parameter by another operation than yours. Put in zero for one of "
        "the two: the formula says what must be left then, and what your function gives.",
    ),
    Misconception(
        "cost-squares-theta",
        _FORWARD,
        _PRODUCT,
        "J = theta**2 * x",
        "The cost is a straight line in the parameter: doubling the parameter doubles the cost. Try that with "
        "your function, and look at the formula for what was added to it.",
    ),
    Misconception(
        "cost-absolute",
        _FORWARD,
        _PRODUCT,
        "J = abs(theta * x)",
        "This model's cost may well be negative. Where one of the two numbers is below zero, compare the sign "
        "of your result with the sign that the formula gives.",
    ),
    Misconception(
        "cost-not-returned",
        _FORWARD,
        "return J",
        "print(J)",
        "Printing shows a number to you, but whoever calls the function gets nothing from it. The gradient "
        "check will have to compute with this cost. What hands a value back to the caller?",
    ),
    Misconception(
        "cost-power",
        _FORWARD,
        _PRODUCT,
        "J = theta**x",
        "In Python one star and two stars are different operations. Try your function with the numbers 2 and 3 "
        "and compare with what you compute by hand from the formula.",
    ),
)

_BACKWARD = "backward_propagation"
_SLOPE_LINE = "dtheta = x"

_SLOPE = (
    Misconception(
        "slope-is-theta",
        _BACKWARD,
        _SLOPE_LINE,
        "dtheta = theta",
        "Two numbers are multiplied in the cost, and one of them moves. You took the derivative as if the other "
        "one moved. Which of them does training change, and which comes from the data?",
    ),
    Misconception(
        "slope-is-the-cost",
        _BACKWARD,
        _SLOPE_LINE,
        "dtheta = theta * x",
        "This is the cost once more. The derivative says how fast it changes when the parameter moves: by how "
        "much does the cost grow when the parameter grows by one?",
    ),
    Misconception(
        "slope-is-one",
        _BACKWARD,
        _SLOPE_LINE,
        "dtheta = 1",
        "The derivative of the parameter with respect to itself is one, but in the cost the parameter has a "
        "factor. What becomes of a constant factor when you take a derivative?",
    ),
    Misconception(
        "slope-turned",
        _BACKWARD,
        _SLOPE_LINE,
        "dtheta = -x",
        "The minus sign belongs to gradient descent, which walks against the slope. The slope itself points "
        "upwards: with a positive input, does the cost grow or fall when the parameter grows?",
    ),
    Misconception(
        "slope-of-a-square",
        _BACKWARD,
        _SLOPE_LINE,
        "dtheta = 2 * theta * x",
        "A factor of two and the parameter itself come out when a square is differentiated. Look at the cost "
        "again: with which power does the parameter stand in it?",
    ),
    Misconception(
        "slope-not-returned",
        _BACKWARD,
        "return dtheta",
        "print(dtheta)",
        "Printing shows a number to you, but whoever calls the function gets nothing from it. The gradient "
        "check will have to compute with this derivative. What hands a value back to the caller?",
    ),
)

_CHECK = "gradient_check"
_PLUS = "J_plus = forward_propagation(x, theta + epsilon)"
_MINUS = "J_minus = forward_propagation(x, theta - epsilon)"
_QUOTIENT = "(J_plus - J_minus) / (2 * epsilon)"
_DISTANCE = "distance = np.linalg.norm(gradient - approximation)"
_SIZES = "sizes = np.linalg.norm(gradient) + np.linalg.norm(approximation)"
_RELATIVE = "difference = distance / sizes"

_ONE_SIDED = (
    "Your quotient compares the cost at the point itself with the cost at one neighbour. The better one compares "
    "two neighbours, one on each side, and so makes a far smaller error where the cost bends."
)
_UNHALVED = (
    "Between the two points at which you look at the cost lies more than one step. Mark both on a line and "
    "measure how far apart they are before you divide by that distance."
)
_TIMES_EPSILON = (
    "Python divides and multiplies from left to right. In your quotient one part of the denominator has ended "
    "up as a factor. What would make Python work out the whole denominator first?"
)
_BRACKET = (
    "Division binds tighter than subtraction. In your quotient only one of the two costs is divided. What "
    "would make Python take the costs' difference first?"
)
_SQUARED = (
    "The formula divides lengths by lengths. A length is the root of a sum of squares, and in yours the root is "
    "missing. Try it with a gradient three times too large: what should come out?"
)
_NOT_RELATIVE = (
    "How much is a distance of 0.001? Beside slopes of a thousand it is nothing, beside tiny ones everything. "
    "What does the formula divide by, so that the result doesn't depend on the scale?"
)
_ONE_SIZE = (
    "Your distance is divided by the size of one of the two gradients only. With both sizes in the denominator, "
    "as in the formula, the result stays between 0 and 1 whichever of the two is wrong."
)
_SIZE_OF_SUM = (
    "The length of a sum isn't the sum of the lengths. When the two gradients point against each other, their "
    "sum is nearly nothing. Where does the formula take the lengths: before or after adding?"
)
_VERDICT = (
    "The verdict is for the reader, and printing it is enough. Whoever calls the function wants to know how "
    "large the difference is, so that it can be compared with any threshold. Which value should go back?"
)
_EPSILON_FIXED = (
    "The step is an argument, and its usual size only its default. Your function uses the same step whatever "
    "the caller asks for. Where in your quotient should the argument stand?"
)

_CHECK_MISTAKES = (
    Misconception(
        "check-one-sided",
        _CHECK,
        f"{_MINUS}\n    approximation = {_QUOTIENT}",
        "J_minus = forward_propagation(x, theta)\n    approximation = (J_plus - J_minus) / epsilon",
        _ONE_SIDED,
    ),
    Misconception(
        "check-one-sided-backward",
        _CHECK,
        f"{_PLUS}\n    {_MINUS}\n    approximation = {_QUOTIENT}",
        f"J_plus = forward_propagation(x, theta)\n    {_MINUS}\n    approximation = (J_plus - J_minus) / epsilon",
        _ONE_SIDED,
    ),
    Misconception(
        "check-one-sided-over-two-steps",
        _CHECK,
        _MINUS,
        "J_minus = forward_propagation(x, theta)",
        "You divide by the distance between two neighbours, one on each side, but you look at the cost at only "
        "one neighbour and at the point itself. These two are nearer to each other.",
    ),
    Misconception("check-times-epsilon", _CHECK, _QUOTIENT, "(J_plus - J_minus) / 2 * epsilon", _TIMES_EPSILON),
    Misconception("check-not-halved", _CHECK, _QUOTIENT, "(J_plus - J_minus) / epsilon", _UNHALVED),
    Misconception("check-difference-without-brackets", _CHECK, _QUOTIENT, "J_plus - J_minus / (2 * epsilon)", _BRACKET),
    Misconception(
        "check-sides-exchanged",
        _CHECK,
        _QUOTIENT,
        "(J_minus - J_plus) / (2 * epsilon)",
        "When the cost grows with the parameter, its derivative is positive. Follow your quotient for a growing "
        "cost: which of the two values is larger, and which sign comes out?",
    ),
    Misconception(
        "check-sides-added",
        _CHECK,
        _QUOTIENT,
        "(J_plus + J_minus) / (2 * epsilon)",
        "A slope is how much the cost changes along the way, divided by the way. Your numerator grows with the "
        "cost itself, also where it is flat. How do you get a change from two values?",
    ),
    Misconception(
        "check-writes-out-the-cost",
        _CHECK,
        f"{_PLUS}\n    {_MINUS}",
        "J_plus = (theta + epsilon) * x\n    J_minus = (theta - epsilon) * x",
        "You have written the cost out anew inside the check. So it looks at your copy and would never notice a "
        "mistake in the function itself. Which function of the notebook should it ask?",
    ),
    Misconception(
        "check-writes-out-the-gradient",
        _CHECK,
        "gradient = backward_propagation(x, theta)",
        "gradient = x",
        "You have written the derivative out anew inside the check. So it looks at your copy and would never "
        "notice a mistake in the function that is to be checked. Ask that function instead.",
    ),
    Misconception(
        "check-moves-the-input",
        _CHECK,
        f"{_PLUS}\n    {_MINUS}",
        "J_plus = forward_propagation(x + epsilon, theta)\n    J_minus = forward_propagation(x - epsilon, theta)",
        "Your quotient tells how the cost changes when the input moves. But the derivative under check is the "
        "one with respect to the parameter, and the input is data that stays where it is.",
    ),
    Misconception(
        "check-epsilon-fixed",
        _CHECK,
        f"{_PLUS}\n    {_MINUS}\n    approximation = {_QUOTIENT}",
        "J_plus = forward_propagation(x, theta + 1e-7)\n    J_minus = forward_propagation(x, theta - 1e-7)\n"
        "    approximation = (J_plus - J_minus) / 2e-7",
        _EPSILON_FIXED,
    ),
    Misconception(
        "check-default-epsilon-changed",
        _CHECK,
        "def gradient_check(x, theta, epsilon=1e-7):",
        "def gradient_check(x, theta, epsilon=1e-4):",
        "The signature is part of the task: whoever leaves the step out counts on the default that the notebook "
        "gave. Compare the first line of your function with the text, number by number.",
    ),
    Misconception(
        "check-squares-without-root",
        _CHECK,
        f"{_DISTANCE}\n    {_SIZES}",
        "distance = (gradient - approximation) ** 2\n    sizes = gradient**2 + approximation**2",
        _SQUARED,
    ),
    Misconception("check-not-relative", _CHECK, _RELATIVE, "difference = distance", _NOT_RELATIVE),
    Misconception("check-one-size-only", _CHECK, _SIZES, "sizes = np.linalg.norm(gradient)", _ONE_SIZE),
    Misconception(
        "check-size-of-the-sum",
        _CHECK,
        _SIZES,
        "sizes = np.linalg.norm(gradient + approximation)",
        _SIZE_OF_SUM,
    ),
    Misconception(
        "check-sizes-multiplied",
        _CHECK,
        "np.linalg.norm(gradient) + np.linalg.norm(approximation)",
        "np.linalg.norm(gradient) * np.linalg.norm(approximation) + 1e-12",
        "A product of two sizes grows faster than the sizes do, so your result still depends on the scale: make "
        "both gradients ten times larger, and it changes. How does the formula join the two?",
    ),
    Misconception(
        "check-distance-has-a-sign",
        _CHECK,
        f"{_DISTANCE}\n    {_SIZES}",
        "distance = gradient - approximation\n    sizes = abs(gradient) + abs(approximation)",
        "A distance is never negative. When the gradient is smaller than its approximation, yours is, and then "
        "it lies below any threshold however wrong the gradient is. What do the double bars in the formula do?",
    ),
    Misconception("check-returns-the-verdict", _CHECK, "return difference", "return bool(difference < 1e-7)", _VERDICT),
    Misconception(
        "check-returns-the-approximation",
        _CHECK,
        "return difference",
        "return approximation",
        "The approximated derivative is only half of the comparison. What the caller wants is the one number that "
        "says how far it lies from the derivative by calculus, relative to both.",
    ),
)

_CHECK_N = "gradient_check_n"
_COPIES = "theta_plus, theta_minus = theta.copy(), theta.copy()"
_UP = "theta_plus[i] += epsilon"
_DOWN = "theta_minus[i] -= epsilon"
_LOOP = "for i in range(len(theta)):"
_GRADIENT = "gradient = gradients_to_vector(gradients)"

_CHECK_N_MISTAKES = (
    Misconception(
        "check-n-one-sided",
        _CHECK_N,
        f"        {_DOWN}\n",
        "",
        "You divide by the distance between two points that lie on either side, but one of your two vectors has "
        "never been moved. Print both of them for the first coordinate.",
    ),
    Misconception(
        "check-n-forward-difference",
        _CHECK_N,
        "J_minus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus))\n"
        f"        approximation[i] = {_QUOTIENT}",
        "J_minus, _ = forward_propagation_n(X, Y, parameters)\n        approximation[i] = (J_plus - J_minus) / epsilon",
        _ONE_SIDED,
    ),
    Misconception("check-n-times-epsilon", _CHECK_N, _QUOTIENT, "(J_plus - J_minus) / 2 * epsilon", _TIMES_EPSILON),
    Misconception("check-n-not-halved", _CHECK_N, _QUOTIENT, "(J_plus - J_minus) / epsilon", _UNHALVED),
    Misconception(
        "check-n-difference-without-brackets",
        _CHECK_N,
        _QUOTIENT,
        "J_plus - J_minus / (2 * epsilon)",
        _BRACKET,
    ),
    Misconception(
        "check-n-theta-not-copied",
        _CHECK_N,
        _COPIES,
        "theta_plus, theta_minus = theta, theta",
        "An equals sign gives an array a second name, it doesn't make a second array. What you add under one name "
        "you take away again under the other, so both costs are the same. How do you get two arrays?",
    ),
    Misconception(
        "check-n-minus-moves-the-plus-copy",
        _CHECK_N,
        _COPIES,
        "theta_plus = theta.copy()\n        theta_minus = theta_plus",
        "One of your vectors is a true copy, but the other is only a second name for it. Whatever happens to one "
        "of them happens to both. Each side needs an array of its own.",
    ),
    Misconception(
        "check-n-copies-before-the-loop",
        _CHECK_N,
        f"{_LOOP}\n        {_COPIES}",
        f"{_COPIES}\n    {_LOOP}",
        "In each round only one coordinate may differ from where the parameters are. Your copies remember the "
        "steps of earlier rounds, so more and more coordinates have moved. When must fresh ones be made?",
    ),
    Misconception(
        "check-n-all-coordinates-at-once",
        _CHECK_N,
        f"{_UP}\n        {_DOWN}",
        "theta_plus += epsilon\n        theta_minus -= epsilon",
        "Every entry of the gradient tells what happens when one parameter alone moves. Your step moves all of "
        "them together, and gives the same number in each round. What is missing that picks one?",
    ),
    Misconception(
        "check-n-first-coordinate-only",
        _CHECK_N,
        f"{_UP}\n        {_DOWN}",
        "theta_plus[0] += epsilon\n        theta_minus[0] -= epsilon",
        "The loop goes through all coordinates, but the step is always taken along the same one. So every entry "
        "of your approximation is the slope of one parameter. What should the loop's variable decide?",
    ),
    Misconception(
        "check-n-stops-after-one",
        _CHECK_N,
        _LOOP,
        "for i in range(1):",
        "Only one entry of your approximation is ever filled, and the others stay at zero. How many parameters "
        "does the network have, and how does the vector tell you that number?",
    ),
    Misconception(
        "check-n-last-coordinate-left-out",
        _CHECK_N,
        _LOOP,
        "for i in range(len(theta) - 1):",
        "A range already stops before the number that it is given. With what you take away from it, one "
        "parameter is never moved, and its slope stays zero: the last bias.",
    ),
    Misconception(
        "check-n-first-coordinate-left-out",
        _CHECK_N,
        _LOOP,
        "for i in range(1, len(theta)):",
        "Numpy counts entries from zero. Your loop begins at the second parameter, so the first one is never "
        "moved and its slope stays zero. Which entries does your range visit?",
    ),
    Misconception(
        "check-n-entries-counted-by-arrays",
        _CHECK_N,
        _LOOP,
        "for i in range(len(parameters)):",
        "The dictionary has six entries, but most of them are whole arrays. The check has to move every single "
        "number. Which of your variables holds one row for each of them?",
    ),
    Misconception(
        "check-n-weights-only",
        _CHECK_N,
        "distance = np.linalg",
        'kept = np.array([key[0] == "W" for key in dictionary_to_vector(parameters)[1]])\n'
        "    gradient, approximation = gradient[kept], approximation[kept]\n"
        "    distance = np.linalg",
        "Biases are parameters too, and their gradients can be wrong as easily as those of the weights. A check "
        "that passes over them would never find such a mistake.",
    ),
    Misconception(
        "check-n-gradients-in-another-order",
        _CHECK_N,
        _GRADIENT,
        "gradient = np.concatenate([np.reshape(gradients[key], (-1, 1)) for key in "
        '("dW1", "dW2", "dW3", "db1", "db2", "db3")])',
        "Both columns have the same length, but an entry of one and its neighbour in the other belong to "
        "different parameters. One of the given helpers writes the gradients down in the order of theta.",
    ),
    Misconception(
        "check-n-column-against-row",
        _CHECK_N,
        _GRADIENT,
        "gradient = gradients_to_vector(gradients).ravel()",
        "A flat array minus a column makes a whole table of differences, each entry against every other, and "
        "numpy doesn't complain. Print the shapes of the two things that you subtract.",
    ),
    Misconception(
        "check-n-step-in-proportion",
        _CHECK_N,
        f"{_UP}\n        {_DOWN}",
        "theta_plus[i] *= 1 + epsilon\n        theta_minus[i] *= 1 - epsilon",
        "Your step is a share of the parameter, so a small parameter makes a small step and zero none at all, "
        "while you still divide by the full one. In the formula, does the step depend on the parameter?",
    ),
    Misconception(
        "check-n-epsilon-fixed",
        _CHECK_N,
        f"{_COPIES}\n",
        f"{_COPIES}\n        epsilon = 1e-7\n",
        _EPSILON_FIXED,
    ),
    Misconception(
        "check-n-default-epsilon-changed",
        _CHECK_N,
        "Y, epsilon=1e-7):",
        "Y, epsilon=1e-4):",
        "The signature is part of the task: whoever leaves the step out counts on the default that the notebook "
        "gave. Compare the first line of your function with the text, number by number.",
    ),
    Misconception(
        "check-n-squares-without-root",
        _CHECK_N,
        f"{_DISTANCE}\n    {_SIZES}",
        "distance = np.sum((gradient - approximation) ** 2)\n"
        "    sizes = np.sum(gradient**2) + np.sum(approximation**2)",
        _SQUARED,
    ),
    Misconception("check-n-not-relative", _CHECK_N, _RELATIVE, "difference = distance", _NOT_RELATIVE),
    Misconception("check-n-one-size-only", _CHECK_N, _SIZES, "sizes = np.linalg.norm(gradient)", _ONE_SIZE),
    Misconception(
        "check-n-size-of-the-sum",
        _CHECK_N,
        _SIZES,
        "sizes = np.linalg.norm(gradient + approximation)",
        _SIZE_OF_SUM,
    ),
    Misconception(
        "check-n-largest-instead-of-length",
        _CHECK_N,
        f"{_DISTANCE}\n    {_SIZES}",
        "distance = np.max(abs(gradient - approximation))\n"
        "    sizes = np.max(abs(gradient)) + np.max(abs(approximation))",
        "Looking at the largest entry alone is a fair test, but another one than the course's. The double bars "
        "with a small 2 mean a length to which every one of the 47 entries adds its share.",
    ),
    Misconception(
        "check-n-sum-of-signed-differences",
        _CHECK_N,
        _DISTANCE,
        "distance = abs(np.sum(gradient - approximation))",
        "When differences are added with their signs, one that is too large and one that is too small cancel, "
        "and two mistakes look like none. What does a norm do to every entry before it adds?",
    ),
    Misconception(
        "check-n-returns-the-verdict",
        _CHECK_N,
        "return difference",
        "return bool(difference < 2e-7)",
        _VERDICT,
    ),
    Misconception(
        "check-n-nothing-returned",
        _CHECK_N,
        "    return difference\n",
        "",
        "Your function prints its verdict, and then ends without handing anything back. Whoever calls it wants "
        "to compute with the number. Look at the docstring's last lines.",
    ),
)

_MEND = "backward_propagation_n"
_DW2 = "dW2 = dZ2 @ A1.T / m"
_DB1 = "db1 = np.sum(dZ1, axis=1, keepdims=True) / m"
_MASK_2 = "dZ2 = dA2 * (A2 > 0)"
_MASK_1 = "dZ1 = dA1 * (A1 > 0)"
_BETWEEN = (
    f"    db2 = np.sum(dZ2, axis=1, keepdims=True) / m\n    dA1 = W2.T @ dZ2\n    {_MASK_1}\n    dW1 = dZ1 @ X.T / m\n"
)
_DRAFT_WEIGHTS = (
    "One of the draft's two mistakes is still there. Your bias gradients are right, so compare the gradients of "
    "the weights with the formula, layer by layer: what does each layer multiply by, and was it before or after "
    "the ReLU?"
)
_DRAFT_BIASES = (
    "One of the draft's two mistakes is still there. The gradients of the weights are right, so compare those of "
    "the biases with the formula, layer by layer. What is summed there: the slopes before or behind the ReLU?"
)
_RELU = (
    "The ReLU lets a slope through where its unit is on, and stops it where the unit is off. It never changes the "
    "slope's size. What should a unit with a large output do to the slope that comes back?"
)

_MEND_MISTAKES = (
    Misconception(
        "mend-draft-unchanged",
        _MEND,
        f"{_DW2}\n{_BETWEEN}    {_DB1}",
        f"dW2 = dZ2 @ Z1.T / m\n{_BETWEEN}    db1 = np.sum(dA1, axis=1, keepdims=True) / m",
        "This still behaves like the draft: both of its mistakes are there. Let your gradient check print the "
        "gradients beside their approximations, and look for the arrays where the two columns part.",
    ),
    Misconception("mend-weight-mistake-left", _MEND, _DW2, "dW2 = dZ2 @ Z1.T / m", _DRAFT_WEIGHTS),
    Misconception("mend-bias-mistake-left", _MEND, _DB1, "db1 = np.sum(dA1, axis=1, keepdims=True) / m", _DRAFT_BIASES),
    Misconception(
        "mend-weight-slope-before-the-mask",
        _MEND,
        _DW2,
        "dW2 = dA2 @ A1.T / m",
        "You have found the line with the mistake, but something else than before is wrong in it now. Units of "
        "the second layer that are off must not move their weights: which slope knows that?",
    ),
    Misconception(
        "mend-weight-not-averaged",
        _MEND,
        _DW2,
        "dW2 = dZ2 @ A1.T",
        "You have found the line with the mistake, but lost something on the way. The cost is a mean over the "
        "examples, so every gradient of a parameter is one too. Compare with the other two layers.",
    ),
    Misconception(
        "mend-bias-not-averaged",
        _MEND,
        _DB1,
        "db1 = np.sum(dZ1, axis=1, keepdims=True)",
        "You have found the line with the mistake, but lost something on the way. The cost is a mean over the "
        "examples, so every gradient of a parameter is one too. Compare with the other two biases.",
    ),
    Misconception(
        "mend-bias-flat",
        _MEND,
        _DB1,
        "db1 = np.sum(dZ1, axis=1) / m",
        "The sums are right, but they stand in a flat array. A bias is a column, and its gradient has to have the "
        "same two dimensions, or the update would turn the bias into a table.",
    ),
    Misconception(
        "mend-bias-over-the-units",
        _MEND,
        _DB1,
        "db1 = np.sum(dZ1, axis=0, keepdims=True) / m",
        "You have summed over the units of the layer and kept the examples. Each unit has one bias, which serves "
        "all examples: over which of the two directions must the sum go?",
    ),
    Misconception(
        "mend-bias-one-for-the-layer",
        _MEND,
        _DB1,
        "db1 = np.sum(dZ1, keepdims=True) / m",
        "Your sum runs over everything, so that the whole layer gets a single number. Every unit has a bias of "
        "its own, and only the examples are to be summed. What tells numpy so?",
    ),
    Misconception("mend-mask-second-layer-lost", _MEND, _MASK_2, "dZ2 = dA2", _RELU),
    Misconception("mend-mask-first-layer-lost", _MEND, _MASK_1, "dZ1 = dA1", _RELU),
    Misconception("mend-mask-is-the-activation", _MEND, _MASK_2, "dZ2 = dA2 * A2", _RELU),
    Misconception("mend-mask-is-a-relu", _MEND, _MASK_1, "dZ1 = np.maximum(0, dA1)", _RELU),
    Misconception(
        "mend-mask-turned",
        _MEND,
        _MASK_1,
        "dZ1 = dA1 * (A1 <= 0)",
        "Your mask lets slopes through exactly where the unit is off. Think of one unit with a negative input: "
        "its output stays at zero when the input moves a little. What slope does it have there?",
    ),
    Misconception(
        "mend-mask-of-the-slope",
        _MEND,
        _MASK_2,
        "dZ2 = dA2 * (dA2 > 0)",
        "Whether a unit is on was decided on the way forward, by its own activation. Your mask looks at the sign "
        "of the slope that comes back, which may well be negative for a unit that is on.",
    ),
    Misconception(
        "mend-error-turned",
        _MEND,
        "dZ3 = A3 - Y",
        "dZ3 = Y - A3",
        "Everything that you return has the wrong sign, because all of it begins with the error of the output. If "
        "the output is too large, should the cost's slope there be positive or negative?",
    ),
    Misconception(
        "mend-error-averaged-at-once",
        _MEND,
        "dZ3 = A3 - Y",
        "dZ3 = (A3 - Y) / m",
        "The mean over the examples is taken twice in your function: once at the very beginning and again in "
        "every gradient of a parameter. In this course the slopes of single examples are kept whole.",
    ),
    Misconception(
        "mend-sigmoid-counted-twice",
        _MEND,
        "dZ3 = A3 - Y",
        "dZ3 = (A3 - Y) * A3 * (1 - A3)",
        "The sigmoid's own slope has been used already: together with that of the cross-entropy it makes the "
        "simple error of the output. Multiplying by it once more belongs to another cost, the squared error.",
    ),
    Misconception(
        "mend-output-weights-of-the-wrong-layer",
        _MEND,
        "dW3 = dZ3 @ A2.T / m",
        "dW3 = dZ3 @ Z2.T / m",
        "The last layer multiplies what the second layer hands on, and that has passed through the ReLU. Your "
        "gradient of the last weights uses the values before it. This line was right in the draft.",
    ),
    Misconception(
        "mend-back-through-the-gradient",
        _MEND,
        "dA1 = W2.T @ dZ2",
        "dA1 = dW2.T @ dZ2",
        "On the way back a slope passes through the weights that the signal passed through on its way forward. "
        "Yours passes through their gradient, which happens to have the same shape.",
    ),
    Misconception(
        "mend-back-without-the-mask",
        _MEND,
        "dA1 = W2.T @ dZ2",
        "dA1 = W2.T @ dA2",
        "What reaches the first layer comes through the second, and units of the second layer that are off let "
        "nothing through. Which of the two slopes of that layer has the mask in it?",
    ),
    Misconception(
        "mend-output-overwritten",
        _MEND,
        "dZ3 = A3 - Y",
        "dZ3 = A3\n    dZ3 -= Y",
        "An operation like -= changes the array itself, and this one belongs to the cache of whoever called: after "
        "your function the network's output is lost. A difference with a name of its own leaves it alone.",
    ),
    Misconception(
        "mend-only-parameters-returned",
        _MEND,
        '"dA1": dA1, "dZ1": dZ1, "dW1": dW1',
        '"dW1": dW1',
        "The gradients of the parameters are there, but the docstring lists eleven arrays. The slopes of the "
        "layers' values belong to the result too: leave the dictionary as it was in the draft.",
    ),
)

MISCONCEPTIONS = (*_COST, *_SLOPE, *_CHECK_MISTAKES, *_CHECK_N_MISTAKES, *_MEND_MISTAKES)
