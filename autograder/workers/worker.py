"""What runs in a grading process: opens a bundle once, then grades submission after submission.

The process holds one sandbox and one collected suite, and both belong to one thread of it: a sandbox ends
with the thread that started it, and a collected pytest session serves one caller at a time. That is the main thread,
where tasks run in it; a cluster's workers run them in others.
"""

import contextlib
import functools
import gc
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.errors import AutograderError, CourseError, first_reason
from autograder.grading.grade import Grader
from autograder.grading.record import Provenance, versions, with_record
from autograder.grading.submitted import Submitted
from autograder.models import Result
from autograder.notebooks import file_of
from autograder.pages import make_inert
from autograder.sandbox import Sandbox
from autograder.workers.bundle import Bundle

_T = TypeVar("_T")
_FOLDER = "autograder-"


@dataclass(frozen=True, slots=True)
class Answer:
    """A graded submission.

    Attributes:
        result: The result.
        notebook: The autograded notebook as the bytes of its file, inert, with its record; empty where nothing
            is to be recorded.
    """

    result: Result
    notebook: bytes


@dataclass(frozen=True, slots=True)
class _Opened:
    bundle: Bundle
    sandbox: Sandbox
    grader: Grader
    steps: tuple[Preprocessor, ...]


_thread: ThreadPoolExecutor | None = None
_opened: _Opened | None = None
_folder: Path | None = None  # what is unpacked lies there, also before it is opened
_clearing = threading.Lock()


def points(bundle: Bundle) -> Mapping[str, float]:
    """Points of each graded function, as its check items sum up to; opens the bundle.

    Raises:
        AutograderError: The course or the machine does not allow grading.
    """
    return _in_the_thread(lambda: dict(_open(bundle).grader.suite.points))


def grade(bundle: Bundle, submitted: Submitted, made_from: Provenance) -> Answer:
    """Grade one submission.

    Args:
        bundle: The assignment.
        submitted: What was handed in.
        made_from: What the grade follows from, for the record.

    Raises:
        AutograderError: The course or the machine does not allow grading.
    """

    def graded() -> Answer:
        one = _open(bundle).grader.grade(submitted)
        if one.result.status == "error":
            return Answer(one.result, b"")
        shown = with_record(one, made_from)
        for step in _open(bundle).steps:
            shown = _after(step, shown)
        return Answer(one.result, file_of(make_inert(shown)))

    return _in_the_thread(graded)


def _after(step: Preprocessor, notebook: NotebookNode) -> NotebookNode:
    """The notebook after a step; what makes one fail is its configuration."""
    try:
        shown, _ = step(notebook, {})
    except Exception as error:
        name = type(step).__name__
        raise CourseError(
            f"{name} fails ({first_reason(error)})", where="nbgrader_config.py", remedy=f"Mend c.{name}"
        ) from error
    return shown


def refuse_other_versions(asked: str) -> None:
    """Refuse to grade where a grade would follow from other versions.

    Args:
        asked: Versions as ``grading.record.versions`` says them.

    Raises:
        AutograderError: This process has others; says which.
    """
    if (here := _versions_here()) != asked:
        differ = [(one, other) for one, other in zip(here.split(", "), asked.split(", "), strict=False) if one != other]
        one, other = differ[0]
        raise AutograderError(
            f"it has {one}, not {other.split()[-1]}", remedy="Install the same environment there and start it again"
        )


def refuse_unfit(asked: str, isolation: str, packages: tuple[str, ...]) -> None:
    """Try what this process needs for grading.

    Raises:
        AutograderError: It has other versions, or cannot isolate as asked.
    """
    refuse_other_versions(asked)

    def tried() -> None:
        with Sandbox(packages=packages, level=isolation) as sandbox, sandbox.submission(plots=False):
            pass

    _in_the_thread(tried)


def clear() -> None:
    """Remove what was unpacked, at the end of this process, with which its sandbox ends too; from any thread."""
    with _clearing:  # whoever comes second waits for the first to be done
        if _folder is not None:
            shutil.rmtree(_folder, ignore_errors=True)


@functools.cache
def _versions_here() -> str:
    return versions()


def _in_the_thread(work: Callable[[], _T]) -> _T:
    global _thread  # noqa: PLW0603 - one for the process, for as long as it lives
    if threading.current_thread() is threading.main_thread():
        return work()  # where lent functions can be interrupted as well
    if _thread is None:
        _thread = ThreadPoolExecutor(1, "grader")
    return _thread.submit(work).result()


def _open(bundle: Bundle) -> _Opened:
    global _opened  # noqa: PLW0603
    if _opened is None or not _opened.bundle.is_like(bundle):
        _close()
        with _clearing:  # whoever ends this process waits for what is being written
            folder = _unpacking_folder()
            with _told_of_the_course(bundle, folder):
                course = bundle.unpack(folder)
        with _told_of_the_course(bundle, folder):
            sandbox = Sandbox(bundle.options.limits, bundle.options.packages, bundle.options.isolation)
            grader = Grader(course, bundle.assignment, sandbox, bundle.options)
            _opened = _Opened(bundle, sandbox, grader, tuple(step.made() for step in bundle.steps))
        gc.collect()
        gc.freeze()  # half a million objects of imported modules need not be looked at again for every submission
    return _opened


def _unpacking_folder() -> Path:
    """A new folder of this process; those of processes that were killed go."""
    global _folder  # noqa: PLW0603
    above = Path(tempfile.gettempdir())
    for left in above.glob(f"{_FOLDER}*"):
        owner = left.name.removeprefix(_FOLDER).partition("-")[0]
        with contextlib.suppress(FileNotFoundError):  # another grader removes it as well
            if owner.isdigit() and left.stat().st_uid == os.getuid() and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(left, ignore_errors=True)
    _folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
    return _folder


@contextlib.contextmanager
def _told_of_the_course(bundle: Bundle, folder: Path) -> Iterator[None]:
    """Errors name the course's files, not the unpacked ones, which are gone when somebody reads that."""
    try:
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(error, AutograderError):
            raise
        told = (bundle.in_the_course(text, folder) for text in (error.what, error.where, error.remedy))
        what, where, remedy = told
        raise type(error)(what, where=where, remedy=remedy) from None


def _close() -> None:
    global _opened  # noqa: PLW0603
    if _opened is not None:
        _opened.sandbox.close()
        clear()
        _opened = None
