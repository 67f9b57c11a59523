"""A notebook's cells run once, from top to bottom, in the best place that this machine has for them.

It is the student's own code on the student's own machine: where no sandbox can be had, a kernel will do.
"""

import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import AutograderError, CourseError
from autograder.grading.running import RunCell, RunningSubmission
from autograder.sandbox import LEVELS, CellOutcome, Limits, Sandbox

_KERNEL = "a plain kernel on this machine, without a sandbox"
_MOST_DEATHS = 5  # cells that end the process, each of which costs a further run


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of the cells.

    Attributes:
        where: How they were run, in words.
        outcomes: What became of each cell, by its place in the notebook.
        defined: Which of the wanted functions were there to call afterwards.
    """

    where: str
    outcomes: Mapping[int, CellOutcome]
    defined: frozenset[str]


def run_notebook(
    cells: Sequence[RunCell],
    wanted: Sequence[str],
    limits: Limits,
    packages: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
) -> Ran:
    """Run the cells as grading does.

    Args:
        cells: The cells, in order.
        wanted: Names of the graded functions.
        limits: Seconds for a cell and for the whole notebook.
        packages: Further packages that the grader has.
        files: Files that the notebook may read, by name.

    Raises:
        CourseError: Not even a kernel can be started.
    """
    for level in LEVELS if sys.platform == "linux" else ():
        try:
            sandbox = Sandbox(limits, packages, level.name)
        except (AutograderError, OSError):
            continue
        with sandbox:
            return run_in_sandbox(sandbox, cells, wanted, limits, files or {})
    return run_in_kernel(cells, wanted, limits, files or {})


def run_in_sandbox(
    sandbox: Sandbox, cells: Sequence[RunCell], wanted: Sequence[str], limits: Limits, files: Mapping[str, bytes]
) -> Ran:
    """Run all cells in a sandbox; one that ends the process is left out of the next run, as when grading."""
    left_out: dict[int, CellOutcome] = {}
    while True:
        kept = [cell for cell in cells if cell.place not in left_out]
        with RunningSubmission(sandbox, limits, kept, files) as running:
            running.run_cells(wanted)
            outcomes, defined = dict(running.outcomes), running.defined
        fatal = next((place for place, one in outcomes.items() if one.status == "died"), None)
        if fatal is None or len(left_out) >= _MOST_DEATHS:
            where = f"the grader's sandbox, at the level '{sandbox.isolation}'"
            return Ran(where, {**outcomes, **left_out}, defined)
        left_out[fatal] = outcomes[fatal]


def run_in_kernel(cells: Sequence[RunCell], wanted: Sequence[str], limits: Limits, files: Mapping[str, bytes]) -> Ran:
    """Run all cells in the machine's own kernel, in an empty folder; one that ends it is left out of the next run.

    Raises:
        CourseError: There is no kernel.
    """
    left_out: dict[int, CellOutcome] = {}
    while True:
        kept = [cell for cell in cells if cell.place not in left_out]
        with tempfile.TemporaryDirectory(prefix="selfcheck-", ignore_cleanup_errors=True) as folder:
            for name, content in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            outcomes, defined = _kernel_run(kept, wanted, limits, folder)
        fatal = next((place for place, one in outcomes.items() if one.status == "died"), None)
        if fatal is None or len(left_out) >= _MOST_DEATHS:
            return Ran(_KERNEL, {**outcomes, **left_out}, defined)
        left_out[fatal] = outcomes[fatal]


def _kernel_run(
    cells: Sequence[RunCell], wanted: Sequence[str], limits: Limits, folder: str
) -> tuple[dict[int, CellOutcome], frozenset[str]]:
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    look = f"print(*[name for name in {list(wanted)!r} if callable(globals().get(name))])"
    notebook = new_notebook(cells=[new_code_cell(source) for source in (*(cell.source for cell in cells), look)])
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
                    return outcomes, frozenset()
                outcomes[cell.place] = _outcome(notebook.cells[number], limits)
            with suppress(DeadKernelError, queue.Empty):
                client.execute_cell(notebook.cells[-1], len(cells))
    except (OSError, RuntimeError, ValueError) as error:
        raise CourseError(
            f"the cells could not be run ({error})", remedy="Install a kernel with: pip install ipykernel"
        ) from error
    printed = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    return outcomes, frozenset(wanted) & set(printed.split())


def _outcome(cell: Any, limits: Limits) -> CellOutcome:
    error = next((one for one in cell.outputs if one.output_type == "error"), None)
    if error is None:
        return CellOutcome("ok", (), "", None, 0.0)
    if error.ename in ("TimeoutError", "KeyboardInterrupt"):
        return CellOutcome("timeout", (), f"it did not end within {limits.cell_seconds:g} seconds", None, 0.0)
    return CellOutcome("error", (), f"{error.ename}: {error.evalue}", None, 0.0)
