"""The one grading function: from the bytes of a notebook and an assignment to a result.

Every entry goes through `Grader.grade`: one file, nbgrader's own command, formgrader's button, a
whole class. Nothing here knows about the gradebook.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from nbformat import NotebookNode

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.attempts import Attempt, KilledError, Options, Runner
from autograder.grading.catalogue import Misconception
from autograder.grading.diagnosis import Diagnosis
from autograder.grading.items import CheckItem
from autograder.grading.memory import Memory
from autograder.grading.reading import (
    UnavailableNotebookError,
    UndecidedNotebookError,
    UnreadableNotebookError,
    read_notebook,
)
from autograder.grading.restoring import Restored, restore
from autograder.grading.running import cells_to_run
from autograder.grading.submitted import Submitted
from autograder.grading.suite import Suite, Verdict
from autograder.grading.table import check_outputs, output
from autograder.grading.traces import trace_of_cell
from autograder.models import FunctionResult, FunctionStatus, ItemResult, Result, SubmissionStatus
from autograder.notebooks import Kind, graded_names, read_mark
from autograder.sandbox import CellOutcome, Sandbox

_DEMO_NOTE = "Demonstrations are not run when grading."


@dataclass(frozen=True, slots=True)
class Graded:
    """A result, and the notebook that shows it: restored, run, its check cells scored.

    Attributes:
        result: The result.
        notebook: The notebook.
        hints: For functions that behave like a catalogued misconception, its hint.
    """

    result: Result
    notebook: NotebookNode
    hints: Mapping[str, str] = field(default_factory=dict)


@final
class Grader:
    """Grades submissions of one assignment.

    Args:
        course: The course.
        assignment: The assignment's name.
        sandbox: The sandbox, started; it may be shared with other graders.
        options: What the course set.

    Raises:
        CourseError: The release, the checks or their catalogue are missing, damaged, or don't belong together.
    """

    def __init__(self, course: Course, assignment: str, sandbox: Sandbox, options: Options | None = None) -> None:
        self.assignment = assignment
        self.options = options or Options()
        self.release = course.read_release(assignment)
        self.functions = graded_names(self.release)
        self.suite = Suite(course.checks_folder(assignment), course.root)
        self._diagnosis = Diagnosis(self.suite)
        self.memory: Memory | None = Memory()
        self._sandbox = sandbox
        cells = cells_to_run(self.release, demonstrations=self.options.demonstrations)
        sandbox.learn([cell.source for cell in cells])
        self._files = {name: path.read_bytes() for name, path in released_files(course.release_notebook(assignment))}
        _refuse_strangers(self.suite, self.functions, course.release_notebook(assignment))

    def grade(self, submission: bytes | UnreadableNotebookError | Submitted) -> Graded:
        """Grade one submission.

        Args:
            submission: The submitted file's bytes, or why they could not be had; with notes how they were found.

        Raises:
            CourseError: The course is at fault: a pinned result is missing, say.
            IsolationError: The sandbox cannot be had any more.
        """
        started = time.monotonic()
        submitted = submission if isinstance(submission, Submitted) else Submitted(submission)
        content = submitted.content
        try:
            if isinstance(content, UnreadableNotebookError):
                raise content
            restored = restore(read_notebook(content, self.options.max_bytes), self.release)
            runner = Runner(self.suite, self.functions, self._sandbox, self.options, self._files, memory=self.memory)
            attempt = runner.run(restored)
        except UnavailableNotebookError as error:
            return self.not_graded(str(error))
        except KilledError as error:
            return self.not_graded(f"It could not be graded: {error.what}.")
        except UndecidedNotebookError as error:
            return self._without_score((str(error), *submitted.notes), "needs_review", started)
        except UnreadableNotebookError as error:
            return self._without_score((str(error), *submitted.notes), "failed", started)
        alike = {
            name: found
            for name in attempt.defined
            if (found := self._diagnosis.misconception(name, attempt.verdicts, attempt.answers.get(name)))
        }
        functions = self._function_results(attempt, restored.notebook, alike)
        hints = {name: mistake.hint for name, mistake in alike.items()}
        status, notes = _status(restored, attempt)
        notes = (*notes, *submitted.notes)
        return self._graded(restored.notebook, attempt.outcomes, functions, status, notes, started, hints)

    def _function_results(
        self, attempt: Attempt, notebook: NotebookNode, alike: Mapping[str, Misconception]
    ) -> dict[str, FunctionResult]:
        results = {}
        for name in self.functions:
            reason = "" if name in attempt.defined else _why_missing(name, attempt, notebook)
            items = tuple(
                _item_result(item, attempt.verdicts[item.id], reason, alike.get(name))
                for item in self.suite.items
                if item.function == name
            )
            results[name] = _function_result(items, missing=name not in attempt.defined)
        return results

    def not_graded(self, reason: str) -> Graded:
        """A result for a submission that cannot be graded now, through no fault of its own: not to be recorded."""
        return self._without_score((reason,), "error", time.monotonic())

    def _without_score(self, notes: Sequence[str], status: SubmissionStatus, started: float) -> Graded:
        """No score could be given: zero everywhere, on the release's own notebook; the first note is the reason."""
        functions = {
            name: _function_result(
                tuple(
                    ItemResult(item.id, item.points, False, item.line, notes[0])
                    for item in self.suite.items
                    if item.function == name
                ),
                missing=True,
            )
            for name in self.functions
        }
        return self._graded(restore(self.release, self.release).notebook, {}, functions, status, notes, started)

    def _graded(
        self,
        notebook: NotebookNode,
        outcomes: Mapping[int, CellOutcome],
        functions: dict[str, FunctionResult],
        status: SubmissionStatus,
        notes: Sequence[str],
        started: float,
        hints: Mapping[str, str] | None = None,
    ) -> Graded:
        result = Result(
            assignment=self.assignment,
            status=status,
            score=sum(function.score for function in functions.values()),
            max_score=sum(function.max_score for function in functions.values()),
            seconds=round(time.monotonic() - started, 4),
            isolation=self._sandbox.isolation,
            functions=functions,
            notes=tuple(notes),
        )
        return Graded(result, _shown(notebook, outcomes, result, hints or {}), hints or {})


def _item_result(item: CheckItem, verdict: Verdict, reason: str, alike: Misconception | None) -> ItemResult:
    if verdict.passed:
        return ItemResult(item.id, item.points, True, item.line)
    name = alike.name if alike else None
    return ItemResult(item.id, item.points, False, item.line, reason or verdict.message, name)


def _function_result(items: tuple[ItemResult, ...], *, missing: bool) -> FunctionResult:
    passed = [item.passed for item in items]
    status: FunctionStatus = "partial"
    if missing:
        status = "missing"
    elif all(passed):
        status = "passed"
    elif not any(passed):
        status = "failed"
    score = float(sum(item.points for item in items if item.passed))
    return FunctionResult(score, float(sum(item.points for item in items)), status, items)


def _why_missing(name: str, attempt: Attempt, notebook: NotebookNode) -> str:
    """Why a function was not there to call, as far as the cell that should define it tells."""
    for place, outcome in attempt.outcomes.items():
        if notebook.cells[place].metadata.get("nbgrader", {}).get("grade_id") != name or outcome.status == "ok":
            continue
        if outcome.status == "timeout":
            return f"{name} was not defined: its cell did not end in time."
        return f"{name} was not defined: its cell stopped with {outcome.error}." if outcome.error else ""
    died = [outcome.error for outcome in attempt.outcomes.values() if outcome.status == "died"]
    return f"{name} could not be called: the notebook's process had ended. {died[0]}".strip() if died else ""


def _status(restored: Restored, attempt: Attempt) -> tuple[SubmissionStatus, tuple[str, ...]]:
    seen = {trace for one in attempt.outcomes.values() if (trace := trace_of_cell(one)) is not None}
    suspicions = [*restored.suspicions, *sorted(seen | attempt.traces)]
    notes = [*suspicions, *restored.notes]
    notes += [
        f"A cell ended the notebook's process and was left out: {one.error}"
        for one in attempt.outcomes.values()
        if one.status == "died"
    ]
    if not attempt.defined and restored.absent.issuperset(graded_names(restored.notebook)):
        return "failed", ("The notebook holds none of the graded functions.", *notes)
    return ("needs_review" if suspicions else "graded"), tuple(notes)


def _shown(
    notebook: NotebookNode, outcomes: Mapping[int, CellOutcome], result: Result, hints: Mapping[str, str]
) -> NotebookNode:
    """The notebook with what its cells printed, and each check cell's score before that."""
    above = result.notes
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        mark = read_mark(cell)
        outcome = outcomes.get(place)
        printed: list[dict[str, Any]] = list(outcome.outputs) if outcome else []
        if mark is not None and mark.kind is Kind.CHECK and "nbgrader" in cell.metadata:
            hint = hints.get(mark.name, "")
            cell.outputs = check_outputs(mark.name, result.functions[mark.name], printed, above, hint)
            above = ()
        elif mark is not None and mark.kind is Kind.DEMO and outcome is None:
            cell.outputs = [output({"output_type": "stream", "name": "stdout", "text": f"{_DEMO_NOTE}\n"})]
        else:
            cell.outputs = [output(one) for one in printed]
        cell.execution_count = None
    return notebook


def released_files(release: Path) -> Iterator[tuple[str, Path]]:
    """Files released beside the notebook, which its code may read: each by its name in the work folder."""
    folder = release.parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts:
            yield str(path.relative_to(folder)), path


def _refuse_strangers(suite: Suite, functions: Sequence[str], release: Path) -> None:
    """Refuse checks and a release that speak of different functions."""
    unknown = [name for name in suite.points if name not in functions]
    without = [name for name in functions if name not in suite.points]
    if unknown or without:
        what = f"the checks grade {unknown[0]}, which is" if unknown else f"{without[0]} has no check items and is"
        raise CourseError(
            f"{what}{' not' if unknown else ''} a graded function of the release",
            where=str(release),
            remedy=f"Run: autograder build {release.stem}",
        )
