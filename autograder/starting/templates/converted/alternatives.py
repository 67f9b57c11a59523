"""Right answers to ``ASSIGNMENT`` written another way; each must get full marks.

The gate asks for one at least of each graded function. An entry is the whole cell, in a learner's own style:

    Alternative(
        "mean",
        "numpy's own",
        '''# GRADED FUNCTION: mean
    def mean(x):
        return np.mean(x)
    ''',
    ),
"""

from autograder.grading.catalogue import Alternative

ALTERNATIVES: tuple[Alternative, ...] = ()
