"""Grading a class: which submissions need it, each graded and recorded, one result for every one."""

import gc
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbconvert.preprocessors import Preprocessor
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, Execute, SaveAutoGrades

from autograder.bulk.folders import PendingFolder
from autograder.bulk.records import Records
from autograder.bulk.submissions import SubmittedFolder, iso, submitted_folders
from autograder.errors import CourseError
from autograder.frame.engines import fingerprint, grader_for
from autograder.frame.options import Autograder
from autograder.frame.record import read_record, submission_digest, with_record
from autograder.grading.grade import Grader
from autograder.models import SubmissionResult, of_student

# Steps of nbgrader's autograding that this module does itself, in one session of the gradebook.
_DONE_HERE = (Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)


@dataclass(frozen=True, slots=True)
class Classwork:
    """A class to grade.

    Attributes:
        converter: nbgrader's converter, whose options are honoured; it is never started.
        options: The platform's options.
        assignment: The assignment's name.
        student: A student's id, or a glob.
        force: Grade again what has a result already.
    """

    converter: Autograde
    options: Autograder
    assignment: str
    student: str = "*"
    force: bool = False

    @property
    def coursedir(self) -> CourseDirectory:
        """Nbgrader's folders of the course."""
        directory: CourseDirectory = self.converter.coursedir
        return directory


def grade_class(work: Classwork, announce: Callable[[int], None] = lambda _count: None) -> Iterator[SubmissionResult]:
    """Grade what needs grading, and yield one result for every submission as it is there.

    Each submission is recorded before its result is yielded, so a run that is interrupted loses
    nothing and the next one goes on from there.

    Args:
        work: What to grade.
        announce: Told the count of submissions before the first is graded.

    Raises:
        AutograderError: The course, the gradebook or the machine does not allow grading.
    """
    with _on_one_core():
        yield from _graded_class(work, announce)


def _graded_class(work: Classwork, announce: Callable[[int], None]) -> Iterator[SubmissionResult]:
    course, options = work.options.course(work.coursedir), work.options.grading()
    course.require(work.assignment)
    grader = grader_for(course, work.assignment, options, tuple(work.options.packages))
    folders = submitted_folders(work.coursedir, work.assignment, work.student)
    mark = fingerprint(course, work.assignment, options)
    penalties = AssignLatePenalties(parent=work.converter)
    gc.freeze()  # half a million objects of imported modules need not be looked at again for every submission
    with Records(work.coursedir.db_url, work.coursedir.course_id, grader, penalties) as records:
        known = records.students_graded()
        steps = _further_steps(work.converter)
        announce(len(folders))
        for folder in folders:
            yield _graded(work, folder, grader, records, mark, steps, folder.student in known)


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep this thread, and the sandbox that it starts, on one core.

    They take turns, a hundred times for a submission: waking the other on another core costs more than the
    call itself. Any core will do; another run, or the system, has as little reason to choose this one.
    """
    if not hasattr(os, "sched_setaffinity"):  # macOS
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {random.choice(sorted(cores))})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _graded(
    work: Classwork,
    folder: SubmittedFolder,
    grader: Grader,
    records: Records,
    mark: str,
    steps: list[Preprocessor],
    recorded: bool,
) -> SubmissionResult:
    """One submission's result: the one it has, or a new one, recorded."""
    try:
        submitted = folder.submitted_at()
    except CourseError as error:  # one student's file must not stop the class
        return of_student(grader.not_graded(str(error)).result, folder.student, None)
    content = folder.read(grader.options.max_bytes)
    digest = submission_digest(mark, content, folder.folder)
    kept = None if work.force or not recorded else read_record(folder.autograded / folder.notebook.name)
    if kept is not None and kept.digest == digest:
        return of_student(kept.result, folder.student, iso(submitted))
    graded = grader.grade(content)
    if graded.result.status != "error":
        notebook = with_record(graded, digest)
        for step in steps:
            notebook, _ = step(notebook, {})
        source = Path(work.coursedir.format_path(work.coursedir.source_directory, ".", work.assignment))
        pending = PendingFolder(folder, notebook, source, work.coursedir.ignore, work.converter.permissions)
        try:
            records.save(folder.student, submitted, notebook)
        except BaseException:
            pending.discard()
            raise
        pending.put()
    return of_student(graded.result, folder.student, iso(submitted))


def _further_steps(converter: Autograde) -> list[Preprocessor]:
    """The course's other autograding preprocessors, as ``nbgrader autograde`` would run them."""
    exporter = converter.exporter_class(config=converter.config)
    exporter._preprocessors = []
    for step in converter.autograde_preprocessors:
        if not (isinstance(step, type) and issubclass(step, _DONE_HERE)):
            exporter.register_preprocessor(step)
    steps: list[Preprocessor] = exporter._preprocessors
    return steps
