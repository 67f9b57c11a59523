"""One submission running in the sandbox: its cells once, then forks of it for the check items."""

import re
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Self, final

from nbformat import NotebookNode

from autograder.grading.faults import StudentFault
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import CellOutcome, Fork, Limits, Sandbox, Submission, SubmissionDied

_DRAWS = re.compile(r"\bplt\.|\bpyplot\.|pyplot import|pylab|%matplotlib|magic\(")
_GIVEN = f"# {Kind.GIVEN}"
# A line that is no part of a definition and not indented: in a given cell, the ones that surely run.
_OUTERMOST = re.compile(r"^(?!def |async |class |@|#|import )\S.*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RunCell:
    """A code cell to run: its place in the notebook and its source."""

    place: int
    source: str


def cells_to_run(notebook: NotebookNode, *, demonstrations: bool, stubs: Collection[str] = ()) -> tuple[RunCell, ...]:
    """The code cells of a restored notebook that grading runs, in order.

    Args:
        notebook: The restored notebook.
        demonstrations: Whether demonstrations are among them.
        stubs: Graded functions whose cells are not run, since they hold nothing of the student's.
    """
    cells = []
    for place, cell in enumerate(notebook.cells):
        mark = read_mark(cell)
        kind = mark.kind if mark else None
        left_out = kind is Kind.DEMO and not demonstrations
        put_back = mark is not None and kind is Kind.GRADED and mark.name in stubs
        if cell.cell_type == "code" and cell.source.strip() and not left_out and not put_back:
            cells.append(RunCell(place, cell.source))
    return tuple(cells)


def uses_plots(source: str) -> bool:
    """Whether a cell draws, or sets how: then the submission starts with matplotlib loaded.

    Given helpers draw only when they are called; where that happens after all, pyplot loads itself inside,
    which takes a second.
    """
    run = "\n".join(_OUTERMOST.findall(source)) if source.startswith(_GIVEN) else source
    return _DRAWS.search(run) is not None


@final
class RunningSubmission(AbstractContextManager["RunningSubmission"]):
    """A submission whose cells have run and whose functions can be called.

    Args:
        sandbox: The sandbox, started.
        limits: Seconds for a cell, a call and the whole submission.
        cells: The cells to run, in order.
        files: Files for the work folder, by name.
        deadline: On the monotonic clock, in seconds; by default the limit for a submission from now.

    Attributes:
        limits: What the submission may cost.
        outcomes: What became of the cells, by their place in the notebook.
        defined: Which of the graded functions they defined.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        limits: Limits,
        cells: Sequence[RunCell],
        files: Mapping[str, bytes] | None = None,
        deadline: float | None = None,
    ) -> None:
        self.limits = limits
        self._cells = tuple(cells)
        self._deadline = time.monotonic() + limits.submission_seconds if deadline is None else deadline
        self._stack = ExitStack()
        plots = any(uses_plots(cell.source) for cell in cells)
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
            seconds = min(self.limits.cell_seconds, self.seconds_left)
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
        seconds = min(self.limits.call_seconds, self.seconds_left)
        if seconds <= 0:
            raise StudentFault(
                f"Not run: your notebook had used its {self.limits.submission_seconds:g} seconds before."
            )
        return seconds


def defined_in_demonstration(names: frozenset[str], notebook: NotebookNode) -> bool:
    """Whether a demonstration, which grading leaves out, mentions one of the missing names."""
    demonstrations = [
        cell.source for cell in notebook.cells if (mark := read_mark(cell)) is not None and mark.kind is Kind.DEMO
    ]
    return any(re.search(rf"\b{re.escape(name)}\b", source) for name in names for source in demonstrations)
