"""Grading a class: which submissions need it, each graded and recorded, one result for every one."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import final

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor, ExecutePreprocessor, Preprocessor
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from autograder.bulk.backup import back_up
from autograder.bulk.difference import Change, change_of
from autograder.bulk.lock import only_run
from autograder.bulk.marks import read_marks
from autograder.bulk.pending import PendingFolder
from autograder.bulk.records import Entry, Records
from autograder.bulk.submissions import SubmittedFolder, iso, submitted_folders
from autograder.cores import cores
from autograder.course import Course, is_ours
from autograder.errors import CourseError
from autograder.frame.options import Autograder
from autograder.frame.pages import MakeInert
from autograder.frame.submission_exporter import kind_of
from autograder.grading.reading import UnavailableNotebookError
from autograder.grading.record import Provenance, Record, read_record
from autograder.grading.submitted import Submitted
from autograder.models import Result, SubmissionResult, of_student
from autograder.notebooks import file_of
from autograder.pages import make_inert
from autograder.workers import Answer, Bundle, Job, Pool, Step, cluster_pool, local_pool, pack

# Steps of nbgrader's autograding that are done here, or by the graders.
_DONE_HERE = (ExecutePreprocessor, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata, MakeInert)
# What nbgrader lists besides: steps that need the notebook alone, which the graders have at hand.
_BY_GRADERS = (IgnorePattern, ClearMetadataPreprocessor, LimitOutput)
_AT_ONCE = 32  # submissions recorded in one transaction
_WAIT_SECONDS = 1.0  # how long a graded submission waits for others to be recorded with

Decide = Callable[[Sequence[Change]], bool]


@dataclass(frozen=True, slots=True)
class Classwork:
    """A class to grade.

    Attributes:
        converter: nbgrader's converter, whose options are honoured; it is never started.
        options: The platform's options.
        assignment: The assignment's name.
        student: A student's id, or a glob.
        force: Grade again what has a result already.
        jobs: How many grading processes; 0 for one on each core.
        scheduler: Address of a Dask scheduler whose workers grade; empty for this machine.
        dry_run: Record nothing.
    """

    converter: Autograde
    options: Autograder
    assignment: str
    student: str = "*"
    force: bool = False
    jobs: int = 0
    scheduler: str = ""
    dry_run: bool = False

    @property
    def coursedir(self) -> CourseDirectory:
        """Nbgrader's folders of the course."""
        directory: CourseDirectory = self.converter.coursedir
        return directory


def nothing_lost(_changes: Sequence[Change]) -> bool:
    """The answer where nobody can be asked: grades of unchanged submissions are not lowered."""
    return False


def grade_class(
    work: Classwork, announce: Callable[[int], None] = lambda _count: None, decide: Decide = nothing_lost
) -> Iterator[SubmissionResult]:
    """Grade what needs grading, and yield one result for every submission as it is there.

    Each submission is recorded before its result is yielded, so a run that is interrupted loses nothing and the
    next one goes on from there. A grade that counts already and would change is held until all are graded.

    Args:
        work: What to grade.
        announce: Told the count of submissions before the first is graded.
        decide: Shown all grades that would change, before they do; says whether those that wait are accepted.
            One that is not leaves the former result, which is yielded.

    Raises:
        AutograderError: The course, the gradebook or the machine does not allow grading.
    """
    course = work.options.course(work.coursedir)
    _refuse_others_work(course, work.assignment)
    steps = _steps_by_graders(work.converter)
    bundle = pack(course, work.assignment, work.options.grading(), steps)
    folders = submitted_folders(work.coursedir, work.assignment, work.student)
    coursedir = work.coursedir
    with (
        only_run(course.root, work.assignment),
        Records(coursedir.db_url, coursedir.course_id, work.assignment) as records,
    ):
        if not work.dry_run:
            records.refuse_unwritable()
        announce(len(folders))
        yield from _Run(work, bundle, records, decide).results(folders)


def _refuse_others_work(course: Course, assignment: str) -> None:
    """Refuse what nbgrader grades from a notebook's own cells: its own command does that.

    Raises:
        CourseError: The assignment has none of our first lines, or notebooks beside its own.
    """
    remedy = f"Run: nbgrader autograde {assignment}"
    release = course.release_notebook(assignment)
    if not is_ours(course.read_release(assignment)):
        raise CourseError("no cell has a graded function of ours", where=str(release), remedy=remedy)
    others = sorted(path.name for path in release.parent.glob("*.ipynb") if path != release)
    if others:
        raise CourseError(f"{others[0]} is graded only by nbgrader's own command", where=assignment, remedy=remedy)


@dataclass(frozen=True, slots=True)
class _Task:
    """A submission on its way.

    Attributes:
        folder: Where it lies.
        submitted: When it was handed in, or None where that is unknown.
        before: What counts so far, or None.
        made_from: What its grade follows from.
    """

    folder: SubmittedFolder
    submitted: datetime | None
    before: Record | None
    made_from: Provenance

    def result(self, result: Result) -> SubmissionResult:
        return of_student(result, self.folder.student, iso(self.submitted))


@dataclass(frozen=True, slots=True)
class _Graded:
    """A graded submission that is not recorded yet."""

    task: _Task
    result: Result
    pending: PendingFolder

    @property
    def change(self) -> Change | None:
        if self.task.before is None:
            return None
        return change_of(self.task.folder.student, self.task.before, Record(self.result, self.task.made_from))


@final
@dataclass(slots=True)
class _Run:
    work: Classwork
    bundle: Bundle
    records: Records
    decide: Decide
    _ready: list[_Graded] = field(default_factory=list)  # to be recorded with the next transaction
    _ready_since: float = 0.0
    _held: list[_Graded] = field(default_factory=list)  # would change what counts
    _backed_up: bool = False

    def results(self, folders: Sequence[SubmittedFolder]) -> Iterator[SubmissionResult]:
        """Results of all submissions: first of those that need no grading."""
        known = self.records.students_graded()
        waiting, pending = [], []
        for folder in folders:
            task, _ = self._look(folder, folder.student in known)
            if self._is_current(task):
                assert task.before is not None
                PendingFolder(folder).tidy()
                yield task.result(task.before.result)
            elif (kept := self._kept(task)) is not None:
                pending.append(kept)
            else:
                waiting.append(folder)
        if waiting or pending:
            yield from self._graded(waiting, pending, known)

    def _graded(
        self, folders: Sequence[SubmittedFolder], pending: Sequence[_Graded], known: frozenset[str]
    ) -> Iterator[SubmissionResult]:
        jobs = max(1, min(self.work.jobs or cores(), len(folders)))
        with _pool(self.work, self.bundle, jobs) as pool:
            self._open_records(pool)
            try:
                for one in pending:
                    yield from self._take(one)
                failed = yield from self._pass(pool, folders, known, again=True)
                yield from self._pass(pool, failed, known, again=False)
                yield from self._record()
                yield from self._settle()
            except (KeyboardInterrupt, GeneratorExit):
                list(self._record())  # it is graded: whoever stops this loses nothing of it
                raise

    def _pass(
        self, pool: Pool, folders: Sequence[SubmittedFolder], known: frozenset[str], *, again: bool
    ) -> Generator[SubmissionResult, None, list[SubmittedFolder]]:
        """Grade these; the submissions that met a fault of the platform are returned, to be tried again."""
        failed = []
        for task, answer in pool.grade(self._submitted(folders, known)):
            if answer.result.status != "error":
                yield from self._take(self._made_pending(task, answer))
            elif again:
                failed.append(task.folder)
            else:
                yield task.result(answer.result)
        return failed

    def _submitted(self, folders: Iterable[SubmittedFolder], known: frozenset[str]) -> Iterator[Job[_Task]]:
        for folder in folders:
            task, submitted = self._look(folder, folder.student in known)
            yield Job(task, submitted, task.made_from)

    def _look(self, folder: SubmittedFolder, recorded: bool) -> tuple[_Task, Submitted]:
        """What there is of a submission."""
        submitted, when = folder.read(self.bundle.options.max_bytes), None
        try:
            when = folder.submitted_at()
        except CourseError as error:  # one student's file must not stop the class
            submitted = Submitted(UnavailableNotebookError(str(error)))
        before = read_record(folder.autograded / folder.notebook.name) if recorded else None
        return _Task(folder, when, before, self.bundle.made_from.of(submitted, folder.folder)), submitted

    def _is_current(self, task: _Task) -> bool:
        return not self.work.force and task.before is not None and task.before.provenance == task.made_from

    def _kept(self, task: _Task) -> _Graded | None:
        """What an earlier run graded and did not record."""
        pending = PendingFolder(task.folder)
        record = None if self.work.force else pending.record(task.made_from)
        return None if record is None else _Graded(task, record.result, pending)

    def _made_pending(self, task: _Task, answer: Answer) -> _Graded:
        coursedir, converter = self.work.coursedir, self.work.converter
        source = Path(coursedir.format_path(coursedir.source_directory, ".", self.work.assignment))
        notebook = _with_own_steps(answer.notebook, converter, done=len(self.bundle.steps))
        pending = PendingFolder.make(task.folder, notebook, source, coursedir.ignore, converter.permissions)
        return _Graded(task, answer.result, pending)

    def _take(self, one: _Graded) -> Iterator[SubmissionResult]:
        """Record a graded submission soon, or hold it where it would change what counts."""
        if one.change is not None:
            self._held.append(one)
        elif self.work.dry_run:
            one.pending.discard()
            yield one.task.result(one.result)
        else:
            self._ready_since = self._ready_since if self._ready else time.monotonic()
            self._ready.append(one)
            if len(self._ready) >= _AT_ONCE or time.monotonic() - self._ready_since > _WAIT_SECONDS:
                yield from self._record()

    def _settle(self) -> Iterator[SubmissionResult]:
        """Show what would change, then change it."""
        changes = [change for one in self._held if (change := one.change) is not None]
        accepted = self.decide(changes) if changes else True
        for one, change in zip(self._held, changes, strict=True):
            if self.work.dry_run:
                one.pending.discard()
                yield one.task.result(one.result)
            elif change.waits and not accepted:
                assert one.task.before is not None
                yield one.task.result(one.task.before.result)
            else:
                self._ready.append(one)
        yield from self._record()

    def _record(self) -> Iterator[SubmissionResult]:
        """Record what is ready, a few at a time: rows first, then folders, whose record says that all is done."""
        while self._ready:
            some, self._ready = self._ready[:_AT_ONCE], self._ready[_AT_ONCE:]
            if not self._backed_up and any(one.task.before is not None for one in some):
                back_up(self.work.coursedir.db_url, Path(self.work.coursedir.root) / "backups")
                self._backed_up = True
            self.records.save(
                [Entry(one.task.folder.student, one.task.submitted, read_marks(one.pending.notebook)) for one in some]
            )
            for one in some:
                one.pending.put()
            yield from (one.task.result(one.result) for one in some)

    def _open_records(self, pool: Pool) -> None:
        course, converter = self.work.options.course(self.work.coursedir), self.work.converter
        penalties = AssignLatePenalties(parent=converter)
        release = course.read_release(self.work.assignment)
        self.records.begin(release, pool.points(), penalties)


def _pool(work: Classwork, bundle: Bundle, jobs: int) -> Pool:
    return cluster_pool(bundle, work.scheduler) if work.scheduler else local_pool(bundle, jobs)


def _further(converter: Autograde) -> list[object]:
    """The course's autograding preprocessors but for those done here."""
    return [one for one in converter.autograde_preprocessors if not _is_done_here(one)]


def _further_steps(converter: Autograde) -> list[Preprocessor]:
    """Them, made as ``nbgrader autograde`` would make them for a submission."""
    exporter = converter.exporter_class(config=converter.config)
    exporter._preprocessors = []
    for step in _further(converter):
        exporter.register_preprocessor(step)
    return list(exporter._preprocessors)


def _steps_by_graders(converter: Autograde) -> tuple[Step, ...]:
    """The first of the further steps, up to one that is the course's own: grading processes can do them."""
    first = takewhile(lambda one: type(one) in _BY_GRADERS, _further_steps(converter))
    return tuple(Step(type(one), {name: getattr(one, name) for name in one.traits(config=True)}) for one in first)


def _with_own_steps(notebook: bytes, converter: Autograde, done: int) -> bytes:
    """The notebook after those of the further steps that are not done yet, the course's own."""
    if len(_further(converter)) == done:
        return notebook
    shown: NotebookNode = nbformat.from_dict(nbformat.reads(notebook.decode(), as_version=4))
    for step in _further_steps(converter)[done:]:
        shown, _ = step(shown, {})
    return file_of(make_inert(shown))


def _is_done_here(step: object) -> bool:
    return issubclass(kind_of(step), _DONE_HERE)
