"""Notebooks without any of our first lines: run in the sandbox, graded by nbgrader from their own cells' outputs."""

from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import AutograderError
from autograder.grading.attempts import Options
from autograder.grading.running import RunningSubmission, cells_to_run
from autograder.grading.table import output
from autograder.sandbox import Sandbox


def run_foreign(notebook: NotebookNode, folder: Path, options: Options, student: str) -> NotebookNode:
    """Run all cells of a notebook and put their outputs into it, as nbgrader's ``Execute`` does.

    A cell that raised, ran into a limit, or was never reached has an error among its outputs, which nbgrader's
    ``determine_grade`` takes for no points, also where the submission has made IPython show none.

    Args:
        notebook: The notebook, which is changed.
        folder: Where it lies. Its cells find what lies beside it; what they write stays in the sandbox.
        options: What the course set about grading.
        student: Whose it is, for messages.

    Raises:
        AutograderError: The notebook says that it is in another language than Python.
    """
    _refuse_other_language(notebook, student)
    cells = cells_to_run(notebook, demonstrations=True)
    with (
        Sandbox(options.limits, options.packages, options.isolation) as sandbox,
        RunningSubmission(sandbox, options.limits, cells, _files_beside(folder)) as running,
    ):
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


def _refuse_other_language(notebook: NotebookNode, student: str) -> None:
    """Code of another language would be run as Python and give everybody no points."""
    kernel = notebook.metadata.get("kernelspec", {})
    language = str(kernel.get("language") or notebook.metadata.get("language_info", {}).get("name") or "python")
    if "python" not in language.lower():
        raise AutograderError(
            f"the notebook's language is {language}, and the sandbox runs Python",
            where=student,
            remedy="Grade such assignments in a course without autograder.configure(c)",
        )


def _files_beside(folder: Path) -> dict[str, bytes]:
    """What a kernel would find in its folder: the files handed in, and the course's own in the place of copies."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb"
    }
