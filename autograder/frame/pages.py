"""Our steps where nbgrader writes and shows a student's work: nothing in it may run in a reader's browser.

Formgrader renders with a plain ``HTMLExporter``, and one that was started elsewhere has not even this
course's options, so the autograded notebook itself is made inert; what is made from it is looked at once more.
"""

import html
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.frame.submission_exporter import SubmissionExporter
from autograder.pages import is_active, make_inert


class MakeInert(NbGraderPreprocessor):
    """Last of ``c.Autograde.autograde_preprocessors``: what is written can be shown."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Make the notebook inert, and leave out files that formgrader would serve as pages of its own."""
        exporter = self.parent
        if isinstance(exporter, SubmissionExporter) and hasattr(exporter.parent, "coursedir"):
            _remove_active_files(exporter.parent.coursedir, resources["nbgrader"])
        return make_inert(nb), resources


class InertPage(NbGraderPreprocessor):
    """Last of ``c.HTMLExporter.preprocessors``: pages of feedback, and formgrader's view of a submission."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Make the notebook inert, and names what they are in HTML: nbgrader's templates escape nothing."""
        for key, value in resources.items():
            if isinstance(value, str) and key in _NAMES:
                resources[key] = html.escape(value)
        return make_inert(nb), resources


_NAMES = {"student", "first_name", "last_name", "notebook_path", "notebook_id", "assignment_id"}


def _remove_active_files(coursedir: Any, names: dict[str, str]) -> None:
    """The course's own files, which nbgrader puts over a student's copies of them, stay."""
    source, autograded = (
        Path(coursedir.format_path(step, student, names["assignment"]))
        for step, student in ((coursedir.source_directory, "."), (coursedir.autograded_directory, names["student"]))
    )
    for path in autograded.rglob("*"):
        if path.is_file() and is_active(path) and not (source / path.relative_to(autograded)).is_file():
            path.unlink()
