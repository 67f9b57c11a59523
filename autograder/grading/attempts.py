"""How often a submission is run: once, as a rule; again where the first run was not its fair chance."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from typing import final

from autograder.errors import IsolationError
from autograder.grading.calling import ForkedSubmission
from autograder.grading.items import CheckItem
from autograder.grading.memory import Found, Memory
from autograder.grading.probing import Probe
from autograder.grading.reading import MAX_BYTES
from autograder.grading.restoring import Restored
from autograder.grading.running import RunningSubmission, cells_to_run, defined_in_demonstration
from autograder.grading.suite import Suite, Verdict
from autograder.grading.traces import trace_of_end
from autograder.sandbox import NAMESPACES, CellOutcome, Limits, Sandbox

_KILLED = 3  # attempts of which somebody killed the sandbox
MAX_LEFT_OUT = 5  # cells that end the notebook's process, each of which costs a further run


class KilledError(IsolationError):
    """Whenever the submission ran, its sandbox was killed: nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a course may set about grading.

    Attributes:
        limits: Limits of the sandbox.
        demonstrations: Whether ``# DEMO`` cells are run as well.
        max_bytes: Size of a submitted file, in bytes, above which it is not opened.
        isolation: Name of the level of isolation.
        packages: Distributions that student code may import besides the usual ones.
    """

    limits: Limits = Limits()
    demonstrations: bool = False
    max_bytes: int = MAX_BYTES
    isolation: str = NAMESPACES
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one run of a submission gave.

    Attributes:
        outcomes: What became of each cell, by its place in the notebook.
        verdicts: What each check item found, by its id.
        defined: Which of the graded functions were there to call.
        missed: Names that code of the submission looked up and did not find.
        traces: What a person should see of how it ran, a line each.
        answers: For functions of which all calls are remembered, a digest of what they answered in all items.
    """

    outcomes: Mapping[int, CellOutcome]
    verdicts: Mapping[str, Verdict]
    defined: frozenset[str]
    missed: frozenset[str]
    traces: frozenset[str]
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def fatal(self) -> int | None:
        """Place of the cell that ended the notebook's process, or None."""
        return next((place for place, one in self.outcomes.items() if one.status == "died"), None)

    @property
    def hung(self) -> bool:
        """Whether some cell was interrupted because its time was up."""
        return any(one.status == "timeout" for one in self.outcomes.values())


@final
@dataclass(frozen=True, slots=True)
class Runner:
    """Runs submissions of one assignment.

    Attributes:
        suite: The assignment's check items.
        functions: The graded functions of the release.
        sandbox: The sandbox, started.
        options: What the course set.
        files: Files released beside the notebook.
        explains: Whether calls of failed items are tried again for a better message.
        memory: What items did after the same answers of other submissions, or None to run all of them.
    """

    suite: Suite
    functions: Sequence[str]
    sandbox: Sandbox
    options: Options
    files: Mapping[str, bytes]
    explains: bool = True
    memory: Memory | None = None

    def run(self, submission: Restored) -> Attempt:
        """The best of a submission's attempts, all of them within its one limit of time.

        A cell that ends the whole process is left out of the next attempt, so that it costs what it would
        have defined and no more. A hang that cost a function is tried once more. A function that needs
        a name from a demonstration gets an attempt with the demonstrations. An attempt during which somebody
        killed the sandbox counts for nothing.

        Raises:
            KilledError: There was no other.
        """
        deadline = time.monotonic() + self.options.limits.submission_seconds
        demonstrations = self.options.demonstrations
        attempt, left_out = self._without_fatal_cells(submission, demonstrations, deadline)
        if attempt.hung and not attempt.defined.issuperset(self.functions):
            attempt = self._better(attempt, self._attempt(submission, demonstrations, left_out, deadline))
        missed = attempt.missed - attempt.defined  # not what a cell looked up before another one defined it
        if not demonstrations and defined_in_demonstration(missed, submission.notebook):
            attempt = self._better(attempt, self._without_fatal_cells(submission, True, deadline, left_out)[0])
        return attempt

    def _without_fatal_cells(
        self,
        submission: Restored,
        demonstrations: bool,
        deadline: float,
        known: Mapping[int, CellOutcome] | None = None,
    ) -> tuple[Attempt, Mapping[int, CellOutcome]]:
        """An attempt that survives its cells, if a few left out allow it; and those that were left out.

        Args:
            submission: The submission.
            demonstrations: Whether demonstrations are run.
            deadline: On the monotonic clock, in seconds.
            known: Cells that are known to end the process, left out from the first attempt on.
        """
        left_out: dict[int, CellOutcome] = dict(known or {})
        while True:
            attempt = self._attempt(submission, demonstrations, left_out, deadline)
            fatal = attempt.fatal if attempt.fatal not in left_out else None
            if fatal is None or len(left_out) >= MAX_LEFT_OUT or time.monotonic() >= deadline:
                return attempt, left_out
            left_out[fatal] = attempt.outcomes[fatal]

    def _better(self, first: Attempt, second: Attempt) -> Attempt:
        return max(first, second, key=self._points)

    def _points(self, attempt: Attempt) -> float:
        return sum(item.points for item in self.suite.items if attempt.verdicts[item.id].passed)

    def _attempt(
        self,
        submission: Restored,
        demonstrations: bool,
        left_out: Mapping[int, CellOutcome],
        deadline: float,
    ) -> Attempt:
        cells = cells_to_run(submission.notebook, demonstrations=demonstrations, stubs=submission.stubs)
        kept = [one for one in cells if one.place not in left_out]
        for _ in range(_KILLED):
            with RunningSubmission(self.sandbox, self.options.limits, kept, self.files, deadline) as running:
                running.run_cells(self.functions)
                attempt = self._checked(running)
                if running.dead is None or self.sandbox.is_up:
                    return replace(attempt, outcomes={**attempt.outcomes, **left_out})
        raise KilledError(
            f"the sandbox of a submission was killed from outside in {_KILLED} attempts", remedy="Grade it again."
        )

    def _checked(self, running: RunningSubmission) -> Attempt:
        """What the check items find in a submission whose cells have run."""
        missed = {one.missing_name for one in running.outcomes.values() if one.missing_name}
        with ForkedSubmission(running, memory=self.memory) as callee:
            found = {item.id: self._found(item, callee) for item in self.suite.items}
            verdicts: dict[str, Verdict] = {name: one.value for name, one in found.items()}
            answers = self._answers(found)
            missed |= callee.missed
            traces = set(callee.traces)
            if self.explains:
                verdicts |= self._explained(callee, verdicts, answers)
        if running.dead is not None and (trace := trace_of_end(running.dead)) is not None:
            traces.add(trace)
        return Attempt(running.outcomes, verdicts, running.defined, frozenset(missed), frozenset(traces), answers)

    def _found(self, item: CheckItem, callee: ForkedSubmission) -> Found:
        """An item's verdict."""

        def run() -> Verdict:
            return self.suite.run(item, callee.answering(item))

        return callee.converse(item.id, run) if self.suite.is_plain(item) else Found(run())

    def _answers(self, found: Mapping[str, Found]) -> dict[str, str]:
        """For each function a digest of all that its items were answered; those of which all are remembered."""
        keys: dict[str, list[bytes]] = {}
        for item in self.suite.items:
            keys.setdefault(item.function, []).append(found[item.id].key)
        return {name: blake2b(b"".join(some)).hexdigest() for name, some in keys.items() if all(some)}

    def _explained(
        self, callee: ForkedSubmission, verdicts: Mapping[str, Verdict], answers: Mapping[str, str]
    ) -> dict[str, Verdict]:
        """Failed items with what trying their calls again tells; after all others, which it must cost nothing."""
        failed = dict.fromkeys(item.function for item in self.suite.items if not verdicts[item.id].passed)
        explained: dict[str, Verdict] = {}
        probe = Probe(self.suite.reference, callee.answering)
        for function in (one for one in failed if one in callee.running.defined):
            items = [item for item in self.suite.items if item.function == function]
            explain = partial(probe.explained, [(item, verdicts[item.id]) for item in items])
            if function in answers:  # what is tried again follows from what was answered
                explained |= callee.converse(f"{function} {answers[function]}", explain).value
            else:
                explained |= explain()
        return explained
