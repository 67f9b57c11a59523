"""What learners of ``optimization`` write by mistake: each an edit of the reference, with a hint.

The most typical mistake of each function comes first. A text to replace is part of the function's graded
cell in the source notebook; the tests of the checks say when one no longer fits.
"""

from autograder.grading.catalogue import Misconception

_LAYERS = "range(1, L + 1)"
_NAMES = '(f"W{l}", f"b{l}")'
_COUNT = "L = len(parameters) // 2"

_LAST_LAYER = (
    "A range stops before its end. Write down which numbers your loop runs through for a network of three "
    "layers, and compare them with the names of the weights in the dictionary: is the last one among "
    "them?"
)
_FIRST_LAYER = (
    "Python counts from zero, but the layers of these dictionaries are numbered from one: there is no W0. "
    "Write down the names that your loop asks for in a network of two layers."
)
_ENTRIES = (
    "Each layer has two entries in the dictionary, its weights and its bias. So the number of entries is "
    "not the number of layers: after the last layer your loop asks for one that is not there."
)
_TWO_LAYERS = (
    "Your function knows how many layers the example has, but another network may have more or fewer. The "
    "number follows from what the function is given: how many entries does each layer have in the "
    "dictionary?"
)
_BIASES = (
    "A layer has two kinds of parameters. Yours deals with the weights; look at which names the docstring "
    "promises for each layer, and at what happens to the others in your loop."
)
_RETURN = (
    "A return ends the function at once, also in the middle of a loop. Look at how far yours is indented, "
    "and at how many layers have had their turn when it is reached."
)

_GD = "update_parameters_with_gd"
_GD_STEP = 'parameters[name] - learning_rate * grads["d" + name]'

_GRADIENT_DESCENT = (
    Misconception(
        "gd-plus-for-minus",
        _GD,
        "parameters[name] - learning_rate",
        "parameters[name] + learning_rate",
        "The gradient points to where the cost grows fastest. Imagine a weight whose slope is positive: "
        "to make the cost smaller, should that weight become larger or smaller? Compare this with what "
        "your step does.",
    ),
    Misconception(
        "gd-rate-left-out",
        _GD,
        "- learning_rate * grads",
        "- grads",
        "Your step goes in the right direction, but its length doesn't depend on everything that it "
        "should. One of the arguments says how far to go along the slope: where does your function use "
        "it?",
    ),
    Misconception("gd-last-layer-left-out", _GD, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception(
        "gd-last-layer-unchanged",
        _GD,
        f"updated = {{}}\n    for l in {_LAYERS}:",
        "updated = dict(parameters)\n    for l in range(1, L):",
        "All layers but one have moved: the last one comes back as it went in. A range stops before its "
        "end, so write down which layer numbers your loop runs through in a network of three layers.",
    ),
    Misconception("gd-layers-from-zero", _GD, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("gd-entries-for-layers", _GD, _COUNT, "L = len(parameters)", _ENTRIES),
    Misconception("gd-two-layers-only", _GD, _COUNT, "L = 2", _TWO_LAYERS),
    Misconception("gd-biases-left-out", _GD, _NAMES, '(f"W{l}",)', _BIASES),
    Misconception(
        "gd-biases-unchanged",
        _GD,
        _GD_STEP,
        'parameters[name] - (learning_rate if "W" in name else 0) * grads["d" + name]',
        "The weights have moved, but the biases come back as they went in. They have gradients of their "
        "own, under names of their own, and are learned by the same rule.",
    ),
    Misconception(
        "gd-step-without-parameter",
        _GD,
        _GD_STEP,
        'learning_rate * grads["d" + name]',
        "What you return is the step alone. A walker's new place is the old place together with the step: "
        "which quantity of the formula on the right-hand side is missing in yours?",
    ),
    Misconception(
        "gd-parameter-scaled",
        _GD,
        _GD_STEP,
        '(1 - learning_rate) * parameters[name] - learning_rate * grads["d" + name]',
        "Besides the step along the gradient your parameters shrink towards zero. Try a gradient of zero: "
        "plain gradient descent leaves a parameter alone then. Which factor in your line is one too many?",
    ),
    Misconception("gd-return-in-the-loop", _GD, "    return updated", "        return updated", _RETURN),
)

_BATCHES = "random_mini_batches"
_SHUFFLE = "X[:, order], Y[:, order]"
_CUTS = "range(0, m, mini_batch_size)"

_MINI_BATCHES = (
    Misconception(
        "batches-labels-not-shuffled",
        _BATCHES,
        _SHUFFLE,
        "X[:, order], Y",
        "Follow one example through your function: after the shuffle its features stand in another "
        "column. Does its label stand in that same column? A network that learns from pairs torn apart "
        "learns noise.",
    ),
    Misconception(
        "batches-two-permutations",
        _BATCHES,
        _SHUFFLE,
        "X[:, order], Y[:, np.random.permutation(m)]",
        "Features and labels are both shuffled, but each in an order of its own. How many times is the "
        "generator asked for an order in your function, and how many orders keep the pairs together?",
    ),
    Misconception(
        "batches-last-one-dropped",
        _BATCHES,
        _CUTS,
        "range(0, m - mini_batch_size + 1, mini_batch_size)",
        "Add up the sizes of your batches and compare the sum with the number of examples. When the size "
        "doesn't divide it, some examples are left over at the end, and they are to be learned from as "
        "well.",
    ),
    Misconception(
        "batches-small-set-fails",
        _BATCHES,
        f"for begin in {_CUTS}:\n"
        "        end = begin + mini_batch_size\n"
        "        mini_batches.append((X_shuffled[:, begin:end], Y_shuffled[:, begin:end]))",
        "for k in range(m // mini_batch_size):\n"
        "        begin, end = k * mini_batch_size, (k + 1) * mini_batch_size\n"
        "        mini_batches.append((X_shuffled[:, begin:end], Y_shuffled[:, begin:end]))\n"
        "    if m % mini_batch_size != 0:\n"
        "        mini_batches.append((X_shuffled[:, end:], Y_shuffled[:, end:]))",
        "Run your function in your head with five examples and batches of eight: the loop over full "
        "batches doesn't run at all. Which of the names used after it exist nevertheless, and where "
        "should the last batch begin then?",
    ),
    Misconception(
        "batches-empty-last-one",
        _BATCHES,
        _CUTS,
        "range(0, m + 1, mini_batch_size)",
        "Try eight examples in batches of four and count what you return. When the size divides the "
        "number of examples nothing is left over, and a batch with no columns helps nobody: its mean cost "
        "would divide by zero.",
    ),
    Misconception(
        "batches-whole-set-in-one",
        _BATCHES,
        f"for begin in {_CUTS}:\n        end = begin + mini_batch_size",
        "for begin in (0,):\n        end = m",
        "You return all examples as one batch: that is batch gradient descent, one step for each pass "
        "through the data. The point of this function is to cut the shuffled columns into pieces of the "
        "given size.",
    ),
    Misconception(
        "batches-not-shuffled",
        _BATCHES,
        "np.random.permutation(m)",
        "np.arange(m)",
        "Your batches are cut from the examples in the order in which they came. Data is often sorted, by "
        "class or by date, and every batch should be a fair sample: what has to happen before the "
        "cutting?",
    ),
    Misconception(
        "batches-drawn-with-replacement",
        _BATCHES,
        "np.random.permutation(m)",
        "np.random.randint(0, m, m)",
        "Look at which columns end up in your batches: some occur twice and others never. One pass "
        "through the data uses every example exactly once, so its order is a rearrangement, not a series "
        "of independent draws.",
    ),
    Misconception(
        "batches-seed-ignored",
        _BATCHES,
        "np.random.seed(seed)",
        "np.random.seed(0)",
        "Whichever seed it is given, your function makes the same order. Training passes another seed in "
        "every epoch, so that the batches differ from one pass to the next: where does yours use that "
        "argument?",
    ),
    Misconception(
        "batches-seeded-too-late",
        _BATCHES,
        "np.random.seed(seed)\n    order = np.random.permutation(m)",
        "order = np.random.permutation(m)\n    np.random.seed(seed)",
        "A seed sets where the generator's stream of numbers begins, from that moment on. In what order "
        "does your function seed and draw? Call it twice with one seed and see whether the batches agree.",
    ),
    Misconception(
        "batches-rows-for-examples",
        _BATCHES,
        "m = X.shape[1]",
        "m = X.shape[0]",
        "In this course every example is a column of X. Look at the docstring: which of the two numbers "
        "in X's shape counts the features, and which the examples? Your function takes one for the other.",
    ),
    Misconception(
        "batches-one-column-short",
        _BATCHES,
        "end = begin + mini_batch_size",
        "end = begin + mini_batch_size - 1",
        "A slice already leaves out its end: columns 0:4 are four columns. Count the columns of your "
        "first batch, and look for the examples that fall between one batch and the next.",
    ),
    Misconception(
        "batches-labels-flat",
        _BATCHES,
        "Y_shuffled[:, begin:end]",
        "Y_shuffled[0, begin:end]",
        "Your labels have lost a dimension: a shape of (size,) is not (1, size). Indexing with a plain "
        "number takes a row out and drops the axis; a slice keeps it. The network's cost expects a row of "
        "labels.",
    ),
    Misconception(
        "batches-size-as-count",
        _BATCHES,
        "mini_batches = []",
        "mini_batches = []\n    mini_batch_size = -(-m // mini_batch_size)",
        "The argument says how many examples a batch holds, not how many batches there are. With a "
        "hundred examples and a size of ten both are the same, so test with twenty: what do you get?",
    ),
    Misconception(
        "batches-shuffle-the-callers-data",
        _BATCHES,
        "X_shuffled, Y_shuffled = X[:, order], Y[:, order]",
        "X[:], Y[:] = X[:, order], Y[:, order]\n    X_shuffled, Y_shuffled = X, Y",
        "To assign to all columns of X writes into the array of whoever called. The batches are right, but after the "
        "call the caller's examples stand in another order. Give the shuffled ones a name of their own.",
    ),
)

_VELOCITY = "initialize_velocity"
_V_WEIGHT = 'v[f"dW{l}"] = np.zeros_like(parameters[f"W{l}"])'
_V_BIAS = 'v[f"db{l}"] = np.zeros_like(parameters[f"b{l}"])'

_ZERO_VELOCITY = (
    Misconception("velocity-last-layer-left-out", _VELOCITY, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception(
        "velocity-starts-at-the-parameters",
        _VELOCITY,
        _V_WEIGHT,
        'v[f"dW{l}"] = parameters[f"W{l}"].copy()',
        "The velocity is a memory of past gradients, and before the first step there are none. It shares "
        "the shape of the weights, not their values: what should a memory of nothing hold?",
    ),
    Misconception(
        "velocity-starts-at-one",
        _VELOCITY,
        _V_WEIGHT,
        'v[f"dW{l}"] = np.ones_like(parameters[f"W{l}"])',
        "Before the first step nothing moves. A velocity that starts elsewhere pushes all weights in one "
        "direction that no gradient has asked for, and the memory of it fades only slowly.",
    ),
    Misconception(
        "velocity-starts-at-random",
        _VELOCITY,
        _V_WEIGHT,
        'v[f"dW{l}"] = np.random.randn(*parameters[f"W{l}"].shape) * 0.01',
        "Weights start at random so that the units of a layer differ. A velocity has no such need: it "
        "remembers gradients, and before the first step there are none to remember.",
    ),
    Misconception(
        "velocity-named-like-parameters",
        _VELOCITY,
        f"{_V_WEIGHT}\n        {_V_BIAS}",
        'v[f"W{l}"] = np.zeros_like(parameters[f"W{l}"])\n        v[f"b{l}"] = np.zeros_like(parameters[f"b{l}"])',
        "The velocity is an average of gradients, and its entries are named like those, so that one name "
        "serves for both in the update. Compare the names that you store with those in the docstring.",
    ),
    Misconception(
        "velocity-weights-transposed",
        _VELOCITY,
        _V_WEIGHT,
        'v[f"dW{l}"] = np.zeros_like(parameters[f"W{l}"].T)',
        "The velocity will be added to the gradient and taken from the weights, entry by entry, so all "
        "three need one and the same shape. Compare rows and columns of yours with those of the weights.",
    ),
    Misconception(
        "velocity-bias-flat",
        _VELOCITY,
        _V_BIAS,
        'v[f"db{l}"] = np.zeros(parameters[f"b{l}"].shape[0])',
        "A bias is a column, of shape (n, 1). Yours has only one dimension, and numpy would stretch the "
        "two against each other into a square matrix in the update. Take over the whole shape, not only "
        "the length.",
    ),
    Misconception(
        "velocity-bias-shaped-like-weights",
        _VELOCITY,
        _V_BIAS,
        'v[f"db{l}"] = np.zeros_like(parameters[f"W{l}"])',
        "The velocity of a bias has come out in the shape of the layer's weights. Read the two lines of "
        "your loop one after the other: from which parameter does each of them take its shape?",
    ),
    Misconception(
        "velocity-plain-numbers",
        _VELOCITY,
        f"{_V_WEIGHT}\n        {_V_BIAS}",
        'v[f"dW{l}"] = 0\n        v[f"db{l}"] = 0',
        "One number for a whole layer may work by broadcasting, but every single weight has a velocity of "
        "its own from the first step on. So the dictionary should hold arrays, each in its parameter's "
        "shape.",
    ),
    Misconception(
        "velocity-among-the-parameters",
        _VELOCITY,
        "v = {}",
        "v = parameters",
        "An assignment gives the caller's dictionary a second name and copies nothing, so your entries land among the "
        "parameters. Look at what the caller's dictionary holds after the call, and begin with one of your own.",
    ),
    Misconception("velocity-layers-from-zero", _VELOCITY, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("velocity-entries-for-layers", _VELOCITY, _COUNT, "L = len(parameters)", _ENTRIES),
    Misconception("velocity-two-layers-only", _VELOCITY, _COUNT, "L = 2", _TWO_LAYERS),
    Misconception("velocity-return-in-the-loop", _VELOCITY, "    return v", "        return v", _RETURN),
)

_MOMENTUM = "update_parameters_with_momentum"
_AVERAGE = "beta * v[slope] + (1 - beta) * grads[slope]"
_MOMENTUM_STEP = "parameters[name] - learning_rate * new_v[slope]"

_MOMENTUM_MISTAKES = (
    Misconception(
        "momentum-old-velocity-used",
        _MOMENTUM,
        _MOMENTUM_STEP,
        "parameters[name] - learning_rate * v[slope]",
        "Your velocity is right, but the step is made with the one from before. Follow the very first "
        "step, where the old velocity is zero: with yours, no parameter moves. In which order do the two "
        "formulas stand?",
    ),
    Misconception(
        "momentum-weights-swapped",
        _MOMENTUM,
        _AVERAGE,
        "(1 - beta) * v[slope] + beta * grads[slope]",
        "Beta says how much of the old velocity is kept. With beta near one the path should become "
        "smooth: check whether in your average the large share goes to the past or to the newest "
        "gradient.",
    ),
    Misconception(
        "momentum-gradient-not-weighted",
        _MOMENTUM,
        _AVERAGE,
        "beta * v[slope] + grads[slope]",
        "An average's weights sum to one; yours sum to more. With a gradient that stays the same the "
        "velocity should settle at that gradient: where would yours settle? Some books write it so, this "
        "course does not.",
    ),
    Misconception(
        "momentum-past-not-weighted",
        _MOMENTUM,
        _AVERAGE,
        "v[slope] + (1 - beta) * grads[slope]",
        "Nothing of the past is ever forgotten in your velocity: it piles up like a sum. An average gives "
        "up a share of the old whenever it takes in something new, and its weights sum to one.",
    ),
    Misconception(
        "momentum-plus-for-minus",
        _MOMENTUM,
        "parameters[name] - learning_rate",
        "parameters[name] + learning_rate",
        "The velocity is an average of gradients, and gradients point uphill. Check in which direction "
        "your parameters move along it: with a positive slope, should a weight become larger or smaller?",
    ),
    Misconception(
        "momentum-minus-in-the-average",
        _MOMENTUM,
        _AVERAGE,
        "beta * v[slope] - (1 - beta) * grads[slope]",
        "Averaging two quantities adds shares of them; in yours one is taken away. The turn downhill "
        "happens once only, when the parameters are updated, and not in the velocity.",
    ),
    Misconception(
        "momentum-gradient-used-for-the-step",
        _MOMENTUM,
        _MOMENTUM_STEP,
        "parameters[name] - learning_rate * grads[slope]",
        "You compute a velocity, but the parameters move as though it weren't there: that is plain "
        "gradient descent. Which of the two quantities should the step follow, the newest gradient or the "
        "smoothed one?",
    ),
    Misconception(
        "momentum-old-velocity-returned",
        _MOMENTUM,
        "return updated, new_v",
        "return updated, v",
        "The parameters are right, but the velocity that you hand back is the one that you were given. "
        "The next step builds on it, so without the update your function forgets after every step.",
    ),
    Misconception(
        "momentum-rate-in-the-velocity",
        _MOMENTUM,
        "(1 - beta) * grads[slope]",
        "learning_rate * grads[slope]",
        "In this course the learning rate has one place only, where the parameters move. Your velocity "
        "uses it as a weight of the average. Which two weights sum to one, whatever beta is?",
    ),
    Misconception(
        "momentum-gradient-squared",
        _MOMENTUM,
        _AVERAGE,
        "beta * v[slope] + (1 - beta) * grads[slope] ** 2",
        "The velocity keeps the direction of the gradients, so it needs their signs. A square has none. "
        "Squares belong to another average, which comes later in this notebook and measures sizes only.",
    ),
    Misconception(
        "momentum-velocity-not-returned",
        _MOMENTUM,
        "return updated, new_v",
        "return updated",
        "Look at the docstring's last lines: the function hands back two dictionaries. The next step "
        "needs the updated velocity, and whoever calls the function gets it only if it is returned.",
    ),
    Misconception(
        "momentum-results-exchanged",
        _MOMENTUM,
        "return updated, new_v",
        "return new_v, updated",
        "Both dictionaries are there, but whoever calls the function takes the first for the parameters "
        "and the second for the velocity. Compare the order of your results with the docstring.",
    ),
    Misconception("momentum-last-layer-left-out", _MOMENTUM, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception("momentum-layers-from-zero", _MOMENTUM, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("momentum-biases-left-out", _MOMENTUM, _NAMES, '(f"W{l}",)', _BIASES),
    Misconception("momentum-two-layers-only", _MOMENTUM, _COUNT, "L = 2", _TWO_LAYERS),
)

_ADAM_ZEROS = "initialize_adam"
_V_ZERO = 'v["d" + name] = np.zeros_like(parameters[name])'
_S_ZERO = 's["d" + name] = np.zeros_like(parameters[name])'
_ONE_ARRAY = (
    "To assign an array or a dictionary to a second name copies nothing: both names then mean the same object. "
    "Adam's two averages hold different numbers after the first step. What does changing one of yours do to the other?"
)

_ZERO_AVERAGES = (
    Misconception(
        "adam-zeros-s-starts-at-one",
        _ADAM_ZEROS,
        _S_ZERO,
        's["d" + name] = np.ones_like(parameters[name])',
        "It may seem safer to start what one divides by away from zero. But Adam's correction for the "
        "early steps assumes that both averages start from nothing, and epsilon alone guards the "
        "division.",
    ),
    Misconception(
        "adam-zeros-s-starts-at-epsilon",
        _ADAM_ZEROS,
        _S_ZERO,
        's["d" + name] = np.full_like(parameters[name], 1e-8)',
        "The small number that keeps Adam from dividing by zero has its place in the update, not here. "
        "Both averages start from nothing, since no gradient has been seen yet.",
    ),
    Misconception(
        "adam-zeros-s-starts-at-squares",
        _ADAM_ZEROS,
        _S_ZERO,
        's["d" + name] = parameters[name] ** 2',
        "s averages the squares of gradients, not those of parameters. The parameters lend it their "
        "shapes and nothing more: how many gradients have been seen before the first step?",
    ),
    Misconception(
        "adam-zeros-only-v",
        _ADAM_ZEROS,
        "return v, s",
        "return v",
        "Momentum needs one memory, Adam two: one of the gradients and one of their squares. Look at the "
        "docstring for how many dictionaries the function hands back, and at what your last line does.",
    ),
    Misconception(
        "adam-zeros-s-empty",
        _ADAM_ZEROS,
        f"            {_S_ZERO}\n",
        "",
        "You return two dictionaries, but only one of them has been filled. The average of the squares "
        "needs an entry for each parameter too, or the first update will look for a name in vain.",
    ),
    Misconception("adam-zeros-last-layer-left-out", _ADAM_ZEROS, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception("adam-zeros-biases-left-out", _ADAM_ZEROS, _NAMES, '(f"W{l}",)', _BIASES),
    Misconception(
        "adam-zeros-named-like-parameters",
        _ADAM_ZEROS,
        f"{_V_ZERO}\n            {_S_ZERO}",
        "v[name] = np.zeros_like(parameters[name])\n            s[name] = np.zeros_like(parameters[name])",
        "Both averages are averages of gradients or of their squares, and their entries are named like "
        "gradients, so that one name serves for all in the update. Compare your names with those in the "
        "docstring.",
    ),
    Misconception(
        "adam-zeros-plain-numbers",
        _ADAM_ZEROS,
        f"{_V_ZERO}\n            {_S_ZERO}",
        'v["d" + name] = 0.0\n            s["d" + name] = 0.0',
        "Adam gives every single weight a step size of its own, and so needs two averages for each of "
        "them. One number for a whole layer isn't enough: the dictionaries hold arrays in the parameters' "
        "shapes.",
    ),
    Misconception(
        "adam-zeros-flat",
        _ADAM_ZEROS,
        _V_ZERO,
        'v["d" + name] = np.zeros(parameters[name].size)',
        "The number of zeros is right, but they stand in one long row. In the update they meet the "
        "gradients entry by entry, so they need rows and columns as the parameters have them.",
    ),
    Misconception(
        "adam-zeros-one-array-for-both",
        _ADAM_ZEROS,
        _S_ZERO,
        's["d" + name] = v["d" + name]',
        _ONE_ARRAY,
    ),
    Misconception("adam-zeros-one-dictionary-for-both", _ADAM_ZEROS, "return v, s", "return v, v", _ONE_ARRAY),
    Misconception("adam-zeros-layers-from-zero", _ADAM_ZEROS, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("adam-zeros-entries-for-layers", _ADAM_ZEROS, _COUNT, "L = len(parameters)", _ENTRIES),
    Misconception("adam-zeros-two-layers-only", _ADAM_ZEROS, _COUNT, "L = 2", _TWO_LAYERS),
)

_ADAM = "update_parameters_with_adam"
_V = "beta1 * v[slope] + (1 - beta1) * grads[slope]"
_S = "beta2 * s[slope] + (1 - beta2) * grads[slope] ** 2"
_V_CORRECTED = "v_corrected = new_v[slope] / (1 - beta1**t)"
_S_CORRECTED = "s_corrected = new_s[slope] / (1 - beta2**t)"
_BOTH_CORRECTED = f"{_V_CORRECTED}\n            {_S_CORRECTED}"
_ROOT = "(np.sqrt(s_corrected) + epsilon)"

_ADAM_MISTAKES = (
    Misconception(
        "adam-correction-skipped",
        _ADAM,
        _BOTH_CORRECTED,
        "v_corrected, s_corrected = new_v[slope], new_s[slope]",
        "Both averages start at zero, so in the first steps they are far too small. The text says by how "
        "much, and how this is made good before the step. Follow your function through the step with t = "
        "1.",
    ),
    Misconception(
        "adam-epsilon-inside-the-root",
        _ADAM,
        _ROOT,
        "np.sqrt(s_corrected + epsilon)",
        "Epsilon and the root stand in another order in your function than in the formula. The difference "
        "shows where gradients are tiny: compare the root of 1e-8 with 1e-8 itself.",
    ),
    Misconception(
        "adam-s-without-square",
        _ADAM,
        _S,
        "beta2 * s[slope] + (1 - beta2) * grads[slope]",
        "s measures how large the gradients are, whatever their direction, and a root is taken of it "
        "later. What must happen to a gradient before it enters this average, so that s can never become "
        "negative?",
    ),
    Misconception(
        "adam-times-t-for-power-t",
        _ADAM,
        _BOTH_CORRECTED,
        "v_corrected = new_v[slope] / (1 - beta1 * t)\n            s_corrected = new_s[slope] / (1 - beta2 * t)",
        "What is left of the start at zero shrinks by the factor beta with every step. After two steps "
        "that is beta times beta. Which operation of Python says this for t steps? Try t = 2 by hand.",
    ),
    Misconception(
        "adam-corrected-averages-returned",
        _ADAM,
        _BOTH_CORRECTED,
        "new_v[slope] = v_corrected = new_v[slope] / (1 - beta1**t)\n"
        "            new_s[slope] = s_corrected = new_s[slope] / (1 - beta2**t)",
        "The correction serves this one step only. If the corrected averages are handed back, the next "
        "step corrects what was corrected already, and they grow too large. Which versions should the "
        "next step build on?",
    ),
    Misconception(
        "adam-v-not-corrected",
        _ADAM,
        _V_CORRECTED,
        "v_corrected = new_v[slope]",
        "Only one of your two averages is corrected for its start at zero. The other one starts there "
        "just the same: compare what you do with v to what you do with s.",
    ),
    Misconception(
        "adam-s-not-corrected",
        _ADAM,
        _S_CORRECTED,
        "s_corrected = new_s[slope]",
        "Only one of your two averages is corrected for its start at zero. s starts there too and is far "
        "too small at first, so that dividing by it makes the first steps much too large.",
    ),
    Misconception(
        "adam-correction-multiplied",
        _ADAM,
        _BOTH_CORRECTED,
        "v_corrected = new_v[slope] * (1 - beta1**t)\n            s_corrected = new_s[slope] * (1 - beta2**t)",
        "Both averages are too small in the first steps, and the correction should make them larger. The "
        "factor that you use is below one: in which direction does it change them in your function?",
    ),
    Misconception(
        "adam-correction-counts-from-zero",
        _ADAM,
        _BOTH_CORRECTED,
        "v_corrected = new_v[slope] / (1 - beta1 ** (t + 1))\n"
        "            s_corrected = new_s[slope] / (1 - beta2 ** (t + 1))",
        "The steps are counted from one already: the first call has t = 1. Check that with your "
        "correction the first step from zero averages gives back the gradient itself, and not a fraction "
        "of it.",
    ),
    Misconception(
        "adam-betas-exchanged",
        _ADAM,
        f"{_V}\n            new_s[slope] = {_S}",
        "beta2 * v[slope] + (1 - beta2) * grads[slope]\n"
        "            new_s[slope] = beta1 * s[slope] + (1 - beta1) * grads[slope] ** 2",
        "There are two averages and two betas, and each average has its own. Sizes of gradients are "
        "remembered much longer than their directions: compare the defaults, and then which beta stands "
        "in which of your lines.",
    ),
    Misconception(
        "adam-v-weights-swapped",
        _ADAM,
        _V,
        "(1 - beta1) * v[slope] + beta1 * grads[slope]",
        "Beta1 says how much of the past is kept in v. With its default the large share goes to what came "
        "before: look at which of the two terms of your average gets it.",
    ),
    Misconception(
        "adam-s-gradient-not-weighted",
        _ADAM,
        _S,
        "beta2 * s[slope] + grads[slope] ** 2",
        "An average's weights sum to one; in your s they sum to nearly two. Where the gradients stay the "
        "same, s should settle at their square. Where would yours settle?",
    ),
    Misconception(
        "adam-s-squares-v",
        _ADAM,
        _S,
        "beta2 * s[slope] + (1 - beta2) * new_v[slope] ** 2",
        "s averages the squares of the gradients themselves. Yours squares what has been averaged "
        "already, so that gradients of changing sign cancel before they are measured. What does s tell "
        "Adam about a parameter?",
    ),
    Misconception(
        "adam-plus-for-minus",
        _ADAM,
        "parameters[name] - learning_rate",
        "parameters[name] + learning_rate",
        "The first average points where the gradients pointed: uphill. Check in which direction your "
        "parameters move along it. Dividing by a root changes the length of the step, but never its sign.",
    ),
    Misconception(
        "adam-root-forgotten",
        _ADAM,
        _ROOT,
        "(s_corrected + epsilon)",
        "s is made of squares, so it is measured in another unit than v. What must be done to it before "
        "the two can be divided and leave a plain number? Try a gradient ten times as large.",
    ),
    Misconception(
        "adam-epsilon-a-fixed-number",
        _ADAM,
        _ROOT,
        "(np.sqrt(s_corrected) + 1e-8)",
        "An argument that stands in the list and nowhere below can't have an effect. The number in your step is only "
        "what this one is when it is left out; a caller may want another. Which name belongs there?",
    ),
    Misconception(
        "adam-epsilon-left-out",
        _ADAM,
        _ROOT,
        "np.sqrt(s_corrected)",
        "A parameter that has never had a gradient has an s of zero, and zero divided by zero is not a "
        "number. One of the arguments is there to prevent this: where does your function use it?",
    ),
    Misconception(
        "adam-epsilon-before-the-correction",
        _ADAM,
        f"learning_rate * v_corrected / {_ROOT}",
        "learning_rate * np.sqrt(1 - beta2**t) * v_corrected / (np.sqrt(new_s[slope]) + epsilon)",
        "Drawing the correction out of the root is a fine saving, but then epsilon meets an uncorrected "
        "root and weighs more than it should in the first steps. In this course it is added after the "
        "correction.",
    ),
    Misconception(
        "adam-gradient-used-for-the-step",
        _ADAM,
        f"learning_rate * v_corrected / {_ROOT}",
        f"learning_rate * grads[slope] / {_ROOT}",
        "Your step divides by the right root, but follows the newest gradient alone. Adam joins two "
        "ideas: a scale for every parameter, and momentum. Where does the second of them enter your step?",
    ),
    Misconception(
        "adam-old-averages-returned",
        _ADAM,
        "return updated, new_v, new_s",
        "return updated, v, s",
        "The parameters are right, but the averages that you hand back are those that you were given. The "
        "next step builds on them, so without the update nothing is ever remembered.",
    ),
    Misconception(
        "adam-s-not-returned",
        _ADAM,
        "return updated, new_v, new_s",
        "return updated, new_v",
        "Look at the docstring's last lines: how many dictionaries does the function hand back? Adam has "
        "two memories, and whoever calls it needs both for the next step.",
    ),
    Misconception(
        "adam-betas-fixed",
        _ADAM,
        f"{_V}\n            new_s[slope] = {_S}",
        "0.9 * v[slope] + 0.1 * grads[slope]\n            new_s[slope] = 0.999 * s[slope] + 0.001 * grads[slope] ** 2",
        "The usual numbers are defaults only: whoever calls the function may ask for others. Go through "
        "the arguments in the signature one by one and look for the place where your averages use each.",
    ),
    Misconception("adam-last-layer-left-out", _ADAM, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception("adam-layers-from-zero", _ADAM, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("adam-biases-left-out", _ADAM, _NAMES, '(f"W{l}",)', _BIASES),
    Misconception("adam-two-layers-only", _ADAM, _COUNT, "L = 2", _TWO_LAYERS),
)

MISCONCEPTIONS = (
    *_GRADIENT_DESCENT,
    *_MINI_BATCHES,
    *_ZERO_VELOCITY,
    *_MOMENTUM_MISTAKES,
    *_ZERO_AVERAGES,
    *_ADAM_MISTAKES,
)
