"""The one call at the end of a course's ``nbgrader_config.py``."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, Configurable

from autograder.authoring import CheckRelease, TagCells
from autograder.course import is_ours, read_own_notebook
from autograder.frame.exchange import PARTS
from autograder.frame.options import Autograder
from autograder.frame.pages import InertPage, MakeInert
from autograder.frame.points import hidden_points
from autograder.frame.preprocessors import RestoreCells, SandboxExecute
from autograder.frame.server import refuse_unusable_address
from autograder.frame.submission_exporter import SubmissionExporter, runs_notebooks
from autograder.gate import refuse_shut
from autograder.lms import ArchiveCollector

# By name: nbgrader loads it when it makes pages, and a room above this one makes them.
FEEDBACK_EXPORTER = "autograder.reports.feedback.exporter.FeedbackExporter"


def configure(c: Config, *, checks: str = "checks") -> None:
    """Make nbgrader generate, autograde and give feedback through this platform.

    What the file set before the call is kept: our steps are added to its lists of preprocessors, and
    its ``Execute`` is replaced by ours. Calling it again changes nothing.

    Args:
        c: The configuration object of ``nbgrader_config.py``.
        checks: Folder of the hidden checks, from the course's folder.
    """
    put_environment_first()
    c.Autograder.checks = checks
    c.TagCells.points_of = partial(_points, checks)
    c.TagCells.gate = _gate
    _set(c.GenerateAssignment, "preprocessors", GenerateAssignment, _generating)
    c.Autograde.exporter_class = SubmissionExporter
    _set(c.Autograde, "sanitize_preprocessors", Autograde, _sanitizing)
    _set(c.Autograde, "autograde_preprocessors", Autograde, _autograding)
    _set(c.HTMLExporter, "preprocessors", HTMLExporter, _rendering)
    if "exporter_class" not in c.GenerateFeedback:
        c.GenerateFeedback.exporter_class = FEEDBACK_EXPORTER
    if "collector_plugin" not in c.ZipCollectApp:
        c.ZipCollectApp.collector_plugin = ArchiveCollector
    for part, ours in PARTS.items():
        if part not in c.ExchangeFactory:  # a course may have an exchange of its own
            c.ExchangeFactory[part] = ours


def put_environment_first() -> None:
    """Put this environment's programs first on PATH: nbgrader starts ``alembic`` from there."""
    own = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    if path.split(os.pathsep)[0] != own:
        os.environ["PATH"] = os.pathsep.join([own, path])


def _points(checks: str, root: Path, assignment: str) -> Any:
    return hidden_points(Path(root), checks, assignment)


def _gate(coursedir: CourseDirectory, config: Config) -> None:
    """Refuse an assignment of ours whose release gate is shut, and a gradebook that could not take it."""
    refuse_unusable_address(coursedir.db_url, coursedir.course_id)
    options = Autograder(config=config)
    course, assignment = options.course(coursedir), coursedir.assignment_id
    source = course.source_notebook(assignment)
    ours = source.is_file() and is_ours(read_own_notebook(source, remedy="Mend the source notebook"))
    if ours and assignment not in options.ungated:
        refuse_shut(course, assignment, config, options.grading(), tuple(options.packages))


def _set(section: Config, name: str, owner: type[Configurable], change: Any) -> None:
    before = section[name] if name in section else owner.class_traits()[name].default() or ()
    section[name] = change(list(before))


def _generating(steps: list[Any]) -> list[Any]:
    return [TagCells, *(step for step in steps if step not in (TagCells, CheckRelease)), CheckRelease]


def _sanitizing(steps: list[Any]) -> list[Any]:
    return [RestoreCells, *(step for step in steps if step is not RestoreCells)]


def _autograding(steps: list[Any]) -> list[Any]:
    ours = [SandboxExecute if runs_notebooks(step) else step for step in steps]
    return [*(step for step in ours if step is not MakeInert), MakeInert]


def _rendering(steps: list[Any]) -> list[Any]:
    return [*(step for step in steps if step is not InertPage), InertPage]
