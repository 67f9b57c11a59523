"""Edits of ``initialization``'s reference that a machine takes for mistakes, and why they are none."""

from autograder.grading.catalogue import Equivalent

EQUIVALENTS = (
    Equivalent(
        "zeros-for-layer-zero-too",
        "initialize_parameters_zeros",
        "range(1, L + 1)",
        "range(0, L + 1)",
        "W0 and b0 come as well, and extra keys don't count.",
    ),
)
