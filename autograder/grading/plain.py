"""Notebooks without any of our first lines: run in the sandbox, graded from their own cells' outputs."""

from nbformat import NotebookNode

from autograder.grading.running import RunningSubmission, cells_to_run
from autograder.grading.table import output
from autograder.sandbox import Limits, Sandbox

_TIME_OUT = {"output_type": "error", "ename": "CellTimeoutError", "evalue": "", "traceback": []}


def run_plain(notebook: NotebookNode, sandbox: Sandbox, limits: Limits) -> NotebookNode:
    """Run all cells of a notebook and put their outputs into it, as nbgrader's ``Execute`` does.

    A cell that ran into a limit, or was never reached, ends in an error output, which nbgrader's
    ``determine_grade`` takes for no points.
    """
    cells = cells_to_run(notebook, demonstrations=True)
    with RunningSubmission(sandbox, limits, cells) as running:
        running.run_cells(())
        outcomes, dead = running.outcomes, running.dead
    for number, cell in enumerate(cells, start=1):
        outcome = outcomes.get(cell.place)
        target = notebook.cells[cell.place]
        target.outputs = [output(one) for one in outcome.outputs] if outcome else []
        target.execution_count = number if outcome else None
        if outcome is None or outcome.status in ("timeout", "died"):
            reason = outcome.error if outcome else (dead or "the time for the whole notebook was used up")
            target.outputs.append(output({**_TIME_OUT, "evalue": reason, "traceback": [reason]}))
    return notebook
