"""One submission running in the sandbox: its cells once, then forks of it that answer the check items."""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any, Self, final

from nbformat import NotebookNode

from autograder.grading.faults import MissingFunction, StudentFault, TimedOut, UndefinedName
from autograder.grading.student import Answer, Replacements
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import (
    BadValue,
    CallDied,
    CallTimeout,
    CellOutcome,
    Fork,
    Limits,
    Sandbox,
    StudentError,
    Submission,
    SubmissionDied,
)

HANGS = 2  # after so many items of a function that hang, its others fail unrun


@dataclass(frozen=True, slots=True)
class RunCell:
    """A code cell to run: its place in the notebook and its source."""

    place: int
    source: str
    kind: Kind | None


def cells_to_run(notebook: NotebookNode, *, demonstrations: bool) -> tuple[RunCell, ...]:
    """The code cells of a restored notebook that grading runs, in order."""
    cells = []
    for place, cell in enumerate(notebook.cells):
        mark = read_mark(cell)
        kind = mark.kind if mark else None
        if cell.cell_type == "code" and cell.source.strip() and (demonstrations or kind is not Kind.DEMO):
            cells.append(RunCell(place, cell.source, kind))
    return tuple(cells)


@final
class RunningSubmission(AbstractContextManager["RunningSubmission"]):
    """A submission whose cells have run and whose functions can be called.

    Args:
        sandbox: The sandbox, started.
        limits: Seconds for a cell, a call and the whole submission.
        cells: The cells to run, in order.
        files: Files for the work folder, by name.
    """

    def __init__(
        self, sandbox: Sandbox, limits: Limits, cells: Sequence[RunCell], files: Mapping[str, bytes] | None = None
    ) -> None:
        self._limits = limits
        self._cells = tuple(cells)
        self._deadline = time.monotonic() + limits.submission_seconds
        self._stack = ExitStack()
        plots = any("matplotlib" in cell.source or "pylab" in cell.source for cell in cells)
        self._inside: Submission = self._stack.enter_context(sandbox.submission(plots=plots, files=files or {}))
        self.outcomes: dict[int, CellOutcome] = {}
        self.defined: frozenset[str] = frozenset()

    def __exit__(self, *exc: object) -> None:
        """Put down everything that belongs to the submission."""
        self._stack.close()

    def run_cells(self, wanted: Sequence[str]) -> Self:
        """Run the cells, then look which of the ``wanted`` functions they defined."""
        for cell in self._cells:
            if self._inside.dead is not None:
                break
            seconds = min(self._limits.cell_seconds, self.seconds_left)
            if seconds <= 0:
                break
            self.outcomes[cell.place] = self._inside.run_cell(cell.source, seconds)
        if self._inside.dead is None:
            try:
                self.defined = self._inside.names(wanted)
                self._inside.freeze()
            except SubmissionDied:
                self.defined = frozenset()
        return self

    @property
    def seconds_left(self) -> float:
        """Seconds until the whole submission's time is up."""
        return self._deadline - time.monotonic()

    @property
    def dead(self) -> str | None:
        """Why nothing of the submission answers any more, or None."""
        return self._inside.dead

    @property
    def timed_out(self) -> tuple[int, ...]:
        """Places of the cells that did not end in time."""
        return tuple(place for place, outcome in self.outcomes.items() if outcome.status == "timeout") + tuple(
            place for place, outcome in self.outcomes.items() if outcome.status == "died" and self._hung
        )

    @property
    def _hung(self) -> bool:
        return self._inside.dead is not None and "second" in self._inside.dead

    def names_missed(self) -> frozenset[str]:
        """Names that a cell looked up and did not find."""
        return frozenset(one.missing_name for one in self.outcomes.values() if one.missing_name)

    def cell_of(self, number: int) -> RunCell | None:
        """The cell that was run as the ``number``-th, counted from 1."""
        return self._cells[number - 1] if 0 < number <= len(self._cells) else None

    def callee(self, function: str) -> "ForkedFunction":
        """Who answers the items of one graded function; to be closed."""
        return ForkedFunction(self, function)

    def fork(self) -> Fork:
        """A fork of the submission as its cells left it.

        Raises:
            StudentFault: The submission's processes are gone.
        """
        try:
            return self._inside.fork()
        except SubmissionDied as error:
            raise StudentFault(f"Nothing of your notebook was left to call: {error.reason}") from error

    def call_seconds(self) -> float:
        """Seconds that the next call may take.

        Raises:
            StudentFault: The whole submission's time is up.
        """
        seconds = min(self._limits.call_seconds, self.seconds_left)
        if seconds <= 0:
            raise StudentFault(
                f"Not run: your notebook had used its {self._limits.submission_seconds:g} seconds before."
            )
        return seconds


@final
@dataclass(slots=True)
class ForkedFunction(AbstractContextManager["ForkedFunction"]):
    """Answers the items of one function, from one fork for as long as that lives."""

    running: RunningSubmission
    function: str
    seed: int = 0
    missed: str | None = None
    _hung_items: int = 0
    _fork: Fork | None = field(default=None)

    def __exit__(self, *exc: object) -> None:
        """Put the fork down."""
        self._put_down()

    def _put_down(self) -> None:
        if self._fork is not None:
            self._fork.__exit__(None, None, None)
            self._fork = None

    def call(
        self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements
    ) -> Answer:
        """Call the student's function; a call that hangs is tried once more, in a fork of its own.

        Raises:
            StudentFault: The submission gave no value; with the line for the student.
        """
        if function not in self.running.defined:
            raise MissingFunction(function)
        if self._hung_items >= HANGS:
            raise StudentFault(f"Not run: {function} had already failed to end twice.")
        try:
            return self._call(function, args, kwargs, replaced)
        except CallTimeout:
            self._put_down()
        try:
            return self._call(function, args, kwargs, replaced)
        except CallTimeout:
            self._put_down()
            self._hung_items += 1
            raise TimedOut(
                f"{function} did not end within {self.running.call_seconds():g} seconds. Look for a loop "
                "that never ends, or for work that grows much faster than its input."
            ) from None

    def _call(
        self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements
    ) -> Answer:
        seconds = self.running.call_seconds()
        if self._fork is None or self._fork.dead:
            self._put_down()
            self._fork = self.running.fork()
            self._fork.__enter__()
        try:
            reply = self._fork.call(
                function, args, dict(kwargs), seconds=seconds, seed=self.seed, replaced=replaced
            )
        except StudentError as error:
            raise self._explained(function, error) from error
        except BadValue as error:
            raise StudentFault(f"What {function} returned could not be read: {error.reason}") from error
        except CallDied as error:
            raise StudentFault(f"{function} ended the whole process: {error.reason}") from error
        return Answer(reply.value, reply.arguments)

    def _explained(self, function: str, error: StudentError) -> StudentFault:
        if error.type_name == "NotImplementedError" and not error.message:
            return StudentFault(f"{function} is not written yet: it still raises NotImplementedError.")
        said = f"{error.type_name}: {error.message}" if error.message else error.type_name
        line = f" in the line `{error.source_line.strip()}`" if error.source_line.strip() else ""
        text = f"{function} raised {said}{line}."
        if error.missing_name is None:
            return StudentFault(text)
        self.missed = error.missing_name
        return UndefinedName(text, error.missing_name)


def defined_in_demonstration(names: frozenset[str], notebook: NotebookNode) -> bool:
    """Whether a demonstration, which grading leaves out, mentions one of the missing names."""
    demonstrations = [
        cell.source for cell in notebook.cells if (mark := read_mark(cell)) is not None and mark.kind is Kind.DEMO
    ]
    return any(re.search(rf"\b{re.escape(name)}\b", source) for name in names for source in demonstrations)
