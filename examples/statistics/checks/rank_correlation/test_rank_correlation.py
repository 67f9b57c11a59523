"""The hidden checks of ``rank_correlation``: three functions of four points each."""

import numpy as np
import pytest

from autograder.grading import expect


@pytest.mark.graded("ranks", points=1)
def test_ranks_in_order(student, draw):
    """Without equal entries the ranks count from 1, in the order of size."""
    for size in (1, 4, 9):
        right = draw.permutation(size) + 1.0
        expect.array(student.ranks(10 * right - 35), right, "the ranks")


@pytest.mark.graded("ranks", points=2)
def test_ranks_of_equal_entries(student, reference, draw):
    """Equal entries share the mean of the ranks that they take up."""
    expect.array(student.ranks(np.array([3.0, 1.0, 3.0, 3.0])), np.array([3.0, 1.0, 3.0, 3.0]), "the ranks")
    for size in (6, 15):
        x = draw.randint(0, 4, size) / 2
        expect.array(student.ranks(x), reference.ranks(x), "the ranks")


@pytest.mark.graded("ranks", points=1)
def test_ranks_leave_their_argument(student, draw):
    """The entries that are passed in stay where they were."""
    x = draw.randn(5)
    expect.that(student.ranks(x) is not None, "The function returned nothing.")
    expect.array(student.arguments[0], x, "the array after the call")


@pytest.mark.graded("rank_correlation", points=1)
def test_correlation_of_a_rise_and_a_fall(student, reference, draw):
    """What rises together, along any curve, has correlation 1; what falls has -1."""
    lent = student.replaced(ranks=reference.ranks)
    x = draw.randn(7)
    expect.number(lent.rank_correlation(x, np.exp(3 * x)), 1.0, "the correlation of a rise")
    expect.number(lent.rank_correlation(x, 5 - x**3), -1.0, "the correlation of a fall")


@pytest.mark.graded("rank_correlation", points=2)
def test_correlation_of_drawn_data(student, reference, draw):
    """It is right for data of any size, with equal entries too."""
    lent = student.replaced(ranks=reference.ranks)
    for size in (4, 9, 20):
        x, y = draw.randn(size), np.append(draw.randint(0, 3, size - 1), 3.0)
        expect.number(lent.rank_correlation(x, y), reference.rank_correlation(x, y), "the correlation", atol=1e-9)


@pytest.mark.graded("rank_correlation", points=1)
def test_correlation_of_the_hours_and_marks(student, reference, pinned):
    """It is right for the hours and the marks above."""
    lent = student.replaced(ranks=reference.ranks)
    hours, marks = reference.module.hours, reference.module.marks
    expect.number(lent.rank_correlation(hours, marks), pinned("rank_correlation", hours, marks), "the correlation")


@pytest.mark.graded("p_value", points=2)
def test_p_value_by_hand(student):
    """The correlation that was seen is counted too, and equal ones are as large as it."""
    expect.number(student.p_value(0.5, np.array([0.1, 0.5, 0.7, 0.2])), 0.6, "the p-value")
    expect.number(student.p_value(0.9, np.array([0.1, 0.2, 0.3])), 0.25, "the p-value where chance never does as well")


@pytest.mark.graded("p_value", points=2)
def test_p_value_compares_sizes(student, reference, draw):
    """Only sizes count: a strong fall is as large as a strong rise."""
    for seen in (0.4, -0.4):
        chance = draw.uniform(-1, 1, 50)
        expect.number(student.p_value(seen, chance), reference.p_value(seen, chance), f"the p-value of {seen}")
