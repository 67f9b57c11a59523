"""The pytest plugin behind ``pytest checks``: the mark, the options, and what a check item can ask for.

Without ``--submission`` the items run against the reference; with it against a notebook, in the
sandbox, with the verdicts that grading gives; ``--pin`` writes the reference's results.
"""

import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.errors import AutograderError, CourseError
from autograder.grading.faults import StudentFault
from autograder.grading.items import CheckItem, in_grading_order, is_graded, read_items
from autograder.grading.pinned import PinnedResults
from autograder.grading.provided import Folder, generator_of, lent_openly, open_folder, pinned_of, seed_generators
from autograder.grading.reference import Reference
from autograder.grading.student import Student

CONFIG_FILE = "nbgrader_config.py"

FOLDERS = pytest.StashKey[dict[Path, Folder]]()
_ITEM = pytest.StashKey[CheckItem]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our three options."""
    group = parser.getgroup("autograder", "hidden checks of graded notebooks")
    group.addoption("--submission", metavar="NOTEBOOK", help="run the check items against this notebook")
    group.addoption("--assignment", metavar="NAME", help="the notebook's assignment, where its cells do not tell")
    group.addoption("--pin", action="store_true", help="write expected.npz anew from the reference")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers", "graded(function, points, lends=False): a hidden check item and the points that it is worth"
    )
    config.stash.setdefault(FOLDERS, {})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse unmarked check items, order the others as grading does, and open the submission."""
    folders = {item.path.parent for item in items if is_graded(item)}
    try:
        by_folder = {
            folder: read_items([item for item in items if item.path.parent == folder]) for folder in sorted(folders)
        }
        for folder, found in by_folder.items():
            config.stash[FOLDERS].setdefault(folder, _opened(config, folder))
            for item in found:
                item.node.stash[_ITEM] = item
        if submission := config.getoption("submission"):
            from autograder.grading.author import answer_from_notebook  # brings nbformat: only when asked for

            assignment, opened = config.getoption("assignment"), config.stash[FOLDERS]
            folder, close = answer_from_notebook(Path(submission), assignment, by_folder, opened)
            config.add_cleanup(close)
            by_folder = {folder: by_folder[folder]}
    except AutograderError as error:
        raise pytest.UsageError(str(error)) from error
    others = [item for item in items if item.path.parent not in folders]
    items[:] = others + [item.node for found in by_folder.values() for item in in_grading_order(found)]


def _opened(config: pytest.Config, folder: Path) -> Folder:
    """An assignment's folder; to pin, with the reference as its source is now: a build waits for what is pinned."""
    root = course_root(folder)
    if not config.getoption("pin", False):
        return open_folder(folder, root)
    from autograder.authoring.solutions import solutions_module  # brings nbformat: only when asked for
    from autograder.course import Course, read_own_notebook

    source = Course(root).source_notebook(folder.name)
    aside = tempfile.TemporaryDirectory(prefix="autograder-pin-")
    config.add_cleanup(aside.cleanup)
    module = Path(aside.name) / f"{folder.name}.py"
    notebook = read_own_notebook(source, remedy="Mend the source notebook")
    module.write_text(solutions_module(notebook, folder.name, file=str(source)), encoding="utf-8")
    return Folder(Reference(module), PinnedResults(folder / "expected.npz"))


def course_root(path: Path) -> Path:
    """The nearest folder above ``path`` that holds a course's configuration.

    Raises:
        CourseError: There is none.
    """
    for folder in path.parents:
        if (folder / CONFIG_FILE).is_file():
            return folder
    raise CourseError(f"no {CONFIG_FILE} in a folder above", where=str(path), remedy="Run this inside a course")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start every item from its own seed, whatever ran before it."""
    if _ITEM in item.stash:
        seed_generators(item.config.stash[FOLDERS][item.path.parent], item.stash[_ITEM])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what ``--pin`` gathered."""
    if session.config.getoption("pin", False):
        for folder in session.config.stash[FOLDERS].values():
            folder.pinned.save()


def _folder(request: pytest.FixtureRequest) -> Folder:
    folder = request.config.stash[FOLDERS].get(request.path.parent)
    if folder is None:
        raise CourseError("this fixture is for check items", where=str(request.path), remedy="Mark the item graded")
    return folder


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Iterator[Student]:
    """The functions under check: a submission's, or the reference's when there is no submission."""
    with lent_openly(_folder(request), request.node.stash[_ITEM]) as view:
        yield view


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Reference:
    """The reference solutions, called in this process."""
    return _folder(request).reference


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> np.random.RandomState:
    """A random generator seeded by the item's name, whose stream numpy promises never to change."""
    return generator_of(_folder(request), request.node.stash[_ITEM])


@pytest.fixture
def pinned(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """The reference's pinned result of a call: ``pinned("f", x)``; calls are numbered within the item."""
    return pinned_of(_folder(request), request.node.stash[_ITEM], pin=request.config.getoption("pin", False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a student's fault as its own line, not as a traceback through the platform."""
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, StudentFault):
        report.longrepr = str(call.excinfo.value)
    return report
