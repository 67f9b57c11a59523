"""Comparisons for authors of checks: what passes, and what a student reads where one fails."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.grading import expect
from autograder.grading.faults import StudentFault, TimedOut

RIGHT = np.array([[1.5, -2.25, 0.75], [4.125, 0.5, -3.625]])
START = np.array([[1.0, -1.0, 0.25], [2.0, 3.0, -4.0]])


class Opaque:
    """As the sandbox's marker of a value that could not be carried."""

    type_name = "Tensor"


def message_of(seen: Any, expected: Any = RIGHT, **options: Any) -> str:
    """The message with which an array's comparison fails."""
    with pytest.raises(AssertionError) as caught:
        expect.array(seen, expected, "W1", **options)
    return str(caught.value)


def messages_of(seen: Any, expected: Any, **options: Any) -> str:
    """The message with which a dictionary's comparison fails."""
    with pytest.raises(AssertionError) as caught:
        expect.arrays(seen, expected, "the result", **options)
    return str(caught.value)


# Any value at all

DTYPES = st.one_of(
    hnp.scalar_dtypes(), hnp.unicode_string_dtypes(), hnp.byte_string_dtypes(), st.just(np.dtype(object))
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4), elements=None)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.builds(object),
    st.just(Opaque()),
    st.just(np.longdouble("1e4000")),
    st.just(float),
    st.just(NotImplemented),
)
KEYS = st.one_of(st.sampled_from(["W1", "b1", "dW1"]), st.text(max_size=3), st.integers(), st.none())
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=8,
)
COMPARISONS = (
    lambda seen: expect.array(seen, RIGHT, "W1", start=START),
    lambda seen: expect.array(seen, np.zeros((0, 2)), "W1"),
    lambda seen: expect.arrays(seen, {"W1": RIGHT, "b1": np.ones((2, 1))}, "the result", start={"W1": START}),
    lambda seen: expect.number(seen, 2.5, "the cost"),
    lambda seen: expect.returned(seen, "parameters", "v"),
    lambda seen: expect.listing(seen, "the result"),
    lambda seen: expect.dictionary(seen, ["W1"], "v"),
    lambda seen: expect.numeric(seen, "X", (2, 3)),
)


@pytest.mark.parametrize("comparison", COMPARISONS, ids=range(len(COMPARISONS)))
@given(seen=VALUES)
@settings(max_examples=60, deadline=None)
def test_whatever_the_value_a_comparison_passes_or_fails_with_a_message(comparison: Any, seen: Any) -> None:
    try:
        comparison(seen)
    except AssertionError as error:
        assert str(error).strip()
        assert "\n" not in str(error)


@pytest.mark.parametrize("comparison", COMPARISONS, ids=range(len(COMPARISONS)))
@pytest.mark.parametrize("seen", [-(10**5000), {10**5000: RIGHT}, (10**5000, {}), {"W1": 10**5000}], ids=range(4))
def test_integers_too_long_to_be_printed_fail_with_a_message(comparison: Any, seen: Any) -> None:
    try:
        comparison(seen)
    except AssertionError as error:
        assert str(error).strip()


FINITE = hnp.arrays(
    np.float64,
    hnp.array_shapes(max_dims=3, max_side=4),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


@given(FINITE)
def test_equal_arrays_pass(right: np.ndarray) -> None:
    expect.array(right.copy(), right, "W1")
    expect.arrays({"more": None, "W1": right.copy()}, {"W1": right}, "the result")


@given(FINITE, st.integers(-3, 3))
def test_rounding_noise_passes(right: np.ndarray, noise: int) -> None:
    expect.array(right * (1 + noise * 1e-14), right, "W1")


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e3, 1e3)), st.randoms(use_true_random=False))
def test_one_entry_moved_by_a_millionth_of_the_largest_fails(right: np.ndarray, random: Any) -> None:
    seen = right.copy()
    seen.flat[random.randrange(12)] += 1e-6 * max(1.0, float(np.abs(right).max()))
    with pytest.raises(AssertionError):
        expect.array(seen, right, "W1")


@given(FINITE, FINITE)
def test_what_is_said_of_a_random_array_holds_for_every_entry(seen: np.ndarray, right: np.ndarray) -> None:
    """Two arrays with nothing to do with each other are seldom explained, and then truly."""
    if seen.shape != right.shape:
        return
    try:
        expect.array(seen, right, "W1")
    except AssertionError as error:
        if "sign is turned" in str(error):
            np.testing.assert_allclose(seen, -right, rtol=1e-6, atol=1e-8 * np.abs(right).max())
        if "every value is zero" in str(error):
            assert not seen.any()


# Rulings


@pytest.mark.parametrize("dtype", [bool, int, np.uint8, np.float32, np.float64])
def test_truth_values_and_integers_are_as_good_as_floats(dtype: type) -> None:
    mask = np.array([[1, 0, 1], [0, 0, 1]])
    expect.array(mask.astype(dtype), mask.astype(float), "D1")


def test_lists_are_as_good_as_tuples() -> None:
    assert expect.returned([1, 2], "v", "s") == expect.returned((1, 2), "v", "s") == (1, 2)
    assert expect.listing((1, 2), "the batches") == [1, 2]


def test_extra_keys_and_the_order_of_keys_do_not_count() -> None:
    seen = {"b1": np.zeros((1, 1)), "note": "mine", "W1": RIGHT}
    expect.arrays(seen, {"W1": RIGHT, "b1": np.zeros((1, 1))}, "the result")


@pytest.mark.parametrize("seen", [2.5, np.float32(2.5), np.array(2.5), np.array([[2.5]])])
def test_a_number_may_come_in_any_size_one_form(seen: Any) -> None:
    expect.number(seen, 2.5, "the cost")


def test_a_column_is_not_a_flat_array() -> None:
    assert message_of(np.zeros(2), np.zeros((2, 1))) == (
        "W1: the shape is (2,), with one dimension; it should be (2, 1), with 2."
    )


def test_a_list_of_numbers_is_no_array() -> None:
    assert message_of(RIGHT.tolist()) == "W1: it should be a numpy array; it is a list."


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (None, "The function returned nothing (None); it should return 2 values, v and s."),
        ((1,), "The function returned one value; it should return 2 values, v and s."),
        ((1, 2, 3), "The function returned 3 values; it should return 2 values, v and s."),
        ({}, "The function returned a dictionary; it should return 2 values, v and s."),
    ],
)
def test_another_number_of_returned_values_is_wrong(seen: Any, said: str) -> None:
    with pytest.raises(AssertionError) as caught:
        expect.returned(seen, "v", "s")
    assert str(caught.value) == said


# What is said of an array


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (RIGHT.T, "the shape is (3, 2), the transpose of (2, 3)"),
        (RIGHT[:, :2], "the shape is (2, 2); it should be (2, 3)"),
        (RIGHT * np.nan, "every value is NaN (not a number)"),
        (np.where(RIGHT > 4, np.inf, RIGHT), "1 of 6 values is infinite"),
        (RIGHT * 0, "every value is zero"),
        (-RIGHT, "the sign is turned"),
        (2 * RIGHT, "off by a constant factor: twice too large"),
        (RIGHT / 2, "off by a constant factor: half of what it should be"),
        (RIGHT * 10, "off by a constant factor: about 10 times too large"),
        (RIGHT * 0.1, "off by a constant factor: about 10 times too small"),
        (RIGHT * 3.7, "off by a constant factor"),
        (RIGHT * -3.7, "off by a constant factor and turned in sign"),
        (RIGHT + 0.3, "every value is off by the same amount"),
        (RIGHT[::-1], "the rows are in another order"),
        (RIGHT[:, [2, 0, 1]], "the columns are in another order"),
        (np.trunc(RIGHT), "the values are cut off to whole numbers"),
        (np.round(RIGHT, 1), "the values are rounded (decimals: 1)"),
        (RIGHT * 1.0001 + 0.0001 * RIGHT**2, "the values are close, but not right"),
        (np.add(RIGHT, [[0, 0, 0], [1, 5, 2]]), "only row 1 (counted from 0) is wrong"),
        (np.add(RIGHT, [[0, 1, 0], [0, 7, 0]]), "only column 1 (counted from 0) is wrong"),
        (np.add(RIGHT, [[1, 0, 0], [0, 7, 0]]), "2 of 6 values are wrong"),
        (RIGHT**2 + 5 * RIGHT + 3, "the values are wrong"),
        (RIGHT.astype(complex), "it should hold real numbers; it is an array of shape (2, 3) and type complex128"),
        (Opaque(), "it should be a numpy array; it is an object of type Tensor"),
    ],
)
def test_a_mistake_is_named(seen: Any, said: str) -> None:
    assert message_of(seen) == f"W1: {said}."


def test_lost_precision_is_named() -> None:
    thirds = RIGHT / 3
    assert message_of(thirds.astype(np.float32), thirds) == "W1: the values have single precision only (float32)."


def test_transposed_values_in_a_square_are_named() -> None:
    square = np.array([[1.5, 2.5], [4.0, 7.0]])
    assert message_of(square.T, square) == "W1: the values are transposed."


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (START, "nothing has changed"),
        (2 * START - RIGHT, "the change goes the wrong way"),
        (START + 10 * (RIGHT - START), "the change is off by a constant factor: about 10 times too large"),
        (RIGHT - START, "this is the change alone, without what it starts from"),
        (START - RIGHT, "this is the change alone, without what it starts from"),
        (
            START + (RIGHT - START) * [[2, 3, 4], [5, 6, 7]],
            "the change has the right sign, but is too large everywhere",
        ),
        (
            START + (RIGHT - START) / [[2, 3, 4], [5, 6, 7]],
            "the change has the right sign, but is too small everywhere",
        ),
    ],
)
def test_a_mistake_of_a_step_is_named(seen: Any, said: str) -> None:
    assert message_of(seen, start=START) == f"W1: {said}."


@pytest.mark.parametrize("seen", [-2.5, 5.0, 25.0, 3.5])
def test_of_a_single_value_nothing_is_said_from_which_the_right_one_follows(seen: float) -> None:
    one = np.array([[2.5]])
    assert message_of(np.array([[seen]]), one, start=np.array([[1.0]])) == "W1: the values are wrong."


@given(hnp.arrays(np.float64, (2, 2), elements=st.sampled_from([-2.0, 0.0, 2.0])))
def test_of_entries_of_one_size_nothing_is_said_that_might_be_chance(right: np.ndarray) -> None:
    """A turned sign, another order and an offset look alike there."""
    if right.any():
        said = message_of(-right + 0.0, right)
        assert "wrong" in said


# What is said of a dictionary


def test_missing_keys_are_listed_with_those_found() -> None:
    said = messages_of({"W1": RIGHT}, {"W1": RIGHT, "b1": RIGHT, "W2": RIGHT})
    assert said == "Missing in the result: b1 and W2; found: W1."


def test_it_is_said_which_arrays_are_wrong_and_that_others_are_right() -> None:
    right = {"W1": RIGHT, "b1": START, "W2": RIGHT + 1}
    assert messages_of({**right, "W1": -RIGHT}, right) == (
        "In the result, W1: the sign is turned (right: the other 2)."
    )


def test_what_all_wrong_arrays_share_is_said_once() -> None:
    right = {"W1": RIGHT, "b1": np.array([[3.5]]), "W2": START}
    seen = {name: -value for name, value in right.items()}
    assert messages_of(seen, right) == "In the result, all 3 arrays: the sign is turned."


def test_of_many_problems_two_are_told() -> None:
    right = {"W1": RIGHT, "W2": RIGHT, "W3": RIGHT, "W4": RIGHT}
    seen = {"W1": -RIGHT, "W2": RIGHT * 2, "W3": RIGHT * 0, "W4": RIGHT + 1}
    assert messages_of(seen, right) == (
        "In the result, W1: the sign is turned; W2: off by a constant factor: twice too large; wrong as well: 2 more."
    )


def test_no_dictionary_is_told_what_it_is() -> None:
    assert messages_of((1, 2), {"W1": RIGHT}) == "The result should be a dictionary; it is a tuple."


# Numbers


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (3.25, "The cost is 3.25, which is too large."),
        (np.array([[-1.0]]), "The cost is -1, which is too small."),
        (np.nan, "The cost is nan, not a finite number."),
        (np.zeros(3), "The cost should be one number; it is an array of shape (3,)."),
        ("2.5", "The cost should be a number; it is text."),
        (True, "The cost should be a number; it is a truth value."),
        (10**400, "The cost should be a number; it is an integer too large for a float."),
        (None, "The cost should be a number; it is None."),
    ],
)
def test_a_wrong_number_is_told_what_it_is_and_no_more(seen: Any, said: str) -> None:
    with pytest.raises(AssertionError) as caught:
        expect.number(seen, 2.5, "the cost")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("seen", "same"),
    [
        (({"a": np.ones(2)}, [1, 2]), True),
        (([("a", np.ones(2))], [1, 2]), False),
        (({"a": np.ones(2), "b": 1}, [1, 2]), False),
        (({"a": np.array([1.0, 2.0])}, [1, 2]), False),
        (({"a": np.ones(2)}, []), False),
        (({"a": None}, [1, 2]), False),
    ],
)
def test_an_argument_is_unchanged_or_it_is_named(seen: object, same: bool) -> None:
    with contextlib.nullcontext() if same else pytest.raises(AssertionError, match="changed the input"):
        expect.unchanged(seen, ({"a": np.ones(2)}, [1, 2]), "the input")


def _failing(error: Exception) -> Callable[..., object]:
    def fail() -> object:
        raise error

    return fail


@pytest.mark.parametrize(
    ("lent", "own", "raised"),
    [
        (AssertionError("lent"), None, None),
        (StudentFault("lent"), None, None),
        (AssertionError("lent"), AssertionError("own"), "lent"),  # whose fault is the function's alone
        (StudentFault("lent"), AssertionError("own"), "own"),  # which what is lent may not suit
        (TimedOut("lent"), None, "lent"),
    ],
)
def test_either_way_passes_where_one_does_and_else_says_what_tells_more(
    lent: Exception, own: Exception | None, raised: str | None
) -> None:
    with contextlib.nullcontext() if raised is None else pytest.raises(Exception, match=raised):
        expect.either_way(_failing(lent), _failing(own) if own else lambda: None, lambda function: function())
