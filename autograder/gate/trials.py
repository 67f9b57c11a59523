"""Candidates run through the engine that grades submissions: the same sandbox, calls and check items."""

import ast
import multiprocessing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, final

from nbformat import NotebookNode

from autograder.cores import cores, on_one_core
from autograder.course import Course
from autograder.errors import CourseError
from autograder.gate.candidates import Candidate, Origin
from autograder.gate.equivalence import refuted
from autograder.gate.items import dependent_items
from autograder.grading.attempts import Options, Runner
from autograder.grading.catalogue import Equivalent
from autograder.grading.fresh import Disagreement, fresh_agreement
from autograder.grading.memory import Memory
from autograder.grading.reference import Reference
from autograder.grading.restoring import Restored, restore
from autograder.grading.suite import Suite, Verdict
from autograder.notebooks import Kind, graded_names, marked, read_mark
from autograder.sandbox import Sandbox

_CHUNK: Final = 8  # candidates handed to a worker together
_MISTAKES: Final = (Origin.MISCONCEPTION, Origin.MUTANT)


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


@final
class Bench:
    """One worker's place to try the candidates of one assignment.

    Args:
        course: The course as it would be after a build.
        assignment: The assignment's name.
        cells: The reference's graded cells, by function.
        sandbox: The sandbox, started.
        options: What the course set about grading.
    """

    def __init__(
        self, course: Course, assignment: str, cells: Mapping[str, str], sandbox: Sandbox, options: Options
    ) -> None:
        self.suite = Suite(course.checks_folder(assignment), course.root)
        release = course.read_release(assignment)
        self._functions = graded_names(release)
        self._cells = cells
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
        if candidate.origin in _MISTAKES:
            submission = _lean(submission, candidate.function)
        runner = Runner(suite, self._functions, self._sandbox, self._options, {}, explains=False, memory=self._memory)
        found = runner.run(submission).verdicts
        verdicts = {item: Verdict(one.passed, one.message) for item, one in found.items()}
        error = max((one.error for one in found.values()), default=0.0)
        fresh = self._on_fresh_inputs(candidate) if candidate.origin is Origin.ALTERNATIVE else ()
        return Trial(candidate, verdicts, error, fresh)

    def _on_fresh_inputs(self, candidate: Candidate) -> tuple[Disagreement, ...]:
        answer = Reference(self.suite.solutions, candidate.source)
        return fresh_agreement(self.suite, candidate.function, lambda _item: answer).disagreements


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


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a worker needs to know of an assignment: its built course, name and reference's cells."""

    course: Course
    assignment: str
    cells: Mapping[str, str]


Task = tuple[str, Candidate]
Proof = tuple[str, str, tuple[tuple[Equivalent, str], ...]]


@final
class Workers:
    """A worker process for each core, each with a sandbox of its own."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def trials(self, tasks: Sequence[Task]) -> Iterator[Trial]:
        """Try candidates, each of an assignment that is named with it; in their order."""
        return self._pool.map(_try, tasks, chunksize=_CHUNK)

    def dependences(self, assignments: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """What is wrong with items of these assignments that don't stand for themselves; see `dependent_items`."""
        return self._pool.map(_dependent, assignments)

    def refutations(self, proofs: Sequence[Proof]) -> Iterator[tuple[str, ...]]:
        """Compare listed equivalents of a function of an assignment; see `refuted`."""
        return self._pool.map(_refuted, proofs)


@contextmanager
def workers(plans: Iterable[Plan], options: Options, packages: tuple[str, ...]) -> Iterator[Workers]:
    """Worker processes for as long as the context lasts.

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
            yield Workers(pool)
        except BrokenProcessPool:
            raise CourseError(
                "a process of the gate was ended from outside, perhaps for want of memory", remedy="Run it again"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(slots=True)
class _Worker:
    """A worker process's own: its plans, and a bench for each assignment that it has met."""

    plans: dict[str, Plan]
    options: Options
    packages: tuple[str, ...]
    sandbox: Sandbox
    benches: dict[str, Bench]

    def bench(self, assignment: str) -> Bench:
        if assignment not in self.benches:
            plan = self.plans[assignment]
            self.benches[assignment] = Bench(plan.course, assignment, plan.cells, self.sandbox, self.options)
        return self.benches[assignment]


_workers: list[_Worker] = []  # in a worker's process: itself


def _start(numbers: Any, plans: Sequence[Plan], options: Options, packages: tuple[str, ...]) -> None:
    on_one_core(numbers)
    by_name = {plan.assignment: plan for plan in plans}
    _workers.append(_Worker(by_name, options, packages, Sandbox(options.limits, packages, options.isolation), {}))


def _try(task: Task) -> Trial:
    assignment, candidate = task
    return _workers[0].bench(assignment).try_(candidate)


def _dependent(assignment: str) -> tuple[str, ...]:
    return dependent_items(_workers[0].plans[assignment].course, assignment)


def _refuted(proof: Proof) -> tuple[str, ...]:
    assignment, function, listed = proof
    return refuted(_workers[0].bench(assignment).suite, function, listed)
