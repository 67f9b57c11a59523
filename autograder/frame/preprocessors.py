"""Our two steps inside nbgrader's autograding: restore the cells, then run them in the sandbox."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from autograder.errors import AutograderError
from autograder.frame.foreign import run_foreign
from autograder.frame.submission_exporter import SubmissionExporter
from autograder.grading.record import with_record
from autograder.grading.restoring import restore
from autograder.grading.submitted import read_submitted
from autograder.grading.table import output, score_output
from autograder.notebooks import Kind, marked

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
            folder, options = Path(resources["metadata"]["path"]), exporter.options.grading()
            return run_foreign(nb, folder, options, names["student"]), resources
        folder = Path(coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"]))
        submitted = read_submitted(folder, names["notebook"], exporter.options.max_bytes)
        graded = grader.grade(submitted)
        if graded.result.status == "error":
            raise AutograderError(graded.result.notes[0], where=names["student"])
        return with_record(graded, exporter.provenance.of(submitted, folder)), resources


def _say_not_run(notebook: NotebookNode) -> None:
    said = {"output_type": "stream", "name": "stdout", "text": f"{_NOT_RUN}\n"}
    for mark, cell in marked(notebook.cells):
        if mark.kind is Kind.CHECK and "nbgrader" in cell.metadata:
            cell.outputs = [score_output(0.0), output(said)]
