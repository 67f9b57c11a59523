"""A class's pages: which are to be made, made on all cores, each put in its place whole."""

import glob
import logging
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, LoggingConfigurable

from autograder.cores import cores
from autograder.errors import AutograderError, CourseError
from autograder.files import write_atomically
from autograder.reports.feedback.exporter import FeedbackExporter
from autograder.reports.feedback.grades import Gradings, Marks
from autograder.reports.feedback.page import HEAD, is_current, page
from autograder.reports.reading import student_folders

# What `nbgrader release_feedback` and `generate_feedback` look for beside a page.
_COMPANIONS: Final = ("timestamp.txt", "submission_secret.txt")
_BATCH: Final = 8  # pages that a worker makes before it tells of them
_MADE, _CURRENT, _PLAIN = "made", "current", "plain"


@dataclass(frozen=True, slots=True)
class Job:
    """One page to make.

    Attributes:
        notebook: The autograded notebook.
        target: Where the page belongs.
        marks: The gradebook's part.
        force: Whether to make it though it is current.
    """

    notebook: Path
    target: Path
    marks: Marks
    force: bool


@dataclass(slots=True)
class Pages:
    """What became of a class's pages.

    Attributes:
        made: Pages that were made now.
        current: Pages that were as they should be.
        failed: Why some could not be made, a line each.
        without: Students of the gradebook's entries who have no autograded notebook.
    """

    made: list[Path] = field(default_factory=list)
    current: list[Path] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    without: tuple[str, ...] = ()

    @property
    def all(self) -> list[Path]:
        """All pages that are there now, sorted."""
        return sorted([*self.made, *self.current])


def write_feedback(
    coursedir: CourseDirectory,
    assignment: str,
    parent: LoggingConfigurable,
    *,
    jobs: int = 0,
    force: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Pages:
    """Write a page of feedback for every autograded submission, or for those of ``coursedir.student_id``.

    Args:
        coursedir: nbgrader's folders.
        assignment: The assignment's name.
        parent: Whose configuration and log nbgrader's converter uses.
        jobs: How many processes make pages; 0 for one on each core.
        force: Make again what is current.
        progress: Told how many pages are done, and of how many, now and then.

    Raises:
        CourseError: Nothing is graded yet, or nbgrader cannot make pages that are its own.
        GradebookError: The gradebook cannot be read.
    """
    coursedir.assignment_id = assignment
    folders = _autograded(coursedir, assignment)
    converter: Any = GenerateFeedback(coursedir=coursedir, parent=parent)
    converter.update_config(Config({"HTMLExporter": {"template_name": "feedback"}}))
    found, plain = Pages(), list(folders)
    if _makes_our_pages(converter):
        gradings = Gradings(coursedir.db_url, assignment)
        work = _work(coursedir, folders, gradings, force)
        plain = _sort(_made(work, jobs or cores(), progress), converter, found)
        if coursedir.student_id == "*":
            found.without = tuple(sorted(gradings.students - set(folders)))
    for student in [coursedir.student_id] if len(plain) == len(folders) else plain:
        found.made += _by_nbgrader(converter, student)
    return found


def _autograded(coursedir: CourseDirectory, assignment: str) -> dict[str, Path]:
    """The autograded folders by student, sorted."""
    folders = student_folders(coursedir, coursedir.autograded_directory, assignment, coursedir.student_id)
    if not folders:
        whose = "" if coursedir.student_id == "*" else f" of student '{coursedir.student_id}'"
        raise CourseError(
            f"nothing{whose} is graded yet", where=assignment, remedy=f"Run: autograder grade {assignment}"
        )
    return folders


def _makes_our_pages(converter: Any) -> bool:
    """Whether the course left the exporter to us, and asks for no steps of its own around each page."""
    hooks = converter.pre_convert_hook or converter.post_convert_hook
    return issubclass(converter.exporter_class, FeedbackExporter) and not hooks


def _work(coursedir: CourseDirectory, folders: Mapping[str, Path], gradings: Gradings, force: bool) -> list[Job]:
    return [
        Job(notebook, target / f"{notebook.stem}.html", gradings.of(student, notebook.stem), force)
        for student, folder in folders.items()
        for target in [Path(coursedir.format_path(coursedir.feedback_directory, student, folder.name))]
        for notebook in sorted(folder.glob("*.ipynb"))
    ]


def _made(
    work: Sequence[Job], jobs: int, progress: Callable[[int, int], None]
) -> Iterator[tuple[Job, str | AutograderError]]:
    """Each job with its outcome, or with why there is no page."""
    progress(0, len(work))
    outcomes = _run(work, min(jobs, -(-len(work) // _BATCH)))
    for done, (job, outcome) in enumerate(zip(work, outcomes, strict=True), start=1):
        progress(done, len(work))
        yield job, outcome


def _run(work: Sequence[Job], jobs: int) -> Iterator[str | AutograderError]:
    if jobs <= 1:
        yield from map(_make, work)
        return
    # Forks share all that is imported already, and nothing is open in them: the gradebook was closed before.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"))
    try:
        yield from pool.map(_make, work, chunksize=_BATCH)
    except BrokenProcessPool as error:
        raise CourseError(
            "a process that made pages was ended from outside, perhaps for want of memory",
            remedy="Run the command again, with a smaller --jobs; what is made stays",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _make(job: Job) -> str | AutograderError:
    """Make one page where that is needed; what became of it."""
    try:
        content = job.notebook.read_bytes()
        if not job.force and is_current(_head(job.target), content, job.marks):
            return _CURRENT
        text = page(content, job.marks)
        if text is None:
            return _PLAIN
        for name in _COMPANIONS:
            companion = job.notebook.with_name(name)
            if companion.is_file() and not companion.is_symlink():
                write_atomically(job.target.with_name(name), companion.read_bytes())
        write_atomically(job.target, text)
    except OSError as error:
        return CourseError(f"the page cannot be written ({error})", where=job.marks.student)
    except AutograderError as error:
        return error
    return _MADE


def _head(target: Path) -> bytes:
    try:
        with target.open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError:
        return b""


def _sort(made: Iterator[tuple[Job, str | AutograderError]], converter: Any, found: Pages) -> list[str]:
    """Put each page where it belongs in ``found``; the students whose notebooks are none of ours."""
    plain = []
    for job, outcome in made:
        if isinstance(outcome, AutograderError):
            found.failed.append(str(outcome))
        elif outcome == _PLAIN:
            plain.append(job.marks.student)
        elif outcome == _CURRENT:
            found.current.append(job.target)
        else:
            converter.set_permissions(job.marks.assignment, job.marks.student)
            found.made.append(job.target)
    return list(dict.fromkeys(plain))


def _by_nbgrader(converter: Any, student: str) -> list[Path]:
    """Pages that nbgrader makes in its own way: those of notebooks that are none of ours."""
    coursedir = converter.coursedir
    coursedir.student_id, before = student, coursedir.student_id
    converter.force = True
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader could not write feedback ({error})", where=coursedir.assignment_id) from error
    finally:
        coursedir.student_id = before
    return sorted(map(Path, glob.glob(coursedir.format_path(coursedir.feedback_directory, student,
                                                            coursedir.assignment_id) + "/*.html")))  # fmt: skip
