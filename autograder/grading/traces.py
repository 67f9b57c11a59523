"""What a submission's run left behind that a person should look at, in words that accuse nobody."""

import signal
from typing import Final

from autograder.sandbox import CellOutcome
from autograder.sandbox.channel import FORGED
from autograder.sandbox.submission import ending

# Signals that only a process sends, or the kernel for a system call that grading forbids; a crash, an abort and
# too much processor time have others. For want of memory the machine itself may send SIGKILL.
_SENT: Final = frozenset(
    ending(number) for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGSTOP, signal.SIGSYS)
)
_NOT_PERMITTED: Final = "PermissionError: [Errno 1]"


def trace_of_end(reason: str) -> str | None:
    """A line for a person where a process ended in a way that code seldom does by accident.

    Args:
        reason: Why the sandbox says that the process ended.
    """
    if FORGED in reason:
        return "Something was written to the descriptor over which the grader talks with the notebook's process."
    if any(sent in reason for sent in _SENT):
        return "A process of the notebook was ended by a signal: from its own code, or for want of memory."
    return None


def trace_of_cell(outcome: CellOutcome) -> str | None:
    """A line for a person where a cell wrote to the grader, ended a process, or asked for what is forbidden."""
    if outcome.status == "died":
        return trace_of_end(outcome.error)
    if outcome.status == "error" and outcome.error.startswith(_NOT_PERMITTED):
        return "A cell asked the system for something that is not permitted while a notebook is graded."
    return None
