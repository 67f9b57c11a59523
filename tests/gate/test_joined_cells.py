"""Which cells around a mistake the gate runs together: those that mean the same wherever they stand."""

import pytest

from autograder.gate.trials import only_defines


@pytest.mark.parametrize(
    "source",
    [
        "# GIVEN: imports\nimport numpy as np\nfrom math import pi",
        '"""Words."""\nSIZES = (1, -2, [3.0], {"a": None})\n\ndef f(x, n=2, *, axis=None):\n    return np.sum(x)',
        "class Waiting:\n    kept = 1\n\n    def __enter__(self):\n        return compute(self)",
    ],
)
def test_what_only_defines(source: str) -> None:
    assert only_defines(source)


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations",  # only at the top of a cell
        "%%time\nx = 1",
        "%matplotlib inline",
        "start = initialize([2, 3])",  # a mistake may make it raise, and all that stands behind it with it
        "W1 = start['W1']",
        "print('here')",
        "@cached\ndef f():\n    return 1",
        "def f(x=initialize()):\n    return x",
        "class Own(Base):\n    pass",
        "for k in range(3):\n    pass",
        "x += 1",
    ],
)
def test_what_may_raise_or_means_something_else_elsewhere(source: str) -> None:
    assert not only_defines(source)
