"""Our two steps inside nbgrader's ``generate_assignment``: tag the cells first, look for leaks last."""

import json
import tempfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import find_all_files
from traitlets import Any as AnyTrait
from traitlets import Bool
from traitlets.config import Config

from autograder.authoring.building import solutions_files
from autograder.authoring.generating import generate
from autograder.authoring.ids import forget_invented_ids, give_ids
from autograder.authoring.leaks import Secrets, refuse_leaks
from autograder.authoring.tagging import tag
from autograder.course import Course, is_ours, read_own_notebook
from autograder.errors import AutograderError, CourseError
from autograder.files import write_atomically

_READ_AS_TEXT = 1_000_000  # bytes of a file beside the notebook up to which it is looked through


class TagCells(NbGraderPreprocessor):
    """First of ``c.GenerateAssignment.preprocessors``: nbgrader's metadata from the cells' first lines."""

    points_of: Any = AnyTrait(
        None, help="Called with the course's folder and an assignment, gives the points of each function."
    ).tag(config=True)
    gate: Any = AnyTrait(
        None, help="Called with nbgrader's course and configuration before a release; raises where it may not be made."
    ).tag(config=True)
    rehearse = Bool(True, help="Whether to find all faults before nbgrader begins, and say them in one line.").tag(
        config=True
    )

    def __init__(self, **kwargs: Any) -> None:
        """Nbgrader makes its steps when a run starts: later on it would print a traceback for a fault."""
        super().__init__(**kwargs)
        converter = getattr(self.parent, "parent", None)
        if self.rehearse and isinstance(converter, GenerateAssignment):
            _rehearse(converter, self.gate)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Tag the notebook.

        Raises:
            CourseError: The source is not as it must be.
        """
        names = resources["nbgrader"]
        path = _source_folder(self, resources) / f"{names['notebook']}.ipynb"
        if nb.nbformat_minor >= 5:
            forget_invented_ids(nb, json.loads(path.read_text(encoding="utf-8")))
        if is_ours(nb) and names["notebook"] != names["assignment"]:
            raise CourseError(
                f"only {names['assignment']}.ipynb can have graded functions and other cells with first lines of ours",
                where=str(path),
                remedy=f"Make it an assignment of its own: source/{names['notebook']}/{path.name}",
            )
        points = self._points(names["assignment"]) if is_ours(nb) else {}
        tagged = tag(nb, points, file=path.name)
        if tagged.nbformat_minor >= 5:
            give_ids(tagged)
        return tagged, resources

    def _points(self, assignment: str) -> Mapping[str, float]:
        if self.points_of is None:
            raise CourseError(
                "no hidden checks are configured",
                where=assignment,
                remedy="End nbgrader_config.py with autograder.configure(c)",
            )
        points: Mapping[str, float] = self.points_of(Path(_converter(self).coursedir.root), assignment)
        return points


class CheckRelease(NbGraderPreprocessor):
    """Last of ``c.GenerateAssignment.preprocessors``: the same bytes on every machine, and no answer in them."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Look for leaks in what nbgrader made, and in the files that it copies.

        Raises:
            CourseError: The release would hold an answer.
        """
        folder = _source_folder(self, resources)
        sources = [read_own_notebook(path, remedy="Mend it") for path in sorted(folder.glob("*.ipynb"))]
        ours = [source for source in sources if is_ours(source)]
        if not ours:
            return nb, resources
        nb.metadata.pop("language_info", None)  # names the Python that happened to run last
        checks = self._check_sources(resources["nbgrader"]["assignment"])
        for source in ours:
            secrets = Secrets.of(source, checks)
            refuse_leaks(secrets, nb, f"{resources['nbgrader']['notebook']}.ipynb")
            self._refuse_files(folder, secrets)
        if self.config.TagCells.get("rehearse", True):  # a release that stays, also one that formgrader's button makes
            for path, content in _solutions(_converter(self).coursedir).items():
                write_atomically(path, content)
        return nb, resources

    def _check_sources(self, assignment: str) -> list[str]:
        """The files that hold check items; what lies beside them repeats given code rightly."""
        root = Path(_converter(self).coursedir.root)
        checks = root / self.config.Autograder.get("checks", "checks") / assignment
        return [path.read_text(encoding="utf-8") for path in sorted(checks.glob("test_*.py"))]

    def _refuse_files(self, folder: Path, secrets: Secrets) -> None:
        for name in find_all_files(str(folder), [*_converter(self).coursedir.ignore, "*.ipynb"]):
            if Path(name).stat().st_size > _READ_AS_TEXT:
                continue
            for what in secrets.in_file(Path(name).read_text(encoding="utf-8", errors="replace")):
                raise CourseError(
                    f"this file would be released and holds {what}", where=name, remedy="Keep it in another folder"
                )


def _rehearse(converter: GenerateAssignment, gate: Callable[[CourseDirectory, Config], None] | None) -> None:
    """Make the release somewhere else first, try its gate, and end nbgrader's run where either refuses.

    Raises:
        NbGraderException: It is; nbgrader's commands end quietly on that, and ours has logged the line.
    """
    if converter.pre_convert_hook is not None:
        return  # the course's own first step may make what the others need, and must not run twice
    coursedir, config = converter.coursedir, deepcopy(converter.config)
    for section in ("BaseConverter", "GenerateAssignment"):
        config[section].pop("post_convert_hook", None)
    try:
        with tempfile.TemporaryDirectory(prefix="autograder-rehearsal-") as folder:
            generate(Path(coursedir.root), coursedir.source_directory, coursedir.assignment_id, config, Path(folder))
        _solutions(coursedir)
        if gate is not None:
            gate(coursedir, converter.config)
    except AutograderError as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from error


def _solutions(coursedir: CourseDirectory) -> Mapping[Path, bytes]:
    """The files of the solutions, which grading needs beside the release."""
    course = Course(Path(coursedir.root), source=coursedir.source_directory)
    path = course.source_notebook(coursedir.assignment_id)
    source = read_own_notebook(path, remedy="Mend it") if path.is_file() else None
    return solutions_files(course, coursedir.assignment_id, source) if source is not None and is_ours(source) else {}


def _converter(step: NbGraderPreprocessor) -> GenerateAssignment:
    """The converter whose exporter runs the step: it knows the course."""
    return step.parent.parent


def _source_folder(step: NbGraderPreprocessor, resources: dict[str, Any]) -> Path:
    coursedir = _converter(step).coursedir
    return Path(coursedir.format_path(coursedir.source_directory, ".", resources["nbgrader"]["assignment"]))
