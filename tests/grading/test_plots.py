"""Which cells a submission starts with matplotlib loaded for."""

import pytest

from autograder.grading.running import uses_plots

DRAWS = {
    "a plot": "plt.plot([1, 2])",
    "inside a student's own function": "def show():\n    plt.plot([1, 2])",
    "a magic": "%matplotlib inline",
    "settings in a given cell": '# GIVEN: imports\nimport matplotlib.pyplot as plt\nplt.rcParams["font.size"] = 9',
    "a style in a given cell": '# GIVEN: style\nplt.style.use("ggplot")',
    "a given picture": "# GIVEN: picture\nfigure, ax = plt.subplots()",
}
DRAWS_NOT = {
    "the import alone": "# GIVEN: imports\nimport matplotlib.pyplot as plt\nimport numpy as np",
    "a given helper": "# GIVEN: plots\nCOLORS = 2\n\n\ndef show(x):\n    plt.plot(x)",
    "a given comment": "# GIVEN: plots\n# plt.show() draws what is open",
    "numbers": "x = 1\nprint(x)",
}


@pytest.mark.parametrize("source", DRAWS.values(), ids=DRAWS)
def test_a_cell_that_draws_or_says_how_wants_matplotlib(source: str) -> None:
    assert uses_plots(source)


@pytest.mark.parametrize("source", DRAWS_NOT.values(), ids=DRAWS_NOT)
def test_a_cell_that_only_could_draw_does_not(source: str) -> None:
    assert not uses_plots(source)
