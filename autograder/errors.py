"""The one family of exceptions that reaches a user, as one line, with exit code 2."""

import shutil
from functools import partial
from typing import Any, final


class AutograderError(Exception):
    """Something a user can mend: what happened, where, and what to do.

    Args:
        what: What happened, as a sentence without its full stop.
        where: The file, cell or student concerned; empty when ``what`` says it.
        remedy: What to do about it, as an imperative sentence; empty when that is plain.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}. {remedy}" if remedy else text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Crosses from a grading process to the one that reports it."""
        return partial(type(self), self.what, where=self.where, remedy=self.remedy), ()


@final
class CourseError(AutograderError):
    """The course, a source notebook, a release or its checks are not as they must be."""


class IsolationError(AutograderError):
    """The machine cannot give the isolation that grading demands; nothing was graded."""


@final
class GradebookError(AutograderError):
    """The gradebook cannot be used, or differs from the release and its checks."""


def first_reason(error: Exception) -> str:
    """What an exception of the disk says, as one line; of many files the first."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return str(error.args[0][0][-1])
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
