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
from autograder.frame.gradebook import refuse_unusable_address
from autograder.frame.options import Autograder
from autograder.frame.pages import InertPage, MakeInert
from autograder.frame.preprocessors import RestoreCells, SandboxExecute
from autograder.frame.submission_exporter import SubmissionExporter, runs_notebooks
from autograder.gate import refuse_shut
from autograder.grading.suite import Suite
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
    _add(c.GenerateAssignment, "preprocessors", GenerateAssignment, first=TagCells, last=CheckRelease)
    c.Autograde.exporter_class = SubmissionExporter
    _add(c.Autograde, "sanitize_preprocessors", Autograde, first=RestoreCells)
    _add(c.Autograde, "autograde_preprocessors", Autograde, last=MakeInert)
    steps = c.Autograde.autograde_preprocessors
    c.Autograde.autograde_preprocessors = [SandboxExecute if runs_notebooks(step) else step for step in steps]
    _add(c.HTMLExporter, "preprocessors", HTMLExporter, last=InertPage)
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
    """Points of each graded function: the sum of its check items', which is the one place they live."""
    return Suite(root / checks / assignment, root).points


def _gate(coursedir: CourseDirectory, config: Config) -> None:
    """Refuse an assignment of ours whose release gate is shut, and a gradebook that could not take it."""
    refuse_unusable_address(coursedir.db_url, coursedir.course_id)
    options = Autograder(config=config)
    course, assignment = options.course(coursedir), coursedir.assignment_id
    source = course.source_notebook(assignment)
    ours = source.is_file() and is_ours(read_own_notebook(source, remedy="Mend the source notebook"))
    if ours and assignment not in options.ungated:
        refuse_shut(course, assignment, config, options.grading(), tuple(options.packages))


def _add(section: Config, name: str, owner: type[Configurable], *, first: Any = None, last: Any = None) -> None:
    """Put a step of ours before those that are listed, or behind them; once, however often this is called."""
    listed = section[name] if name in section else owner.class_traits()[name].default() or ()
    section[name] = [step for step in (first, *(one for one in listed if one not in (first, last)), last) if step]
