"""Right answers on fresh inputs: the same items with other seeds, against the reference and not what is pinned."""

from collections.abc import Callable
from pathlib import Path

import pytest
from commands import PROJECT

from autograder.grading.catalogue import load_alternatives
from autograder.grading.fresh import SEEDS, fresh_disagreements
from autograder.grading.provided import draws
from autograder.grading.reference import Reference
from autograder.grading.suite import Suite

ASSIGNMENTS = ("gradient_checking", "initialization", "optimization", "regularization")
SUITES = {name: Suite(PROJECT / "autograder" / "checks" / name, PROJECT) for name in ASSIGNMENTS}
FUNCTIONS = [(name, function) for name, suite in SUITES.items() for function in suite.points]
EVERY_FUNCTION = pytest.mark.parametrize(("assignment", "function"), FUNCTIONS)

Answers = Callable[[str, str], Reference]


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """The reference of an assignment with one cell put behind it."""

    def of(assignment: str, cell: str) -> Reference:
        path = tmp_path / f"answer{len(list(tmp_path.iterdir()))}.py"
        path.write_text(f"{SUITES[assignment].solutions.read_text()}\n\n{cell}\n")
        return Reference(path)

    return of


@EVERY_FUNCTION
def test_every_alternative_agrees_with_the_reference_for_ten_seeds(
    assignment: str, function: str, answers: Answers
) -> None:
    suite = SUITES[assignment]
    for right in load_alternatives(suite.checks):
        if right.function == function:
            answer = answers(assignment, right.source)
            assert fresh_disagreements(suite, function, answer, seeds=SEEDS) == (), right.name


@EVERY_FUNCTION
def test_every_function_has_items_that_draw_fresh_inputs(assignment: str, function: str) -> None:
    assert any(draws(item) for item in SUITES[assignment].items if item.function == function)


def test_the_inputs_are_other_ones_for_each_seed() -> None:
    suite = SUITES["optimization"]
    item = next(item for item in suite.items if item.id == "test_gd_three_layers")
    reference = Reference(suite.solutions)
    seen = {suite.run(item, reference, shift=shift).calls[0].args[0]["W1"].tobytes() for shift in (0, 1, 2, 1)}
    assert len(seen) == 3
    assert suite.run(item, reference).passed


def test_a_wrong_answer_disagrees_and_is_told_where(answers: Answers) -> None:
    function = "update_parameters_with_gd"
    cell = f"def {function}(p, g, rate):\n    return {{name: p[name] + rate * g['d' + name] for name in p}}"
    answer = answers("optimization", cell)
    found = fresh_disagreements(SUITES["optimization"], function, answer, seeds=2)
    assert {one.shift for one in found} == {1, 2}
    assert not any(one.unfit for one in found)
    assert any("the change goes the wrong way" in one.message for one in found)


def test_an_item_that_its_own_reference_fails_is_told_apart(tmp_path: Path) -> None:
    """It is right for the seed that its author tried, and for no other."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "half.py").write_text("def half(x):\n    return x / 2\n")
    checks = tmp_path / "checks" / "half"
    checks.mkdir(parents=True)
    (checks / "test_half.py").write_text(
        "import pytest, zlib\n"
        "import numpy as np\n"
        '@pytest.mark.graded("half", points=1)\n'
        "def test_half(student, draw):\n"
        '    """Half."""\n'
        '    assert draw.rand() == np.random.RandomState(zlib.crc32(b"test_half")).rand()\n'
    )
    (tmp_path / "nbgrader_config.py").write_text("")
    suite = Suite(checks, tmp_path)
    reference = Reference(suite.solutions)
    assert suite.run(suite.items[0], reference).passed
    found = fresh_disagreements(suite, "half", reference, seeds=3)
    assert [(one.shift, one.unfit) for one in found] == [(1, True), (2, True), (3, True)]
