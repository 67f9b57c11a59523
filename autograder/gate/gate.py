"""The release gate: an assignment goes out only when its check items are known to judge rightly."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from traitlets.config import Config

from autograder.authoring import build_aside
from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import write_atomically
from autograder.gate.candidates import Candidate, Catalogue
from autograder.gate.items import dependent_items
from autograder.gate.judging import Report, judged
from autograder.gate.trials import CHUNK, Plan, Trial, faults_of_equivalents, tried, workers
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


@dataclass(slots=True)
class _Tried:
    """An assignment on its way through the gate."""

    plan: Plan
    candidates: tuple[Candidate, ...]
    equivalents: dict[str, list[tuple[Equivalent, str]]]  # of each function, with the text of the edited cell
    trials: list[Trial] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


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
        under = {name: _prepared(course, name, config, stack) for name in assignments}
        tasks = [(name, candidate) for name, one in under.items() for candidate in one.candidates]
        began = time.monotonic()
        pool = stack.enter_context(workers([one.plan for one in under.values()], options, packages))
        proofs = [(name, function, pairs) for name, one in under.items() for function, pairs in one.equivalents.items()]
        refutations = pool.map(faults_of_equivalents, proofs)  # the longest tasks first
        dependences = pool.map(dependent_items, [one.plan.course for one in under.values()], under)
        trials = pool.map(tried, tasks, chunksize=CHUNK)
        for done, ((name, _), trial) in enumerate(zip(tasks, trials, strict=True), start=1):
            under[name].trials.append(trial)
            under[name].seconds += time.monotonic() - began
            began = time.monotonic()
            progress(done, len(tasks))
        for (name, _, _), faults in zip(proofs, refutations, strict=True):
            under[name].faults += faults
        for one, faults in zip(under.values(), dependences, strict=True):
            one.faults += faults
        reports = tuple(map(_report, under.values()))
    for report in reports:
        _keep(course, report.assignment, report)
    return reports


def _prepared(course: Course, name: str, config: Config, stack: ExitStack) -> _Tried:
    catalogue = Catalogue.read(course, name)
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-gate-"))
    built = build_aside(course, name, config, Path(folder))
    candidates = tuple(catalogue.candidates())
    equivalents: dict[str, list[tuple[Equivalent, str]]] = {}
    for one in catalogue.equivalents:
        equivalents.setdefault(one.function, []).append((one, one.apply(catalogue.cells[one.function])))
    return _Tried(Plan(built, name, catalogue.cells), candidates, equivalents)


def _report(one: _Tried) -> Report:
    course, name = one.plan.course, one.plan.assignment
    items = Suite(course.checks_folder(name), course.root).items
    equivalents = [pair for pairs in one.equivalents.values() for pair in pairs]
    report = judged(name, items, one.trials, equivalents, one.faults)
    return msgspec.structs.replace(report, seconds=round(one.seconds, 1))


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
