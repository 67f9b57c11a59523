"""Hidden checks of ``ASSIGNMENT``: an item of each kind. Replace them, and keep what you learn from them.

Every item has points and a docstring, which is the line that the student reads. `student.f(...)` calls the
student's function in the sandbox, `reference.f(...)` the solution of the source notebook.
"""

import numpy as np
import pytest

from autograder.grading import expect


@pytest.mark.graded("unit_vector", points=1)
def test_unit_vector_by_hand(student):
    """The vector (3, 4) becomes (0.6, 0.8)."""
    # By hand: the numbers stand here, so the reference can't be wrong with the student.
    expect.array(student.unit_vector(np.array([3.0, 4.0])), np.array([0.6, 0.8]), "the unit vector")


@pytest.mark.graded("unit_vector", points=2)
def test_unit_vector_of_any_size(student, reference, draw):
    """It works for vectors of any number of entries."""
    # Drawn: `draw` starts from a seed that follows from the item's name, so everybody meets the same numbers.
    for size in (1, 2, 7):
        x = draw.randn(size) + 3
        expect.array(student.unit_vector(x), reference.unit_vector(x), f"the unit vector of {size} entries")


@pytest.mark.graded("unit_vector", points=1)
def test_unit_vector_leaves_its_argument(student, draw):
    """The vector that is passed in stays as it was."""
    # Side effects: `student.arguments` is what the last call left of its arguments.
    x = draw.randn(4)
    expect.that(student.unit_vector(x) is not None, "The function returned nothing.")
    expect.array(student.arguments[0], x, "the vector after the call")


@pytest.mark.graded("cosine", points=2)
def test_cosine_of_drawn_vectors(student, reference, draw):
    """The cosine is the product of the two unit vectors."""
    # Lent: the reference's unit_vector stands in for the student's, so that one mistake is paid for once.
    lent = student.replaced(unit_vector=reference.unit_vector)
    x, y = draw.randn(5), draw.randn(5)
    expect.number(lent.cosine(x, y), reference.cosine(x, y), "the cosine")


@pytest.mark.graded("cosine", points=2)
def test_cosine_pinned(student, reference, pinned, draw):
    """Vectors that point away from each other have a negative cosine."""
    # Pinned: the result lies in expected.npz; make it anew with `pytest CHECKS/ASSIGNMENT --pin`.
    lent = student.replaced(unit_vector=reference.unit_vector)
    x = draw.randn(3)
    y = -2 * x + 0.1 * draw.randn(3)
    expect.number(lent.cosine(x, y), pinned("cosine", x, y), "the cosine")
