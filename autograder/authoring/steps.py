"""Our two steps inside nbgrader's ``generate_assignment``: tag the cells first, look for leaks last."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Any as AnyTrait

from autograder.authoring.leaks import refuse_leaks
from autograder.authoring.tagging import tag
from autograder.errors import CourseError
from autograder.notebooks import marked

PointsOf = Callable[[Path, str], Mapping[str, float]]


class TagCells(NbGraderPreprocessor):
    """First of ``c.GenerateAssignment.preprocessors``: nbgrader's metadata from the cells' first lines."""

    points_of: PointsOf | None = AnyTrait(
        None, help="Called with the course's folder and an assignment, gives the points of each function."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Tag the notebook.

        Raises:
            CourseError: The source is not as it must be.
        """
        if not any(True for _ in marked(nb.cells)):
            return tag(nb, {}), resources
        if self.points_of is None:
            raise CourseError("no hidden checks are configured", remedy="End nbgrader_config.py with autograder.configure(c)")
        points = self.points_of(self.parent.parent.coursedir.root, resources["nbgrader"]["assignment"])
        file = f"{resources['nbgrader']['notebook']}.ipynb"
        return tag(nb, points, file=file), resources


class CheckRelease(NbGraderPreprocessor):
    """Last of ``c.GenerateAssignment.preprocessors``: the same bytes on every machine, and no answer in them."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Look for leaks in what nbgrader made.

        Raises:
            CourseError: The release would hold an answer.
        """
        if not any(True for _ in marked(nb.cells)):
            return nb, resources
        converter, names = self.parent.parent, resources["nbgrader"]
        folder = converter.coursedir.format_path(converter.coursedir.source_directory, ".", names["assignment"])
        source = nbformat.read(Path(folder) / f"{names['notebook']}.ipynb", as_version=4)
        nb.metadata.pop("language_info", None)  # names the Python that happened to run last
        checks = Path(converter.coursedir.root) / self.config.Autograder.get("checks", "checks") / names["assignment"]
        texts = [path.read_text(encoding="utf-8") for path in sorted(checks.glob("*.py"))]
        refuse_leaks(source, nb, texts, file=f"{names['notebook']}.ipynb")
        return nb, resources
