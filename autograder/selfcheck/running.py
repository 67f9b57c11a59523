"""A notebook's cells run once, from top to bottom, in the best place that this machine has for them.

It is the student's own code on the student's own machine: where no sandbox can be had, a kernel will do.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import AutograderError, CourseError
from autograder.grading.running import RunCell, RunningSubmission
from autograder.sandbox import LEVELS, CellOutcome, Limits, Sandbox

_KERNEL = "a plain kernel on this machine, without a sandbox"
_MOST_DEATHS = 5  # cells that end the process, each of which costs a further run
_LOOK = -1  # place of the cell of ours that looks which names are there in the end
_SAYS = "names that are there:"


@dataclass(frozen=True, slots=True)
class Work:
    """What to run.

    Attributes:
        cells: The cells, in order.
        functions: Names of the graded functions.
        names: Names that these need, to be looked for when all cells have run.
        limits: Seconds for a cell and for the whole notebook.
        packages: Further packages that the grader has.
        files: Files that the notebook may read, by name.
    """

    cells: tuple[RunCell, ...]
    functions: tuple[str, ...]
    names: tuple[str, ...]
    limits: Limits
    packages: tuple[str, ...]
    files: Mapping[str, bytes]

    @property
    def all_cells(self) -> tuple[RunCell, ...]:
        """The cells and, behind them, one that prints which of the names are there, and which can be called."""
        known = f"*[one for one in {[*self.functions, *self.names]!r} if one in globals()]"
        called = f"*[one + '()' for one in {list(self.functions)!r} if callable(globals().get(one))]"
        return (*self.cells, RunCell(_LOOK, f"__import__('builtins').print({_SAYS!r}, {known}, {called})"))


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of the cells.

    Attributes:
        where: How they were run, in words.
        outcomes: What became of each cell, by its place in the notebook.
        bound: Names that are there in the end, functions once more with ``()`` behind; None where nobody could look.
    """

    where: str
    outcomes: Mapping[int, CellOutcome]
    bound: frozenset[str] | None

    def is_function(self, name: str) -> bool:
        """Whether there is something of that name to call."""
        return self.bound is not None and f"{name}()" in self.bound


def run_notebook(work: Work) -> Ran:
    """Run the cells as grading does, at the best level of isolation that can be had, or else in a kernel.

    Raises:
        CourseError: Not even a kernel can be started.
    """
    for level in LEVELS if sys.platform == "linux" else ():
        try:
            sandbox = Sandbox(work.limits, work.packages, level.name)
        except (AutograderError, OSError):
            continue
        with sandbox:
            return run_in_sandbox(sandbox, work)
    return run_in_kernel(work)


def run_in_sandbox(sandbox: Sandbox, work: Work) -> Ran:
    """Run all cells in a sandbox that is started."""

    def run(cells: Sequence[RunCell]) -> dict[int, CellOutcome]:
        with RunningSubmission(sandbox, work.limits, cells, work.files) as running:
            running.run_cells(work.functions)
            return dict(running.outcomes)

    return _ran(f"the grader's sandbox, at the level '{sandbox.isolation}'", work, run)


def run_in_kernel(work: Work) -> Ran:
    """Run all cells in the machine's own kernel, in a folder of their own.

    Raises:
        CourseError: There is no kernel.
    """

    def run(cells: Sequence[RunCell]) -> dict[int, CellOutcome]:
        with tempfile.TemporaryDirectory(prefix="selfcheck-", ignore_cleanup_errors=True) as folder:
            for name, content in work.files.items():
                Path(folder, name).write_bytes(content)
            return _kernel_run(cells, work.limits, folder)

    return _ran(_KERNEL, work, run)


def _ran(where: str, work: Work, run: Callable[[Sequence[RunCell]], dict[int, CellOutcome]]) -> Ran:
    """The cells' outcomes; one that ends the process is left out of the next run, as when grading."""
    left_out: dict[int, CellOutcome] = {}
    while True:
        outcomes = run([cell for cell in work.all_cells if cell.place not in left_out])
        fatal = next((place for place, one in outcomes.items() if one.status == "died"), None)
        if fatal is None or len(left_out) >= _MOST_DEATHS:
            bound = _said(outcomes.pop(_LOOK, None))
            return Ran(where, {**outcomes, **left_out}, bound)
        left_out[fatal] = outcomes[fatal]


def _said(outcome: CellOutcome | None) -> frozenset[str] | None:
    text = "".join(str(one.get("text", "")) for one in outcome.outputs) if outcome else ""
    return frozenset(text.partition(_SAYS)[2].split()) if _SAYS in text else None


def _kernel_run(cells: Sequence[RunCell], limits: Limits, folder: str) -> dict[int, CellOutcome]:
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    notebook = new_notebook(cells=[new_code_cell(cell.source) for cell in cells])
    client = NotebookClient(
        notebook, timeout=limits.cell_seconds, kernel_name="python3", allow_errors=True, interrupt_on_timeout=True,
        error_on_timeout={"output_type": "error", "ename": "TimeoutError", "evalue": "", "traceback": []},
        resources={"metadata": {"path": folder}},
    )  # fmt: skip
    outcomes: dict[int, CellOutcome] = {}
    try:
        with client.setup_kernel(stderr=subprocess.DEVNULL):  # a kernel's own warnings are not about the notebook
            deadline = time.monotonic() + limits.submission_seconds
            for number, cell in enumerate(cells):
                if time.monotonic() >= deadline:
                    break
                try:
                    client.execute_cell(notebook.cells[number], number)
                except DeadKernelError:
                    outcomes[cell.place] = CellOutcome("died", (), "the kernel ended", None, 0.0)
                    break
                outcomes[cell.place] = _outcome(notebook.cells[number], limits)
    except (OSError, RuntimeError, ValueError) as error:
        raise CourseError(
            f"the cells could not be run ({error})", remedy="Install a kernel with: pip install ipykernel"
        ) from error
    return outcomes


def _outcome(cell: Any, limits: Limits) -> CellOutcome:
    error = next((one for one in cell.outputs if one.output_type == "error"), None)
    outcome = CellOutcome("ok", tuple(dict(one) for one in cell.outputs), "", None, 0.0)
    if error is None:
        return outcome
    if error.ename in ("TimeoutError", "KeyboardInterrupt"):
        return replace(outcome, status="timeout", error=f"it did not end within {limits.cell_seconds:g} seconds")
    return replace(outcome, status="error", error=f"{error.ename}: {error.evalue}")
