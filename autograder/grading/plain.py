"""Notebooks without any of our first lines: run in the sandbox, graded from their own cells' outputs."""

from collections.abc import Mapping

from nbformat import NotebookNode

from autograder.grading.running import RunningSubmission, cells_to_run
from autograder.grading.table import output
from autograder.sandbox import Limits, Sandbox


def run_plain(
    notebook: NotebookNode, sandbox: Sandbox, limits: Limits, files: Mapping[str, bytes] | None = None
) -> NotebookNode:
    """Run all cells of a notebook and put their outputs into it, as nbgrader's ``Execute`` does.

    A cell that raised, ran into a limit, or was never reached has an error among its outputs, which nbgrader's
    ``determine_grade`` takes for no points, also where the submission has made IPython show none.

    Args:
        notebook: The notebook, which is changed.
        sandbox: The sandbox, started.
        limits: Seconds for a cell and for the whole notebook.
        files: What lies beside it, by relative path. What its cells write stays in the sandbox.
    """
    cells = cells_to_run(notebook, demonstrations=True)
    with RunningSubmission(sandbox, limits, cells, files) as running:
        running.run_cells(())
        outcomes, dead = running.outcomes, running.dead
    for number, cell in enumerate(cells, start=1):
        outcome = outcomes.get(cell.place)
        target = notebook.cells[cell.place]
        target.outputs = [output(one) for one in outcome.outputs] if outcome else []
        target.execution_count = number if outcome else None
        reason = outcome.error if outcome else (dead or "the time for the whole notebook was used up")
        stopped = outcome is None or outcome.status in ("timeout", "died")
        if stopped or (reason and not any(one.output_type == "error" for one in target.outputs)):
            target.outputs.append(_error("CellTimeoutError" if stopped else "CellError", reason))
    return notebook


def _error(name: str, reason: str) -> NotebookNode:
    return output({"output_type": "error", "ename": name, "evalue": reason, "traceback": [reason]})
