"""The hidden checks of one assignment: collected by pytest once, run for as many submissions as there are.

pytest has no public way to run an item again in the same session; this uses the two functions that
``pytest-rerunfailures`` lives on (``Session.perform_collect`` and ``runtestprotocol``).
"""

import copy
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import final

import numpy as np
import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from autograder.errors import AutograderError, CourseError
from autograder.grading import expect
from autograder.grading.behaviour import Call, Listener
from autograder.grading.faults import StudentFault
from autograder.grading.items import CheckItem, in_grading_order, read_items
from autograder.grading.plugin import FOLDERS
from autograder.grading.provided import Folder, open_folder, run_directly, runs_directly
from autograder.grading.reference import Reference
from autograder.grading.student import Callee

# All that would print, rewrite, cache or slow down: the items' verdicts are all that is wanted.
_OFF = ("terminal", "cacheprovider", "capture", "logging", "warnings", "doctest", "junitxml",
        "pastebin", "faulthandler", "unraisableexception", "threadexception", "stepwise",
        "setuponly", "setupplan")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one item found.

    Attributes:
        passed: Whether its points are earned.
        message: What was seen, for the student; empty only where it passed.
        calls: What it called, and what came of that.
        error: The largest error of a compared number, in units of its tolerance: above 1 the item failed.
    """

    passed: bool
    message: str = ""
    calls: tuple[Call, ...] = field(default=(), compare=False, repr=False)
    error: float = field(default=0.0, compare=False, repr=False)


@final
class Suite:
    """The check items of one assignment, in grading order.

    Args:
        checks: The assignment's folder of checks.
        root: The course's folder, which holds ``solutions/``.

    Raises:
        CourseError: The checks cannot be collected, or an item lacks points or docstring.
    """

    def __init__(self, checks: Path, root: Path) -> None:
        self.checks = checks
        self.solutions = root / "solutions" / f"{checks.name}.py"
        if not any(checks.glob("test_*.py")):
            raise CourseError(
                "there are no hidden checks",
                where=str(checks),
                remedy=f"Write {checks / f'test_{checks.name}.py'}",
            )
        self._session = _collect(checks)
        self._recorder = _Recorder()
        self._session.config.pluginmanager.register(self._recorder)
        self.items = tuple(in_grading_order(read_items(self._session.items)))
        self._folder: Folder = open_folder(checks, root)
        self._direct = frozenset(item.id for item in self.items if runs_directly(item))
        self._session.config.stash[FOLDERS].clear()
        for node in self._session.items:
            self._session.config.stash[FOLDERS][node.path.parent] = self._folder

    @property
    def reference(self) -> Reference:
        """The reference solutions."""
        return self._folder.reference

    @property
    def points(self) -> MappingProxyType[str, float]:
        """Points of each function: the sum of its items'."""
        totals: dict[str, float] = {}
        for item in self.items:
            totals[item.function] = totals.get(item.function, 0.0) + item.points
        return MappingProxyType(totals)

    def about(self, function: str) -> "Suite":
        """The same suite with the items of one function only."""
        part = copy.copy(self)
        part.items = tuple(item for item in self.items if item.function == function)
        return part

    def is_plain(self, item: CheckItem) -> bool:
        """Whether an item needs nothing of pytest any more, and so knows nothing but the answers to its calls."""
        return item.id in self._direct

    def run(self, item: CheckItem, callee: Callee, *, shift: int = 0) -> Verdict:
        """Run one item, with ``callee`` answering its calls.

        Args:
            item: The item.
            callee: Who answers.
            shift: How far to move the item's seed: its inputs are then fresh, where it draws them, and the
                reference stands in for what is pinned.

        Raises:
            AutograderError: The course is at fault, not the submission: nothing can be said of it.
        """
        listener = Listener(callee)
        self._folder.callee_for, self._folder.shift = (lambda _item: listener), shift
        # What a submission returned may overflow: nobody is to be told on the terminal.
        with np.errstate(all="ignore"), expect.measured() as errors:
            fault = self._direct_error(item) if self.is_plain(item) else self._pytest_error(item)
        return Verdict(fault is None, _message(fault, item), tuple(listener.calls), max(errors, default=0.0))

    def _pytest_error(self, item: CheckItem) -> BaseException | None:
        """What an item raises under pytest's own protocol, with whatever fixtures it asks for."""
        self._recorder.error = None
        runtestprotocol(item.node, log=False, nextitem=None)
        return self._recorder.error

    def _direct_error(self, item: CheckItem) -> BaseException | None:
        """What an item raises that needs nothing of pytest any more."""
        try:
            run_directly(self._folder, item)
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
            return error
        return None


class _Recorder:
    """Keeps what an item raised, in place of the traceback that pytest would format (a millisecond)."""

    error: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        if call.excinfo is not None and self.error is None:
            self.error = call.excinfo.value
        phase = "call" if call.when == "collect" else call.when
        return pytest.TestReport(item.nodeid, item.location, {}, "failed" if call.excinfo else "passed", None, phase)


def _message(fault: BaseException | None, item: CheckItem) -> str:
    """What an item's exception says to the student."""
    match fault:
        case None:
            return ""
        case AutograderError():
            raise fault
        case StudentFault():
            return str(fault)
        case pytest.skip.Exception():
            raise CourseError("a check item may not skip", where=item.id, remedy="Let it pass or fail")
        case AssertionError() | pytest.fail.Exception():
            return str(fault).strip() or "The result is not what this check asks for."
        case _:
            # The check stumbled over the value. What it says of that could quote an expected number.
            return f"The check could not use the value that your function returned ({type(fault).__name__})."


def _collect(checks: Path) -> pytest.Session:
    arguments = ["--import-mode=importlib", "--assert=plain", f"--rootdir={checks}", f"--confcutdir={checks}",
                 f"--config-file={os.devnull}", "-p", "autograder.grading.plugin"]  # fmt: skip
    for name in _OFF:
        arguments += ["-p", f"no:{name}"]
    with _without_leftovers(checks):
        config = _prepareconfig([*arguments, str(checks)])
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        failures = _CollectFailures()
        config.pluginmanager.register(failures)
        try:
            session.perform_collect()
        except pytest.UsageError as error:
            raise CourseError(f"the checks cannot be collected: {error}", where=str(checks)) from error
        if failures.first:
            raise CourseError(failures.first, where=str(checks), remedy=f"See it whole with: pytest {checks}")
    return session


class _CollectFailures:
    """The first error while collecting, as one line: a check file that does not import, say."""

    first = ""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.first:
            last = [line for line in str(report.longrepr).splitlines() if line.strip()][-1:]
            self.first = f"the checks cannot be collected: {' '.join(last).removeprefix('E').strip()}"


@contextmanager
def _without_leftovers(checks: Path) -> Iterator[None]:
    """Collect as if nothing had been before: no user's pytest settings, no module of another course."""
    kept = {name: os.environ.pop(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if name in os.environ}
    autoload = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    before = set(sys.modules)
    try:
        yield
    finally:
        os.environ.update(kept)
        if autoload is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = autoload
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(checks):
                del sys.modules[name]
