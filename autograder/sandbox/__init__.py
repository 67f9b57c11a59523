"""A place for student code: processes that see nothing of the course and can change nothing outside.

The grader hands in cells and calls with typed bytes, and gets plain values or a reason. Nothing in this
folder knows what a value should have been.
"""

from autograder.sandbox.engine import Sandbox
from autograder.sandbox.inside.codec import Opaque
from autograder.sandbox.limits import Limits
from autograder.sandbox.outcomes import (
    BadValue,
    CallDied,
    CallTimeout,
    CellOutcome,
    Reply,
    StudentError,
    SubmissionDied,
)
from autograder.sandbox.submission import Fork, Submission

__all__ = [
    "BadValue",
    "CallDied",
    "CallTimeout",
    "CellOutcome",
    "Fork",
    "Limits",
    "Opaque",
    "Reply",
    "Sandbox",
    "StudentError",
    "Submission",
    "SubmissionDied",
]
