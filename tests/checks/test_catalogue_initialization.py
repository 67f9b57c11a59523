"""The hidden checks of ``initialization`` against their catalogue: right answers pass, mistakes cost.

The notebook's own functions answer in this process: what stands here is the course's own code.
"""

import re
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import solutions_module
from autograder.grading import expect
from autograder.grading.catalogue import Alternative, Misconception, load_alternatives, load_misconceptions
from autograder.grading.reference import Reference
from autograder.grading.suite import Suite, Verdict
from autograder.notebooks import Kind, marked

PROJECT = Path(__file__).parents[2]
CHECKS = PROJECT / "autograder" / "checks" / "initialization"
SOURCE = nbformat.read(PROJECT / "source" / "initialization" / "initialization.ipynb", as_version=4)
REFERENCE = solutions_module(SOURCE, "initialization")
CELLS = {mark.name: cell.source for mark, cell in marked(SOURCE.cells) if mark.kind is Kind.GRADED}
VISIBLE = {mark.name: cell.source for mark, cell in marked(SOURCE.cells) if mark.kind is Kind.CHECK}
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)

RECORDER = """
_solved, _shown = {function}, []
def {function}(*args, **kwargs):
    _shown.append(_solved(*args, **kwargs))
    return _shown[-1]
"""
REPEATER = """
def {function}(*args, **kwargs):
    return _shown[{number}]
"""

ALTERNATIVES = load_alternatives(CHECKS)
MISCONCEPTIONS = load_misconceptions(CHECKS)
EVERY_ALTERNATIVE = pytest.mark.parametrize("right", ALTERNATIVES, ids=lambda one: f"{one.function}: {one.name}")
EVERY_MISCONCEPTION = pytest.mark.parametrize("mistake", MISCONCEPTIONS, ids=lambda one: one.name)

Verdicts = Mapping[str, Verdict]
Graded = Callable[..., Verdicts]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mistakes divide by zero


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """The check items, with the reference built from the source notebook as it is now."""
    root = tmp_path_factory.mktemp("course")
    (root / "solutions").mkdir()
    (root / "solutions" / "initialization.py").write_text(REFERENCE)
    return Suite(CHECKS, root)


@pytest.fixture(scope="module")
def graded(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Run the items, of all functions or of one, with some graded cells replaced; verdicts by the items' ids."""
    folder, numbers = tmp_path_factory.mktemp("answers"), count()

    def run(cells: Mapping[str, str], function: str = "") -> Verdicts:
        module = folder / f"answer{next(numbers)}.py"
        module.write_text("\n\n".join((REFERENCE, *cells.values())))  # what is defined last holds
        answers = Reference(module)
        chosen = (item for item in suite.items if function in ("", item.function))
        return {item.id: suite.run(item, answers) for item in chosen}

    return run


@pytest.fixture(scope="module")
def scores(suite: Suite) -> Callable[[Verdicts], dict[str, float]]:
    """Points of each function."""

    def of(verdicts: Verdicts) -> dict[str, float]:
        earned = dict.fromkeys(CELLS, 0.0)
        for item in suite.items:
            earned[item.function] += item.points if verdicts[item.id].passed else 0
        return earned

    return of


def answer(mistake: str) -> dict[str, str]:
    """The graded cell with a mistake of the catalogue, by its function."""
    one = next(one for one in MISCONCEPTIONS if one.name == mistake)
    return {one.function: one.apply(CELLS[one.function])}


def alternative(function: str, name: str) -> dict[str, str]:
    """The graded cell of an alternative, by its function."""
    return {function: next(one.source for one in ALTERNATIVES if (one.function, one.name) == (function, name))}


def failures(verdicts: Verdicts) -> dict[str, str]:
    """Messages of the items that failed, by the items' ids."""
    return {item: verdict.message for item, verdict in verdicts.items() if not verdict.passed}


def test_every_function_is_worth_ten_points_in_four_to_eight_items(suite: Suite) -> None:
    assert dict(suite.points) == dict.fromkeys(CELLS, 10.0)
    for function in CELLS:
        assert 4 <= sum(item.function == function for item in suite.items) <= 8


def test_every_item_has_a_line_of_its_own(suite: Suite) -> None:
    lines = [(item.function, item.line) for item in suite.items]
    assert len(set(lines)) == len(lines)


def test_the_reference_passes(graded: Graded) -> None:
    assert failures(graded({})) == {}


def test_items_do_not_depend_on_their_order(suite: Suite, graded: Graded) -> None:
    """Every item starts from a seed of its own."""
    assert all(suite.run(item, suite._folder.reference).passed for item in reversed(suite.items))


@EVERY_ALTERNATIVE
def test_an_alternative_gets_full_marks(right: Alternative, graded: Graded) -> None:
    assert failures(graded({right.function: right.source})) == {}


@EVERY_MISCONCEPTION
def test_a_misconception_costs_its_function_and_no_other(
    mistake: Misconception, graded: Graded, scores: Callable[[Verdicts], dict[str, float]]
) -> None:
    earned = scores(graded(answer(mistake.name)))
    assert earned.pop(mistake.function) < 10
    assert set(earned.values()) == {10.0}


def test_every_function_has_four_alternatives_and_six_misconceptions() -> None:
    for function in CELLS:
        assert sum(one.function == function for one in ALTERNATIVES) >= 4
        assert sum(one.function == function for one in MISCONCEPTIONS) >= 6


@EVERY_MISCONCEPTION
def test_a_failed_item_says_what_was_seen_and_no_expected_number(mistake: Misconception, graded: Graded) -> None:
    """Messages hold shapes and counts, which are whole."""
    for message in failures(graded(answer(mistake.name), mistake.function)).values():
        assert message
        assert not re.search(r"\d\.\d|\de-\d", message)


@EVERY_MISCONCEPTION
def test_a_hint_does_not_give_the_line(mistake: Misconception) -> None:
    (solution,) = SOLUTION.findall(CELLS[mistake.function])
    expressions = {part.strip() for line in solution.splitlines() for part in line.split("=", 1)}
    assert not [part for part in expressions if len(part) > 5 and part in mistake.hint]


def test_stubs_earn_nothing(graded: Graded, scores: Callable[[Verdicts], dict[str, float]]) -> None:
    stubs = {name: SOLUTION.sub("raise NotImplementedError", cell) for name, cell in CELLS.items()}
    assert scores(graded(stubs)) == dict.fromkeys(CELLS, 0.0)


@pytest.mark.parametrize("value", ["None", "{}", "({}, {})", "[]", "0.0", "'W1'", "dict(W1=0, b1=0)"])
def test_an_answer_without_content_earns_nothing(
    value: str, graded: Graded, scores: Callable[[Verdicts], dict[str, float]]
) -> None:
    empty = {name: f"# GRADED FUNCTION: {name}\ndef {name}(*args):\n    return {value}" for name in CELLS}
    assert scores(graded(empty)) == dict.fromkeys(CELLS, 0.0)


@pytest.mark.parametrize("function", CELLS)
def test_no_item_is_passed_by_an_answer_of_the_visible_cells(function: str, graded: Graded) -> None:
    """Whatever the example and the visible check get to see, returned whatever the arguments are."""
    example = SOURCE.cells[[cell.source for cell in SOURCE.cells].index(VISIBLE[function]) - 2].source
    shown = visible_answers(function, example)
    assert len(shown) >= 2
    for number in range(len(shown)):
        recorded = "\n".join((CELLS[function], RECORDER.format(function=function), example, VISIBLE[function],
                               REPEATER.format(function=function, number=number)))  # fmt: skip
        assert not any(verdict.passed for verdict in graded({function: recorded}, function).values()), number


def visible_answers(function: str, example: str) -> list[object]:
    """What the reference returns to the visible cells of a function."""
    shown: list[object] = []
    namespace: dict[str, object] = {"print": lambda *_: None}
    exec(REFERENCE, namespace)
    solved = namespace[function]
    assert callable(solved)

    def showing(*args: object, **kwargs: object) -> object:
        shown.append(solved(*args, **kwargs))
        return shown[-1]

    namespace[function] = showing
    exec(f"{example}\n{VISIBLE[function]}", namespace)
    return shown


def test_a_mistake_in_an_earlier_function_is_paid_for_once(
    graded: Graded, scores: Callable[[Verdicts], dict[str, float]]
) -> None:
    """Biases from a start that lacks the last ones, He's weights from a large start that is transposed."""
    cells = {
        **answer("zeros-layers-from-zero"),
        **answer("random-shape-transposed"),
        **alternative("initialize_parameters_he", "the large start made smaller"),
    }
    earned = scores(graded(cells))
    assert [name for name, score in earned.items() if score == 10] == ["initialize_parameters_he"]
    cells |= alternative("initialize_parameters_random", "the start at zero, filled in place")
    assert failures(graded(cells, "initialize_parameters_random")) == {}


def test_an_answer_may_rely_on_its_own_earlier_function(graded: Graded) -> None:
    """The notebook's own start may hold more than the reference's does."""
    cells = {
        "initialize_parameters_zeros": CELLS["initialize_parameters_zeros"].replace(
            "return parameters", 'return parameters | {"L": L}'
        ),
        "initialize_parameters_he": """# GRADED FUNCTION: initialize_parameters_he
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    start = initialize_parameters_zeros(layers_dims)
    for l in range(1, start["L"] + 1):
        start[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * (2 / layers_dims[l - 1]) ** 0.5
    return start
""",
    }
    assert failures(graded(cells)) == {}


def test_a_wrong_factor_leaves_the_points_for_names_shapes_draws_and_biases(
    graded: Graded, scores: Callable[[Verdicts], dict[str, float]]
) -> None:
    """Partly right earns part."""
    for mistake in ("random-ten-left-out", "he-xavier", "he-root-left-out"):
        (function,) = answer(mistake)
        assert 3 <= scores(graded(answer(mistake)))[function] <= 5


def test_a_missing_seed_leaves_the_points_for_the_size(
    graded: Graded, scores: Callable[[Verdicts], dict[str, float]]
) -> None:
    for mistake in ("random-other-seed", "he-other-seed"):
        (function,) = answer(mistake)
        assert 3 <= scores(graded(answer(mistake)))[function] <= 5


@EVERY_ALTERNATIVE
def test_a_right_answer_passes_at_a_hundredth_of_the_tolerance(
    right: Alternative, graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expect, "RTOL", expect.RTOL / 100)
    monkeypatch.setattr(expect, "ATOL", expect.ATOL / 100)
    assert failures(graded({right.function: right.source}, right.function)) == {}


@EVERY_MISCONCEPTION
def test_a_mistake_fails_the_same_items_at_a_hundred_times_and_a_hundredth_of_the_tolerance(
    mistake: Misconception, graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = set(failures(graded(answer(mistake.name), mistake.function)))
    rtol, atol = expect.RTOL, expect.ATOL
    for factor in (100, 0.01):
        monkeypatch.setattr(expect, "RTOL", factor * rtol)
        monkeypatch.setattr(expect, "ATOL", factor * atol)
        assert set(failures(graded(answer(mistake.name), mistake.function))) == failed
