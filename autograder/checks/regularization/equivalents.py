"""Edits of ``regularization``'s reference that a machine takes for mistakes, and why they are none."""

from autograder.grading.catalogue import Equivalent

_ONE_UNIT = "The output layer has one unit, so the mean of its row is the mean of everything."
_NEVER_EQUAL = "A number drawn from [0, 1) equals keep_prob exactly about once in 10^16 draws."

EQUIVALENTS = (
    Equivalent(
        "l2-last-bias-over-everything",
        "backward_propagation_with_regularization",
        "np.mean(dZ3, axis=1, keepdims=True)",
        "np.mean(dZ3, keepdims=True)",
        _ONE_UNIT,
    ),
    Equivalent(
        "dropout-first-mask-with-its-edge",
        "forward_propagation_with_dropout",
        "np.random.rand(*A1.shape) < keep_prob",
        "np.random.rand(*A1.shape) <= keep_prob",
        _NEVER_EQUAL,
    ),
    Equivalent(
        "dropout-second-mask-with-its-edge",
        "forward_propagation_with_dropout",
        "np.random.rand(*A2.shape) < keep_prob",
        "np.random.rand(*A2.shape) <= keep_prob",
        _NEVER_EQUAL,
    ),
    Equivalent(
        "dropout-last-bias-over-everything",
        "backward_propagation_with_dropout",
        "np.mean(dZ3, axis=1, keepdims=True)",
        "np.mean(dZ3, keepdims=True)",
        _ONE_UNIT,
    ),
)
