"""The results of grading, as plain immutable data, in the shape that ``autograder check --json`` prints."""

from typing import Literal

import msgspec

SubmissionStatus = Literal["graded", "needs_review", "failed", "error"]
FunctionStatus = Literal["passed", "partial", "failed", "missing"]


class ItemResult(msgspec.Struct, frozen=True):
    """What one check item found.

    Attributes:
        id: The item's name with its parameters, as pytest prints it after the file's name.
        points: Points that the item is worth.
        passed: Whether those points were earned.
        line: The item's docstring: what it looks at, for the student.
        message: What was seen, for the student; empty only where the item passed.
        misconception: Name of the catalogued misconception that this looks like, or None.
    """

    id: str
    points: float
    passed: bool
    line: str
    message: str = ""
    misconception: str | None = None


class FunctionResult(msgspec.Struct, frozen=True):
    """The score of one graded function: the sum of the points of its items that passed."""

    score: float
    max_score: float
    status: FunctionStatus
    items: tuple[ItemResult, ...]


class Result(msgspec.Struct, frozen=True):
    """What became of one submission.

    Attributes:
        assignment: The assignment's name.
        status: ``graded``; ``needs_review`` (graded, and something looks like tampering);
            ``failed`` (no score could be given, through the submission's fault); ``error`` (the
            platform's own fault: nothing is recorded).
        score: Points earned in hidden items, over all functions.
        max_score: Points of all hidden items.
        seconds: Wall time that grading took, in seconds.
        isolation: The level of isolation that the submission ran under.
        functions: A result for every graded function of the release, by name.
        notes: Lines for the student and the instructor about the submission as a whole.
    """

    assignment: str
    status: SubmissionStatus
    score: float
    max_score: float
    seconds: float
    isolation: str
    functions: dict[str, FunctionResult]
    notes: tuple[str, ...] = ()
    schema: int = 1


class SubmissionResult(Result, frozen=True):
    """A result with whose it is, as ``autograder grade --json`` prints it.

    Attributes:
        student: The student's id.
        submitted: When the submission was handed in, ISO 8601 in UTC, or None where that is unknown.
    """

    student: str = ""
    submitted: str | None = None


def of_student(result: Result, student: str, submitted: str | None) -> SubmissionResult:
    """The result with the student's id and the time of the submission."""
    return SubmissionResult(**msgspec.structs.asdict(result), student=student, submitted=submitted)
