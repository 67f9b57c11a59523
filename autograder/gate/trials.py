"""Candidates run through the engine that grades submissions: the same sandbox, calls and check items."""

import ast
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from typing import Any, Final, final

from nbformat import NotebookNode

from autograder.cores import cores, on_one_core
from autograder.course import Course
from autograder.errors import CourseError
from autograder.gate.candidates import MISTAKES, Candidate, Origin
from autograder.gate.equivalence import refuted
from autograder.grading.attempts import Options, Runner
from autograder.grading.catalogue import Equivalent
from autograder.grading.fresh import Disagreement, fresh_disagreements
from autograder.grading.memory import Memory
from autograder.grading.reference import Reference
from autograder.grading.restoring import Restored, restore
from autograder.grading.suite import Suite, Verdict
from autograder.notebooks import Kind, graded_names, marked, read_mark
from autograder.sandbox import Sandbox

CHUNK: Final = 8  # candidates handed to a worker together


@final
@dataclass(frozen=True, slots=True)
class Trial:
    """What the check items said of a candidate.

    Attributes:
        candidate: The candidate.
        verdicts: What each item found, by its id; for a mutant those of its own function only.
        error: The largest error of a compared number, in units of its tolerance.
        fresh: Of an alternative, where it failed on fresh inputs.
    """

    candidate: Candidate
    verdicts: Mapping[str, Verdict]
    error: float
    fresh: tuple[Disagreement, ...] = ()

    @property
    def failed(self) -> frozenset[str]:
        """Ids of the items that it failed."""
        return frozenset(item for item, verdict in self.verdicts.items() if not verdict.passed)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a worker needs to know of an assignment.

    Attributes:
        course: The course as it would be after a build.
        assignment: The assignment's name.
        cells: The reference's graded cells, by function.
    """

    course: Course
    assignment: str
    cells: Mapping[str, str]


@final
class Bench:
    """One worker's place to try the candidates of one assignment.

    Args:
        plan: The assignment.
        sandbox: The sandbox, started.
        options: What the course set about grading.
    """

    def __init__(self, plan: Plan, sandbox: Sandbox, options: Options) -> None:
        self.suite = Suite(plan.course.checks_folder(plan.assignment), plan.course.root)
        release = plan.course.read_release(plan.assignment)
        self._functions = graded_names(release)
        self._cells = plan.cells
        self._whole = restore(release, release)
        self._sandbox, self._options, self._memory = sandbox, options, Memory()

    def try_(self, candidate: Candidate) -> Trial:
        """Run a candidate as a submission, in the sandbox.

        Raises:
            CourseError: The course is at fault: a pinned result is missing, say.
            IsolationError: The sandbox cannot be had any more.
        """
        own = {candidate.function: candidate.source} if candidate.function else {}
        cells = {} if candidate.origin is Origin.STUB else {**self._cells, **own}
        suite = self.suite.about(candidate.function) if candidate.origin is Origin.MUTANT else self.suite
        submission = _filled(self._whole, cells)
        if candidate.origin in MISTAKES:
            submission = _lean(submission, candidate.function)
        runner = Runner(suite, self._functions, self._sandbox, self._options, {}, explains=False, memory=self._memory)
        found = runner.run(submission).verdicts
        verdicts = {item: Verdict(one.passed, one.message) for item, one in found.items()}
        error = max((one.error for one in found.values()), default=0.0)
        fresh: tuple[Disagreement, ...] = ()
        if candidate.origin is Origin.ALTERNATIVE:
            answer = Reference(self.suite.solutions, candidate.source)
            fresh = fresh_disagreements(self.suite, candidate.function, answer)
        return Trial(candidate, verdicts, error, fresh)


def _filled(restored: Restored, cells: Mapping[str, str]) -> Restored:
    """A submission with these texts in its graded cells."""
    notebook = NotebookNode({**restored.notebook, "cells": [_with_text(one, cells) for one in restored.notebook.cells]})
    return replace(restored, notebook=notebook)


def _with_text(cell: NotebookNode, cells: Mapping[str, str]) -> NotebookNode:
    mark = read_mark(cell)
    if mark is None or mark.kind is not Kind.GRADED or mark.name not in cells:
        return cell
    return NotebookNode({**cell, "source": cells[mark.name]})


def _lean(restored: Restored, function: str) -> Restored:
    """What the items of a mistake can see: helpers and functions, without examples and visible checks.

    Neighbours that only define are run as one cell, but for the mistake itself.
    """
    cells: list[NotebookNode] = []
    joined = False
    for mark, cell in marked(restored.notebook.cells):
        if mark.kind not in (Kind.GIVEN, Kind.GRADED):
            continue
        joins = mark.name != function and only_defines(cell.source)
        if joins and joined:
            cells[-1] = NotebookNode({**cells[-1], "source": f"{cells[-1].source}\n\n\n{cell.source}"})
        else:
            cells.append(cell)
        joined = joins
    return replace(restored, notebook=NotebookNode({**restored.notebook, "cells": cells}))


@lru_cache
def only_defines(source: str) -> bool:
    """Whether a cell holds imports, functions and literals: none raises, or means anything else behind others."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a magic
        return False
    return all(map(_defines, body))


def _defines(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.Expr(value=ast.Constant()):
            return True
        case ast.ImportFrom(module=module):
            return module != "__future__"
        case ast.FunctionDef(decorator_list=[], args=arguments):
            return all(map(_is_literal, [*arguments.defaults, *filter(None, arguments.kw_defaults)]))
        case ast.ClassDef(decorator_list=[], bases=[], keywords=[], body=body):
            return all(map(_defines, body))
        case ast.Assign(targets=[ast.Name()], value=value):
            return _is_literal(value)
    return False


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return False
    return True


_benches: dict[str, Callable[[], Bench]] = {}  # in a worker's process: its bench for each assignment, made when asked


def tried(task: tuple[str, Candidate]) -> Trial:
    """Try a candidate of an assignment, in a worker; see `Bench.try_`."""
    assignment, candidate = task
    return _benches[assignment]().try_(candidate)


def faults_of_equivalents(proof: tuple[str, str, Sequence[tuple[Equivalent, str]]]) -> tuple[str, ...]:
    """Compare an assignment's listed equivalents of a function, in a worker; see `refuted`."""
    assignment, function, listed = proof
    return refuted(_benches[assignment]().suite, function, listed)


@contextmanager
def workers(plans: Iterable[Plan], options: Options, packages: tuple[str, ...]) -> Iterator[ProcessPoolExecutor]:
    """A worker process for each core, each with a sandbox of its own, for as long as the context lasts.

    Args:
        plans: The assignments whose candidates will come.
        options: What the course set about grading.
        packages: Further distributions that student code may import.

    Raises:
        CourseError: One of them was killed.
    """
    # Forked, not spawned: a spawned worker would run the main module of whatever program builds a course.
    context = multiprocessing.get_context("fork")
    state = (context.Value("i", 0), tuple(plans), options, packages)
    with ProcessPoolExecutor(cores(), mp_context=context, initializer=_start, initargs=state) as pool:
        try:
            yield pool
        except BrokenProcessPool:
            raise CourseError(
                "a process of the gate was ended from outside, perhaps for want of memory", remedy="Run it again"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _start(numbers: Any, plans: Iterable[Plan], options: Options, packages: tuple[str, ...]) -> None:
    on_one_core(numbers)
    sandbox = Sandbox(options.limits, packages, options.isolation)
    for plan in plans:
        _benches[plan.assignment] = cache(partial(Bench, plan, sandbox, options))
