"""The hidden checks of ``gradient_checking`` against their catalogue: right answers pass, mistakes cost.

The notebook's own functions answer in this process: what stands here is the course's own code.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import solutions_module
from autograder.errors import CourseError
from autograder.grading import expect
from autograder.grading.catalogue import Alternative, Misconception, load_alternatives, load_misconceptions
from autograder.grading.reference import Reference
from autograder.grading.suite import Suite, Verdict
from autograder.notebooks import Kind, marked

PROJECT = Path(__file__).parents[2]
CHECKS = PROJECT / "autograder" / "checks" / "gradient_checking"
SOURCE = nbformat.read(PROJECT / "source" / "gradient_checking" / "gradient_checking.ipynb", as_version=4)
REFERENCE = solutions_module(SOURCE, "gradient_checking")
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

# What a message may say in numbers: the item's own arguments, the threshold of the text, and what was seen.
TOLD = re.compile(r"x = \S+, theta = \S+|steps? of \S+|(is|are) \S+ times|of about \S+|below \S+e-07|is \S+, which")

Verdicts = Mapping[str, Verdict]
Graded = Callable[..., Verdicts]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mistakes divide by zero


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """The check items, with the reference built from the source notebook as it is now."""
    root = tmp_path_factory.mktemp("course")
    (root / "solutions").mkdir()
    (root / "solutions" / "gradient_checking.py").write_text(REFERENCE)
    return Suite(CHECKS, root)


@pytest.fixture(scope="module")
def graded(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Run items, all or of one function or just one, with some graded cells replaced; verdicts by id."""
    folder, numbers = tmp_path_factory.mktemp("answers"), count()

    def run(cells: Mapping[str, str], function: str = "", item: str = "") -> Verdicts:
        module = folder / f"answer{next(numbers)}.py"
        module.write_text("\n\n".join((REFERENCE, *cells.values())))  # what is defined last holds
        answers = Reference(module)
        chosen = (one for one in suite.items if function in ("", one.function) and item in ("", one.id))
        return {one.id: suite.run(one, answers) for one in chosen}

    return run


@pytest.fixture(scope="module")
def mistaken(graded: Graded) -> Callable[[Misconception], Verdicts]:
    """Verdicts on the notebook with one mistake of the catalogue; one run serves all tests about it."""
    return cache(lambda mistake: graded(answer(mistake.name)))


@pytest.fixture
def tolerating(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Multiply every tolerance of the checks by a factor."""
    close = suite.items[0].node.function.__globals__
    usual = expect.RTOL, expect.ATOL, close["CLOSE"]

    def by(factor: float) -> None:
        monkeypatch.setattr(expect, "RTOL", factor * usual[0])
        monkeypatch.setattr(expect, "ATOL", factor * usual[1])
        monkeypatch.setitem(close, "CLOSE", factor * usual[2])

    return by


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
    mistake: Misconception,
    mistaken: Callable[[Misconception], Verdicts],
    scores: Callable[[Verdicts], dict[str, float]],
) -> None:
    earned = scores(mistaken(mistake))
    assert earned.pop(mistake.function) < 10
    assert set(earned.values()) == {10.0}


def test_every_function_has_four_alternatives_and_six_misconceptions() -> None:
    for function in CELLS:
        assert sum(one.function == function for one in ALTERNATIVES) >= 4
        of_one_line = function in ("forward_propagation", "backward_propagation")
        assert sum(one.function == function for one in MISCONCEPTIONS) >= (4 if of_one_line else 6)


@EVERY_MISCONCEPTION
def test_a_failed_item_says_what_was_seen_and_no_expected_number(
    mistake: Misconception, mistaken: Callable[[Misconception], Verdicts]
) -> None:
    """Messages hold shapes and counts, which are whole, and the arguments that the item itself chose."""
    for message in failures(mistaken(mistake)).values():
        assert message
        assert not re.search(r"\d\.\d|\de-\d", TOLD.sub("", message))


@EVERY_MISCONCEPTION
def test_a_hint_does_not_give_the_line(mistake: Misconception) -> None:
    (solution,) = SOLUTION.findall(CELLS[mistake.function])
    expressions = {part.strip() for line in solution.splitlines() for part in line.split("=", 1)}
    assert not [part for part in expressions if not part.isidentifier() and len(part) > 5 and part in mistake.hint]


def test_stubs_earn_nothing(graded: Graded, scores: Callable[[Verdicts], dict[str, float]]) -> None:
    stubs = {name: SOLUTION.sub("raise NotImplementedError", cell) for name, cell in CELLS.items()}
    assert scores(graded(stubs)) == dict.fromkeys(CELLS, 0.0)


@pytest.mark.parametrize("value", ["None", "{}", "({}, {})", "({}, {}, {})", "[]", "0.0", "(None, None)", "'W1'"])
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
    """The check is right where the functions that it calls are wrong."""
    earned = scores(graded({**answer("cost-squares-theta"), **answer("slope-is-theta")}))
    assert {name for name, score in earned.items() if score < 10} == {
        "forward_propagation",
        "backward_propagation",
    }


def test_the_draft_as_it_was_handed_out_earns_little(
    graded: Graded, scores: Callable[[Verdicts], dict[str, float]]
) -> None:
    """What is right in it without the learner's doing is worth less than either mended mistake."""
    assert scores(graded(answer("mend-draft-unchanged")))["backward_propagation_n"] == 3
    for half in ("mend-weight-mistake-left", "mend-bias-mistake-left"):
        assert scores(graded(answer(half)))["backward_propagation_n"] == 5.5


@EVERY_ALTERNATIVE
def test_a_right_answer_passes_at_a_hundredth_of_the_tolerance(
    right: Alternative, graded: Graded, tolerating: Callable[[float], None]
) -> None:
    tolerating(0.01)
    assert failures(graded({right.function: right.source}, right.function)) == {}


@EVERY_MISCONCEPTION
def test_a_mistake_still_costs_at_a_hundred_times_the_tolerance(
    mistake: Misconception,
    graded: Graded,
    mistaken: Callable[[Misconception], Verdicts],
    tolerating: Callable[[float], None],
) -> None:
    """Tried with the item that it fails first."""
    failed = next(iter(failures(mistaken(mistake))))
    tolerating(100)
    assert failures(graded(answer(mistake.name), item=failed))


def test_an_edit_that_no_longer_fits_names_its_file_and_misconception() -> None:
    with pytest.raises(CourseError, match=r"misconceptions\.py, cost-is-a-sum: .*occurs 0 times"):
        MISCONCEPTIONS[0].apply("# GRADED FUNCTION: f\n")
