"""Right answers to ``ASSIGNMENT`` written another way; each must get full marks."""

from autograder.grading.catalogue import Alternative

ALTERNATIVES = (
    Alternative(
        "unit_vector",
        "numpy's norm",
        """# GRADED FUNCTION: unit_vector
def unit_vector(x):
    return x / np.linalg.norm(x)
""",
    ),
    Alternative(
        "cosine",
        "divided at the end",
        """# GRADED FUNCTION: cosine
def cosine(x, y):
    return x @ y / (length(x) * length(y))
""",
    ),
)
