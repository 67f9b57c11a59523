"""Where nbgrader's autograding begins: refuses a course that cannot be graded, reads any bytes at all."""

import contextlib
import glob
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import BaseConverter, NbGraderException
from traitlets.utils.importstring import import_item

from autograder.authoring import register
from autograder.course import Course, is_ours, read_own_notebook
from autograder.errors import AutograderError
from autograder.frame.engines import grader_for
from autograder.frame.gradebook import refuse_stale_gradebook, refuse_unusable_address
from autograder.frame.options import Autograder
from autograder.grading.grade import Grader
from autograder.grading.reading import UnreadableNotebookError, read_notebook
from autograder.grading.record import provenance
from autograder.grading.submitted import read_submitted

_SANDBOX_EXECUTE = "autograder.frame.preprocessors.SandboxExecute"  # by name, since it needs this module


def kind_of(step: Any) -> type:
    """The class of one of nbconvert's steps, which is given as a class, an instance, a function or by its name."""
    if isinstance(step, str):
        with contextlib.suppress(Exception):  # nbconvert says so where the step is made
            step = import_item(step)
    return step if isinstance(step, type) else type(step)


def runs_notebooks(step: Any) -> bool:
    """Whether a step runs notebooks, in a kernel unless it is ours."""
    return issubclass(kind_of(step), ExecutePreprocessor)


class SubmissionExporter(NotebookExporter):
    """``c.Autograde.exporter_class``: nbgrader makes one when a run of autograding starts.

    So this is where a whole run can still be refused with one line; later on nbgrader would print a
    traceback for each submission.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.grader: Grader | None = None
        converter = self.parent
        if not isinstance(converter, BaseConverter):
            return
        self.options = Autograder(parent=self)
        self.course: Course = self.options.course(converter.coursedir)
        try:
            self.grader = self._open_grader(converter)
        except AutograderError as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from error
        if self.grader is not None:
            _expect_notebooks(converter)

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        """Register a step; ours in the place of one that runs notebooks in a kernel, wherever that was listed."""
        ours = import_item(_SANDBOX_EXECUTE)
        if hasattr(self, "grader") and runs_notebooks(preprocessor) and not issubclass(kind_of(preprocessor), ours):
            preprocessor = ours
        return super().register_preprocessor(preprocessor, enabled)

    def grader_of(self, notebook: str) -> Grader | None:
        """The grader of a notebook; None for one that nbgrader grades from its own cells, as all are beside ours."""
        return self.grader if self.grader is not None and notebook == self.grader.assignment else None

    @property
    def executes(self) -> bool:
        """False under nbgrader's ``--no-execute``."""
        return bool(self.config.Execute.get("enabled", True))

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Read a submission that nbformat might refuse, or any other notebook as nbconvert does."""
        if self.grader is None or not getattr(self.parent, "_sanitizing", False):
            result: tuple[NotebookNode, dict[str, Any]] = super().from_filename(filename, resources, **kw)
            return result
        resources = {} if resources is None else resources
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent), "modified_date": ""}
        converted: tuple[NotebookNode, dict[str, Any]] = self.from_notebook_node(self._read(path), resources, **kw)
        return converted

    def _read(self, path: Path) -> NotebookNode:
        """The submission, or the released notebook where there is none to be read."""
        assert self.grader is not None
        content = read_submitted(path.parent, path.stem, self.options.max_bytes).content
        try:
            if isinstance(content, bytes):
                return read_notebook(content, self.options.max_bytes, keep_outputs=not self.executes)
        except UnreadableNotebookError:
            pass
        if self.grader_of(path.stem) is not None:
            return nbformat.from_dict(self.grader.release)
        released = self.course.release_notebook(self.grader.assignment).with_name(path.name)
        return read_own_notebook(released, remedy=f"Run: autograder build {self.grader.assignment}")

    def _open_grader(self, converter: BaseConverter) -> Grader | None:
        """The grader of our assignment; None for one that nbgrader grades from its cells' outputs."""
        assignment = converter.coursedir.assignment_id
        if not self.course.release_notebook(assignment).is_file() or not is_ours(self.course.read_release(assignment)):
            return None
        options = self.options.grading()
        self.provenance = provenance(self.course, assignment, options)
        grader = grader_for(self.course, assignment, options)
        address = converter.coursedir.db_url, converter.coursedir.course_id
        refuse_unusable_address(*address)
        with Gradebook(*address) as gradebook:
            try:
                refuse_stale_gradebook(gradebook, assignment, grader.release, grader.suite.points)
            except MissingEntry:
                register(grader.release, gradebook, assignment, assignment)
        return grader


def _expect_notebooks(converter: BaseConverter) -> None:
    """Have every submitted folder converted, also one whose notebook has another name.

    nbgrader takes the files that are there, by their names, and makes its list just before it makes the exporter;
    it opens none of them: `SubmissionExporter.from_filename` and ``SandboxExecute`` find what was handed in.
    """
    coursedir = converter.coursedir
    name = f"{coursedir.assignment_id}.ipynb"
    if coursedir.notebook_id not in ("*", coursedir.assignment_id):
        return
    released = {path.name for path in Path(coursedir.format_path(
        coursedir.release_directory, ".", coursedir.assignment_id)).glob("*.ipynb")}  # fmt: skip
    for folder in glob.glob(converter._format_source(coursedir.assignment_id, coursedir.student_id)):
        if Path(folder).is_dir():
            found = converter.assignments.get(folder, ())
            others = [path for path in found if Path(path).name in released - {name}]
            converter.assignments[folder] = [str(Path(folder, name)), *others]
