"""The release gate: an assignment goes out only when its check items are known to judge rightly."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from traitlets.config import Config

from autograder.authoring import build_aside
from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import write_atomically
from autograder.gate.candidates import Candidate, Catalogue
from autograder.gate.judging import Report, judged
from autograder.gate.trials import Plan, Trial, workers
from autograder.grading.attempts import Options
from autograder.grading.catalogue import Equivalent
from autograder.grading.suite import Suite

RECORD: Final = "gate.json"

Progress = Callable[[int, int], None]


class Record(msgspec.Struct, frozen=True):
    """What the gate said last, kept beside the checks.

    Attributes:
        digest: Of the source notebook, the checks and their catalogue.
        report: What it said of them.
    """

    digest: str
    report: Report


@dataclass(frozen=True, slots=True)
class _Tried:
    """An assignment on its way through the gate."""

    name: str
    plan: Plan
    catalogue: Catalogue
    candidates: tuple[Candidate, ...]

    @property
    def equivalents(self) -> Mapping[str, tuple[tuple[Equivalent, str], ...]]:
        """The listed edits of each function that has some, with the text of the edited cell."""
        by_function: dict[str, tuple[tuple[Equivalent, str], ...]] = {}
        for one in self.catalogue.equivalents:
            pair = one, one.apply(self.catalogue.cells[one.function])
            by_function[one.function] = (*by_function.get(one.function, ()), pair)
        return by_function


def try_gate(
    course: Course,
    assignments: Sequence[str],
    config: Config,
    options: Options,
    packages: tuple[str, ...],
    progress: Progress = lambda _done, _of: None,
) -> tuple[Report, ...]:
    """Run the gate for some assignments as their sources are now, and keep what it says beside their checks.

    Args:
        course: The course.
        assignments: Their names.
        config: The course's configuration, after ``autograder.configure(c)``.
        options: What the course set about grading.
        packages: Further distributions that student code may import.
        progress: Called with the number of candidates tried, and of all.

    Raises:
        CourseError: A source or a catalogue is not as it must be.
        IsolationError: This machine can't isolate.
    """
    with ExitStack() as stack:
        tried = [_prepared(course, name, config, stack) for name in assignments]
        trials: dict[str, list[Trial]] = {one.name: [] for one in tried}
        tasks = [(one.name, candidate) for one in tried for candidate in one.candidates]
        began = time.monotonic()
        pool = stack.enter_context(workers([one.plan for one in tried], options, packages))
        proofs = [(one.name, function, listed) for one in tried for function, listed in one.equivalents.items()]
        refutations = pool.refutations(proofs)  # the longest tasks first
        dependences = pool.dependences(list(trials))
        seconds = dict.fromkeys(trials, 0.0)
        for done, ((name, _), trial) in enumerate(zip(tasks, pool.trials(tasks), strict=True), start=1):
            trials[name].append(trial)
            seconds[name] += time.monotonic() - began
            began = time.monotonic()
            progress(done, len(tasks))
        faults_of: dict[str, list[str]] = {one.name: [] for one in tried}
        for (name, _, _), faults in zip(proofs, refutations, strict=True):
            faults_of[name] += faults
        for name, faults in zip(trials, dependences, strict=True):
            faults_of[name] += faults
        reports = tuple(_report(one, trials[one.name], faults_of[one.name], seconds[one.name]) for one in tried)
    for report in reports:
        _keep(course, report.assignment, report)
    return reports


def _prepared(course: Course, name: str, config: Config, stack: ExitStack) -> _Tried:
    catalogue = Catalogue.read(course, name)
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-gate-"))
    built = build_aside(course, name, config, Path(folder))
    return _Tried(name, Plan(built, name, catalogue.cells), catalogue, tuple(catalogue.candidates()))


def _report(tried: _Tried, trials: Sequence[Trial], faults: Sequence[str], seconds: float) -> Report:
    course = tried.plan.course
    items = Suite(course.checks_folder(tried.name), course.root).items
    equivalents = [pair for pairs in tried.equivalents.values() for pair in pairs]
    report = judged(tried.name, items, trials, equivalents, tuple(faults))
    return msgspec.structs.replace(report, seconds=round(seconds, 1))


def refuse_shut(course: Course, assignment: str, config: Config, options: Options, packages: tuple[str, ...]) -> None:
    """Refuse to release an assignment whose gate is shut; what was said of the same files before still holds.

    Raises:
        CourseError: The gate is shut, or the course is not as it must be.
        IsolationError: The gate has to be tried, and this machine can't isolate.
    """
    report = recorded(course, assignment)
    if report is None:
        report = try_gate(course, [assignment], config, options, packages)[0]
    if not report.open:
        more = f" (and {len(report.faults) - 1} more)" if len(report.faults) > 1 else ""
        raise CourseError(
            f"the release gate is shut: {report.faults[0].splitlines()[0].rstrip(':.')}{more}",
            where=assignment,
            remedy=f"See: autograder gate {assignment}. To release it all the same, name it in c.Autograder.ungated",
        )


def recorded(course: Course, assignment: str) -> Report | None:
    """What the gate said of the assignment's files as they are now, or None."""
    try:
        content = (course.checks_folder(assignment) / RECORD).read_bytes()
        record = msgspec.json.decode(content, type=Record)
    except (OSError, msgspec.DecodeError):
        return None
    return record.report if record.digest == _digest(course, assignment) else None


def _keep(course: Course, assignment: str, report: Report) -> None:
    path = course.checks_folder(assignment) / RECORD
    lasting = msgspec.structs.replace(report, seconds=0.0)  # else every run would change the file
    content = msgspec.json.format(msgspec.json.encode(Record(_digest(course, assignment), lasting)))
    try:
        write_atomically(path, content + b"\n")
    except OSError as error:
        raise CourseError(f"the gate's record cannot be written ({error.strerror})", where=str(path)) from error


def _digest(course: Course, assignment: str) -> str:
    """Of all that the gate's judgement follows from in the course."""
    checks = course.checks_folder(assignment)
    files = [course.source_notebook(assignment), *sorted(checks.rglob("*.py")), *sorted(checks.rglob("*.npz"))]
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
