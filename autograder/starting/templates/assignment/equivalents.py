"""Edits of the reference of ``ASSIGNMENT`` that a machine takes for mistakes, and why they are none."""

from autograder.grading.catalogue import Equivalent

EQUIVALENTS = (
    Equivalent(
        "cosine-the-other-way-round",
        "cosine",
        "np.dot(unit_vector(x), unit_vector(y))",
        "np.dot(unit_vector(y), unit_vector(x))",
        "The product of two vectors is the same in either order.",
    ),
)
