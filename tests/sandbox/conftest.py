"""One sandbox for all tests here, and short ways to run cells and call functions in it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from cell_runs import SECONDS, SMALL, printed

from autograder.sandbox import CellOutcome, Fork, Sandbox, Submission
from autograder.sandbox.levels import NAMESPACES


@pytest.fixture(scope="session", params=[NAMESPACES])
def level(request: pytest.FixtureRequest) -> str:
    """The level of isolation; tests of what others hold as well are run for each of them."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def sandbox(level: str) -> Iterator[Sandbox]:
    """A warm sandbox with small limits."""
    with Sandbox(SMALL, level=level) as started:
        yield started


@pytest.fixture
def submission(sandbox: Sandbox) -> Iterator[Submission]:
    """A fresh submission."""
    with sandbox.submission(plots=False) as fresh:
        yield fresh


@pytest.fixture
def run(submission: Submission) -> Callable[[str], CellOutcome]:
    """Run a cell of the submission."""
    return lambda source: submission.run_cell(source, SECONDS)


@pytest.fixture
def forked(submission: Submission) -> Iterator[Callable[[str], Fork]]:
    """Run one cell, and fork the submission after it."""
    with ExitStack() as stack:

        def fork(source: str) -> Fork:
            outcome = submission.run_cell(source, SECONDS)
            assert outcome.status == "ok", outcome
            submission.freeze()
            return stack.enter_context(submission.fork())

        yield fork


@pytest.fixture
def said(run: Callable[[str], CellOutcome]) -> Callable[[str], str]:
    """Run a cell and return what it printed."""
    return lambda source: printed(run(source))
