"""Edits of ``gradient_checking``'s reference that a machine takes for mistakes, and why they are none."""

from autograder.grading.catalogue import Equivalent

EQUIVALENTS = (
    Equivalent(
        "mend-last-bias-over-everything",
        "backward_propagation_n",
        "db3 = np.sum(dZ3, axis=1, keepdims=True) / m",
        "db3 = np.sum(dZ3, keepdims=True) / m",
        "The output layer has one unit, so the sum of its row is the sum of everything.",
    ),
)
