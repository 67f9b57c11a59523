"""The hidden checks of every assignment against its catalogue: right answers pass, mistakes cost, each its own.

The release gate puts the same answers to the grading engine, with mutants and fresh inputs; here they are
tried fast, in this process.
"""

import re
from collections.abc import Callable

import pytest
from answering import NAMES, Assignment, Grader, read

from autograder.course import Course
from autograder.errors import CourseError
from autograder.gate.gate import recorded
from autograder.grading.catalogue import Alternative, Misconception

Graders = Callable[[str], Grader]

EVERY_ASSIGNMENT = pytest.mark.parametrize("name", NAMES)
EVERY_FUNCTION = pytest.mark.parametrize(
    ("name", "function"),
    [pytest.param(name, function, id=f"{name}: {function}") for name in NAMES for function in read(name).cells],
)
EVERY_ALTERNATIVE = pytest.mark.parametrize(
    ("name", "right"),
    [
        pytest.param(name, one, id=f"{name}: {one.function}: {one.name}")
        for name in NAMES
        for one in read(name).alternatives
    ],
)
EVERY_MISCONCEPTION = pytest.mark.parametrize(
    ("name", "mistake"),
    [pytest.param(name, one, id=f"{name}: {one.name}") for name in NAMES for one in read(name).misconceptions],
)

EMPTY = ("None", "{}", "({}, {})", "({}, {}, {})", "[]", "0.0", "(None, None)", "'W1'", "dict(W1=0, b1=0)")

# What a message may say in numbers besides shapes and counts, which are whole.
TOLD = {
    "initialization": "(?!)",
    "regularization": r"is -?\d\S*, which is too (large|small)",  # what was seen
    # The item's own arguments, the threshold of the text, and what was seen.
    "gradient_checking": r"x = \S+, theta = \S+|steps? of \S+|(is|are) \S+ times|of about \S+|below \S+e-07"
    r"|is \S+, which",
    "optimization": r"the rate 0\.004",
}
# Ordinary words for which a solution has a name of its own.
WORDS = {"approximation", "difference", "distance", "gradient"}

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

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mistakes divide by zero


@EVERY_ASSIGNMENT
def test_the_gate_is_open_for_what_stands_in_the_course(name: str, project: Course) -> None:
    """What the gate said last was said of these very files: ``autograder gate`` says it again."""
    report = recorded(project, name)
    assert report is not None
    assert report.faults == ()


@EVERY_ASSIGNMENT
def test_every_function_is_worth_ten_points_in_four_to_eight_items(name: str, grader: Graders) -> None:
    suite, functions = grader(name).suite, read(name).cells
    assert dict(suite.points) == dict.fromkeys(functions, 10.0)
    for function in functions:
        assert 4 <= len(suite.about(function).items) <= 8


@EVERY_ASSIGNMENT
def test_every_item_has_a_line_of_its_own(name: str, grader: Graders) -> None:
    lines = [(item.function, item.line) for item in grader(name).suite.items]
    assert len(set(lines)) == len(lines)


@EVERY_ASSIGNMENT
def test_the_reference_passes(name: str, grader: Graders) -> None:
    assert grader(name).try_({}).failures == {}


@EVERY_FUNCTION
def test_a_function_has_four_alternatives_and_six_misconceptions(name: str, function: str) -> None:
    """Four misconceptions where there is but one line to get wrong before the return."""
    one = read(name)
    several = len(one.solution(function)) > 2
    assert sum(right.function == function for right in one.alternatives) >= 4
    assert sum(wrong.function == function for wrong in one.misconceptions) >= (6 if several else 4)


@EVERY_ALTERNATIVE
def test_an_alternative_gets_full_marks_with_a_hundredth_of_the_tolerance(
    name: str, right: Alternative, grader: Graders
) -> None:
    trial = grader(name).try_({right.function: right.source})
    assert trial.failures == {}
    assert max(trial.errors.values()) <= 0.01


@EVERY_ALTERNATIVE
def test_an_alternative_passes_the_visible_check(name: str, right: Alternative) -> None:
    one = read(name)
    namespace: dict[str, object] = {"print": lambda *_: None}
    exec(f"{one.reference}\n\n{right.source}\n\n{one.visible[right.function]}", namespace)


@EVERY_MISCONCEPTION
def test_a_misconception_costs_its_function_and_no_other(name: str, mistake: Misconception, grader: Graders) -> None:
    assert grader(name).mistaken(mistake.name).spoiled == {mistake.function}


@EVERY_MISCONCEPTION
def test_a_mistake_fails_the_same_items_with_a_hundred_times_and_a_hundredth_of_the_tolerance(
    name: str, mistake: Misconception, grader: Graders
) -> None:
    """An error of a compared number that lies between would be a matter of luck.

    The checks of a gradient check have a wider tolerance of their own: there some item of the function has to be
    sure, which test_gradient_checking_items.py tries as well.
    """
    errors = grader(name).mistaken(mistake.name).errors
    between = {item: error for item, error in errors.items() if 0.01 < error <= 100}
    if mistake.function in ("gradient_check", "gradient_check_n"):
        assert not between or max(errors.values()) > 100
    else:
        assert between == {}


@EVERY_MISCONCEPTION
def test_a_failed_item_says_what_was_seen_and_no_expected_number(
    name: str, mistake: Misconception, grader: Graders
) -> None:
    for message in grader(name).mistaken(mistake.name).failures.values():
        assert message
        assert not re.search(r"\d\.\d|\de-\d", re.sub(TOLD[name], "", message))


@EVERY_MISCONCEPTION
def test_a_hint_does_not_give_the_line(name: str, mistake: Misconception) -> None:
    solution = read(name).solution(mistake.function)
    expressions = {part.strip() for line in solution for part in line.split("=", 1)} - WORDS
    assert not [part for part in expressions if len(part) > 5 and part in mistake.hint]


@EVERY_ASSIGNMENT
def test_stubs_earn_nothing(name: str, grader: Graders) -> None:
    one = read(name)
    stubs = {function: one.stub(function) for function in one.cells}
    assert set(grader(name).try_(stubs).scores.values()) == {0.0}


@EVERY_ASSIGNMENT
@pytest.mark.parametrize("value", EMPTY)
def test_an_answer_without_content_earns_nothing(name: str, value: str, grader: Graders) -> None:
    empty = {function: f"def {function}(*args):\n    return {value}" for function in read(name).cells}
    assert set(grader(name).try_(empty).scores.values()) == {0.0}


@EVERY_FUNCTION
def test_no_item_is_passed_by_an_answer_of_the_visible_cells(name: str, function: str, grader: Graders) -> None:
    """Whatever the example and the visible check get to see, returned whatever the arguments are."""
    one = read(name)
    shown = visible_answers(one, function)
    assert len(shown) >= 2
    for number in range(len(shown)):
        recorded = "\n".join((one.cells[function], RECORDER.format(function=function), one.examples[function],
                              one.visible[function], REPEATER.format(function=function, number=number)))  # fmt: skip
        assert grader(name).try_({function: recorded}, function).scores == {function: 0.0}, number


def visible_answers(one: Assignment, function: str) -> list[object]:
    """What the reference returns to the visible cells of a function."""
    namespace: dict[str, object] = {"print": lambda *_: None}
    cells = (one.reference, RECORDER.format(function=function), one.examples[function], one.visible[function])
    exec("\n".join(cells), namespace)
    shown = namespace["_shown"]
    assert isinstance(shown, list)
    return shown


@pytest.mark.parametrize(
    ("name", "mistakes", "relying"),
    [
        pytest.param(
            "initialization",
            ("zeros-layers-from-zero", "random-shape-transposed"),
            (("initialize_parameters_he", "the large start made smaller"),),
            id="He's weights from a large start that is transposed",
        ),
        pytest.param(
            "initialization",
            ("zeros-layers-from-zero",),
            (
                ("initialize_parameters_random", "the start at zero, filled in place"),
                ("initialize_parameters_he", "the large start made smaller"),
            ),
            id="both later starts from one that lacks the last biases",
        ),
        pytest.param(
            "regularization",
            ("l2-penalty-sign", "backward-scale-missing-in-first-layer"),
            (),
            id="two wrong backward passes and right forward ones",
        ),
        pytest.param(
            "gradient_checking",
            ("cost-squares-theta", "slope-is-theta"),
            (),
            id="a right check of wrong functions",
        ),
        pytest.param(
            "optimization",
            ("gd-plus-for-minus", "velocity-starts-at-one"),
            (
                ("update_parameters_with_momentum", "a gradient step along the velocity"),
                ("initialize_adam", "the velocity's function twice"),
                ("update_parameters_with_adam", "by way of both earlier steps"),
            ),
            id="momentum and Adam by a step that goes uphill, Adam's zeros by ones",
        ),
    ],
)
def test_a_mistake_in_an_earlier_function_is_paid_for_once(
    name: str, mistakes: tuple[str, ...], relying: tuple[tuple[str, str], ...], grader: Graders
) -> None:
    one = read(name)
    wrong = {function: cell for mistake in mistakes for function, cell in one.mistaken(mistake).items()}
    right = {function: cell for pair in relying for function, cell in one.written(*pair).items()}
    assert grader(name).try_(wrong | right).spoiled == set(wrong)


@EVERY_ASSIGNMENT
def test_an_edit_that_no_longer_fits_names_its_file_line_and_misconception(name: str) -> None:
    mistake = read(name).misconceptions[0]
    with pytest.raises(CourseError, match=rf"{name}/misconceptions\.py:\d+, {mistake.name}: .*occurs 0 times"):
        mistake.apply("# GRADED FUNCTION: f\n")
