"""What learners of ``initialization`` write by mistake: each an edit of the reference, with a hint.

The most typical mistake of each function comes first. A text to replace is part of the function's graded
cell in the source notebook; the tests of the checks say when one no longer fits.
"""

from autograder.grading.catalogue import Misconception

_LAYERS = "range(1, L + 1)"
_COUNT = "L = len(layers_dims) - 1"
_BIAS = "np.zeros((layers_dims[l], 1))"
_BIAS_LINE = f'        parameters[f"b{{l}}"] = {_BIAS}\n'
_RETURN = "    return parameters"
_SHAPE = "layers_dims[l], layers_dims[l - 1]"
_SEED = "np.random.seed(3)"
_HEAD = f"{_SEED}\n    {_COUNT}\n    parameters = {{}}\n    for l in {_LAYERS}:\n"
_SEED_IN_LOOP = f"{_COUNT}\n    parameters = {{}}\n    for l in {_LAYERS}:\n        {_SEED}\n"

_LAST_LAYER = (
    "A range stops before its end. Write down which numbers your loop runs through for a list of four "
    "entries, and which layers that network has: is the last one among them?"
)
_FIRST_LAYER = (
    "Python counts from zero, but the layers are numbered from one: the list's first entry is the number of "
    "inputs and no layer. Write down the names that your loop makes for a list of three entries."
)
_ENTRIES = (
    "The first entry of the list is the number of inputs, which need no weights. So there is one layer less than "
    "there are entries: what does your loop look up when it reaches its last turn?"
)
_TWO_LAYERS = (
    "Your function knows how many layers the example has, but another list may be shorter or longer. The "
    "number of layers follows from the list that the function is given."
)
_TRANSPOSED = (
    "A weight matrix has one row for each unit of its own layer and one column for each input. Multiply it by a "
    "column of inputs in your head: which of the two sizes has to stand first?"
)
_FLAT_BIAS = (
    "Print the shape of one of your biases. A bias is a column with two dimensions; an array with only one is "
    "something else to numpy, and added to a matrix it is spread along the rows."
)
_BIAS_OF_INPUTS = (
    "Each unit of a layer has one bias, which is added to its own sum. How many units does the layer "
    "have, and which of the two neighbouring entries of the list did you take?"
)
_NO_BIASES = (
    "A layer has two kinds of numbers to learn. Yours has its weights; look at which names the docstring promises "
    "for every layer, and at which of them your loop never makes."
)
_RANDOM_BIASES = (
    "Units that differ in their weights are told apart already, so the biases need no chance to help them. Every "
    "draw also moves the generator on: what becomes of the weights of the next layer?"
)
_SEED_AGAIN = (
    "A seed sends the generator back to its first number. Follow your code for two layers: which numbers does the "
    "second weight matrix begin with, and where have you seen them before?"
)
_NO_SEED = (
    "Call your function twice and compare what it gives. The task asks for numbers that anyone can draw again: "
    "what has to happen before the first draw for that?"
)
_OTHER_SEED = (
    "Your numbers can be repeated, but they are other numbers than those of the task. A generator has as many "
    "sequences as it has seeds: look up which one the text asks for."
)
_UNIFORM = (
    "Numpy has two functions whose names differ by one letter. Draw a thousand numbers with yours and look at the "
    "smallest one and at their mean: can a weight of yours be negative?"
)
_BY_COLUMNS = (
    "Your matrix has the right shape and the right numbers, but each at another place: it was drawn lying on its "
    "side and turned afterwards. Draw it in the shape that it is to have."
)
_OTHER_GENERATOR = (
    "Numpy has an old and a new random generator, and the same seed means other numbers in each. The "
    "task names the calls to use; compare which of the two kinds yours come from."
)
_RETURNED_EARLY = (
    "A return ends the function at once, also in the middle of a loop. Look at how far yours is indented, "
    "and at how many layers have had their turn when it is reached."
)

_ZEROS = "initialize_parameters_zeros"
_ZERO_WEIGHTS = f"np.zeros(({_SHAPE}))"

_AT_ZERO = (
    Misconception("zeros-shape-transposed", _ZEROS, _SHAPE, "layers_dims[l - 1], layers_dims[l]", _TRANSPOSED),
    Misconception("zeros-flat-biases", _ZEROS, _BIAS, "np.zeros(layers_dims[l])", _FLAT_BIAS),
    Misconception("zeros-last-layer-left-out", _ZEROS, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception("zeros-layers-from-zero", _ZEROS, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("zeros-entries-for-layers", _ZEROS, _COUNT, "L = len(layers_dims)", _ENTRIES),
    Misconception("zeros-two-layers-only", _ZEROS, _COUNT, "L = 2", _TWO_LAYERS),
    Misconception("zeros-biases-left-out", _ZEROS, _BIAS_LINE, "", _NO_BIASES),
    Misconception("zeros-bias-for-each-input", _ZEROS, _BIAS, "np.zeros((layers_dims[l - 1], 1))", _BIAS_OF_INPUTS),
    Misconception(
        "zeros-one-bias-for-the-layer",
        _ZEROS,
        _BIAS,
        "np.zeros((1, 1))",
        "A single number would be added to all sums of the layer alike. It starts the same for every unit, but "
        "each has to be able to learn its own: how many biases does a layer need?",
    ),
    Misconception(
        "zeros-biases-in-a-row",
        _ZEROS,
        _BIAS,
        "np.zeros((1, layers_dims[l]))",
        "Your biases lie in a row. The examples are the columns of a layer's sums, and every unit is a row of "
        "them: in which direction do the biases have to stand, so that each meets its unit?",
    ),
    Misconception(
        "zeros-shape-in-two-arguments",
        _ZEROS,
        _ZERO_WEIGHTS,
        f"np.zeros({_SHAPE})",
        "Some functions of numpy take the sizes one by one, others take the whole shape as one tuple. Look at the "
        "error's text: as what did numpy understand your second number?",
    ),
    Misconception(
        "zeros-small-random-weights",
        _ZEROS,
        _ZERO_WEIGHTS,
        f"np.random.randn({_SHAPE}) * 0.01",
        "Small numbers would be the better start, and the next sections come to that. This function is there "
        "to show what happens without any: every single entry has to be the same.",
    ),
    Misconception(
        "zeros-weights-of-one",
        _ZEROS,
        _ZERO_WEIGHTS,
        f"np.ones(({_SHAPE}))",
        "All weights of yours are alike, which shows the symmetry as well, but it isn't the number that the "
        "task asks for. Read the function's name once more.",
    ),
    Misconception("zeros-return-in-the-loop", _ZEROS, _RETURN, f"    {_RETURN}", _RETURNED_EARLY),
)

_RANDOM = "initialize_parameters_random"
_DRAW = f"np.random.randn({_SHAPE})"
_TEN = f"{_DRAW} * 10"

_AT_RANDOM = (
    Misconception(
        "random-ten-left-out",
        _RANDOM,
        " * 10",
        "",
        "Your weights are plain draws, of a size around one. This section wants to show what goes wrong with "
        "large ones, and the formula says how much larger: what stands before the draw there?",
    ),
    Misconception("random-seed-in-the-loop", _RANDOM, _HEAD, _SEED_IN_LOOP, _SEED_AGAIN),
    Misconception("random-shape-transposed", _RANDOM, _SHAPE, "layers_dims[l - 1], layers_dims[l]", _TRANSPOSED),
    Misconception("random-biases-drawn", _RANDOM, _BIAS, "np.random.randn(layers_dims[l], 1)", _RANDOM_BIASES),
    Misconception(
        "random-biases-drawn-and-large", _RANDOM, _BIAS, "np.random.randn(layers_dims[l], 1) * 10", _RANDOM_BIASES
    ),
    Misconception("random-seed-left-out", _RANDOM, f"{_SEED}\n    ", "", _NO_SEED),
    Misconception("random-other-seed", _RANDOM, _SEED, "np.random.seed(1)", _OTHER_SEED),
    Misconception("random-uniform-draws", _RANDOM, "randn", "rand", _UNIFORM),
    Misconception(
        "random-small-weights",
        _RANDOM,
        " * 10",
        " * 0.01",
        "Many lessons begin with tiny weights, but this one begins with the opposite. Compare the size of your "
        "numbers with the formula of this section: do they get larger or smaller by it?",
    ),
    Misconception(
        "random-divided-by-ten",
        _RANDOM,
        " * 10",
        " / 10",
        "Your weights get smaller than the draws are. The picture below wants them large enough to make the "
        "network certain of everything: in which direction has the ten to act?",
    ),
    Misconception(
        "random-scaled-by-inputs",
        _RANDOM,
        " * 10",
        " * np.sqrt(2 / layers_dims[l - 1])",
        "This is the start of the next section already. Here every layer gets weights of the same size, "
        "however many inputs it has, so that you see what goes wrong with them.",
    ),
    Misconception(
        "random-drawn-on-its-side",
        _RANDOM,
        _DRAW,
        "np.random.randn(layers_dims[l - 1], layers_dims[l]).T",
        _BY_COLUMNS,
    ),
    Misconception(
        "random-shape-in-a-tuple",
        _RANDOM,
        _DRAW,
        f"np.random.randn(({_SHAPE}))",
        "Some functions of numpy take the sizes one by one, others take the whole shape as one tuple. Zeros and "
        "normal draws differ in this: look at the error's text and at how you call each.",
    ),
    Misconception(
        "random-other-generator",
        _RANDOM,
        f'{_HEAD}        parameters[f"W{{l}}"] = {_TEN}',
        _HEAD.replace(_SEED, "generator = np.random.default_rng(3)")
        + f'        parameters[f"W{{l}}"] = generator.standard_normal(({_SHAPE})) * 10',
        _OTHER_GENERATOR,
    ),
    Misconception(
        "random-whole-numbers",
        _RANDOM,
        _DRAW,
        f"np.random.randint(-1, 2, ({_SHAPE}))",
        "Your weights are whole numbers from a short list, so many units begin alike. The formula asks for draws "
        "from a bell curve: which function of numpy makes those?",
    ),
    Misconception("random-last-layer-left-out", _RANDOM, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception("random-layers-from-zero", _RANDOM, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("random-entries-for-layers", _RANDOM, _COUNT, "L = len(layers_dims)", _ENTRIES),
    Misconception("random-two-layers-only", _RANDOM, _COUNT, "L = 2", _TWO_LAYERS),
    Misconception("random-flat-biases", _RANDOM, _BIAS, "np.zeros(layers_dims[l])", _FLAT_BIAS),
    Misconception("random-biases-left-out", _RANDOM, _BIAS_LINE, "", _NO_BIASES),
)

_HE = "initialize_parameters_he"
_SCALE = "np.sqrt(2 / layers_dims[l - 1])"

_AT_HE = (
    Misconception(
        "he-xavier",
        _HE,
        _SCALE,
        "np.sqrt(1 / layers_dims[l - 1])",
        "Your weights suit a layer whose outputs all pass on, as with tanh. ReLU throws away half of the mean "
        "square: what has the variance of the weights to become, so that the other half makes up for it?",
    ),
    Misconception(
        "he-wrong-layer",
        _HE,
        _SCALE,
        "np.sqrt(2 / layers_dims[l])",
        "A unit's sum has as many terms as the unit has inputs, and that number decides how large the weights "
        "may be. Which entry of the list counts the inputs of a layer, and which its own units?",
    ),
    Misconception(
        "he-root-left-out",
        _HE,
        _SCALE,
        "2 / layers_dims[l - 1]",
        "The derivation ends with the variance of the weights. You multiply the draws by a number, and that "
        "number is what their standard deviation becomes: how do the two belong together?",
    ),
    Misconception(
        "he-root-of-two-alone",
        _HE,
        _SCALE,
        "np.sqrt(2) / layers_dims[l - 1]",
        "Look at what stands under the root in the formula, and at where the bracket of your root closes. With "
        "one input both are the same; try it with a hundred.",
    ),
    Misconception(
        "he-inputs-of-the-network",
        _HE,
        _SCALE,
        "np.sqrt(2 / layers_dims[0])",
        "Your first layer is right, and the others have its size too. But every layer adds up as many terms as "
        "it has inputs of its own, so each needs its own number under the root.",
    ),
    Misconception(
        "he-upside-down",
        _HE,
        _SCALE,
        "np.sqrt(layers_dims[l - 1] / 2)",
        "Think of a unit with a thousand inputs: should its weights be larger or smaller than those of a unit "
        "with two, so that its sum comes out about as large? Yours grow with the number of inputs.",
    ),
    Misconception(
        "he-both-sides",
        _HE,
        _SCALE,
        "np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))",
        "This is the rule of Glorot and Bengio, which balances the way forward and the way back for activations "
        "like tanh. He's rule looks at one of the two sizes only.",
    ),
    Misconception(
        "he-whole-number-division",
        _HE,
        _SCALE,
        "np.sqrt(2 // layers_dims[l - 1])",
        "Print the number that you multiply the draws by, for a layer of three inputs. Python has two signs for "
        "dividing, and one of them throws away what is behind the point.",
    ),
    Misconception(
        "he-ten-kept",
        _HE,
        " * scale",
        " * scale * 10",
        "The ten belonged to the section before, where it was meant to do harm. With it every layer makes its "
        "outputs ten times as large as its inputs: what is left for a number to do that suits ReLU?",
    ),
    Misconception("he-seed-in-the-loop", _HE, _HEAD, _SEED_IN_LOOP, _SEED_AGAIN),
    Misconception(
        "he-shape-transposed", _HE, f"randn({_SHAPE})", "randn(layers_dims[l - 1], layers_dims[l])", _TRANSPOSED
    ),
    Misconception("he-biases-drawn", _HE, _BIAS, "np.random.randn(layers_dims[l], 1)", _RANDOM_BIASES),
    Misconception(
        "he-biases-drawn-and-scaled", _HE, _BIAS, "np.random.randn(layers_dims[l], 1) * scale", _RANDOM_BIASES
    ),
    Misconception("he-uniform-draws", _HE, "randn", "rand", _UNIFORM),
    Misconception("he-seed-left-out", _HE, f"{_SEED}\n    ", "", _NO_SEED),
    Misconception("he-other-seed", _HE, _SEED, "np.random.seed(2)", _OTHER_SEED),
    Misconception(
        "he-drawn-on-its-side",
        _HE,
        _DRAW,
        "np.random.randn(layers_dims[l - 1], layers_dims[l]).T",
        _BY_COLUMNS,
    ),
    Misconception("he-last-layer-left-out", _HE, _LAYERS, "range(1, L)", _LAST_LAYER),
    Misconception(
        "he-last-layer-plain",
        _HE,
        " * scale",
        " * (scale if l < L else 1)",
        "All layers are right but the last, whose draws you left as they are. It has a sigmoid instead of "
        "ReLU, but the task asks for the same rule in every layer.",
    ),
    Misconception("he-layers-from-zero", _HE, _LAYERS, "range(L)", _FIRST_LAYER),
    Misconception("he-entries-for-layers", _HE, _COUNT, "L = len(layers_dims)", _ENTRIES),
    Misconception("he-two-layers-only", _HE, _COUNT, "L = 2", _TWO_LAYERS),
    Misconception("he-flat-biases", _HE, _BIAS, "np.zeros(layers_dims[l])", _FLAT_BIAS),
    Misconception("he-biases-left-out", _HE, _BIAS_LINE, "", _NO_BIASES),
)

MISCONCEPTIONS = (*_AT_ZERO, *_AT_RANDOM, *_AT_HE)
