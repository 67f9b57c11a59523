"""Our two steps inside nbgrader's autograding: restore the cells, then run them in the sandbox."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from autograder.errors import AutograderError
from autograder.frame.submission_exporter import SubmissionExporter
from autograder.grading.plain import run_plain
from autograder.grading.record import with_record
from autograder.grading.restoring import restore
from autograder.grading.submitted import read_submitted
from autograder.grading.table import output
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import Sandbox

_NOT_RUN = "Not run: this submission was graded with --no-execute, so the hidden checks gave no points."


class RestoreCells(NbGraderPreprocessor):
    """First of ``c.Autograde.sanitize_preprocessors``: nothing after it meets a cell that is not as released."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Give every cell its released form; without execution, say so in the check cells."""
        exporter = self.parent
        if not isinstance(exporter, SubmissionExporter):
            return nb, resources
        grader = exporter.grader_of(resources["nbgrader"]["notebook"])
        if grader is None:
            return nb, resources
        restored = restore(nb, grader.release)
        for suspicion in restored.suspicions:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], suspicion)
        if not exporter.executes:
            _say_not_run(restored.notebook)
        return restored.notebook, resources


class SandboxExecute(Execute):
    """In the place of nbgrader's own ``Execute``: no student code runs outside of the sandbox."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, km: object = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade the submission that ``nb`` was sanitized from, and show its result in ``nb``'s place."""
        exporter = self.parent
        assert isinstance(exporter, SubmissionExporter)
        assert resources is not None
        names, coursedir = resources["nbgrader"], exporter.parent.coursedir
        grader = exporter.grader_of(names["notebook"])
        if grader is None:
            _refuse_other_language(nb, names["student"])
            options = exporter.options.grading()
            with Sandbox(options.limits, options.packages, options.isolation) as sandbox:
                beside = _files_beside(Path(resources["metadata"]["path"]))
                return run_plain(nb, sandbox, options.limits, beside), resources
        folder = Path(coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"]))
        submitted = read_submitted(folder, names["notebook"], exporter.options.max_bytes)
        graded = grader.grade(submitted)
        if graded.result.status == "error":
            raise AutograderError(graded.result.notes[0], where=names["student"])
        return with_record(graded, exporter.provenance.of(submitted, folder)), resources


def _refuse_other_language(nb: NotebookNode, student: str) -> None:
    """Code of another language would be run as Python and give everybody no points.

    Raises:
        AutograderError: The notebook says that it is in one.
    """
    kernel = nb.metadata.get("kernelspec", {})
    language = str(kernel.get("language") or nb.metadata.get("language_info", {}).get("name") or "python")
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


def _say_not_run(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        mark = read_mark(cell)
        if mark is not None and mark.kind is Kind.CHECK and "nbgrader" in cell.metadata:
            cell.outputs = [
                output({"output_type": "execute_result", "execution_count": None, "metadata": {},
                        "data": {"text/plain": "0.0"}}),
                output({"output_type": "stream", "name": "stdout", "text": f"{_NOT_RUN}\n"}),
            ]  # fmt: skip
