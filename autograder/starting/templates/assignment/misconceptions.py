"""What learners of ``ASSIGNMENT`` write by mistake: each an edit of the reference, with a hint of 20 to 60 words."""

from autograder.grading.catalogue import Misconception

MISCONCEPTIONS = (
    Misconception(
        "unit-vector-divides-by-the-sum",
        "unit_vector",
        "length(x)",
        "np.sum(x)",
        "The sum of the entries is not how long the vector is: entries of different signs cancel in it. Which of the "
        "functions above measures the length?",
    ),
    Misconception(
        "unit-vector-in-place",
        "unit_vector",
        "return x / length(x)",
        "x /= length(x)\n    return x",
        "Whoever calls your function still needs the vector that was passed in. Does your line make a new array, or "
        "does it write over the old one?",
    ),
    Misconception(
        "cosine-of-the-vectors-themselves",
        "cosine",
        "np.dot(unit_vector(x), unit_vector(y))",
        "np.dot(x, y)",
        "A cosine lies between -1 and 1, however long the vectors are. What has to be done to both of them before "
        "their product is only about directions?",
    ),
)
