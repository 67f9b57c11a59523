"""Runs student code where it can reach nothing and cost no more than its limits, and calls its functions.

Values come out as bytes that this side decodes itself, into plain numpy and Python data.
Nothing here decides what an answer is worth, and nothing of checks or solutions may ever be handed in.
"""

from autograder.sandbox.engine import Sandbox
from autograder.sandbox.errors import BadValue, CallDied, CallTimeout, StudentError, SubmissionDied
from autograder.sandbox.fork import Asked, Fork, Question, Reply, question
from autograder.sandbox.inside.encoding import Encoded
from autograder.sandbox.inside.values import Opaque, shares
from autograder.sandbox.levels import LEVELS, NAMESPACES, Level, level_named
from autograder.sandbox.limits import MAX_REPLY_DEPTH, Limits
from autograder.sandbox.outcomes import CellOutcome
from autograder.sandbox.submission import Submission

__all__ = [
    "LEVELS",
    "MAX_REPLY_DEPTH",
    "NAMESPACES",
    "Asked",
    "BadValue",
    "CallDied",
    "CallTimeout",
    "CellOutcome",
    "Encoded",
    "Fork",
    "Level",
    "Limits",
    "Opaque",
    "Question",
    "Reply",
    "Sandbox",
    "StudentError",
    "Submission",
    "SubmissionDied",
    "level_named",
    "question",
    "shares",
]
