"""The graders of the four assignments, each made once."""

from collections.abc import Callable
from functools import cache

import pytest
from answering import Grader, read


@pytest.fixture(scope="session")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Grader]:
    """The grader of an assignment, by its name."""
    return cache(lambda name: Grader(read(name), tmp_path_factory.mktemp(name)))
