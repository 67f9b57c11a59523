"""What can go wrong with a submission: its own faults, never the grader's."""

from typing import final


@final
class StudentError(Exception):
    """The called function raised an exception.

    Attributes:
        type_name: The exception's type.
        message: Its text, cut.
        cell: Which of the cells that were run holds the line that raised it, counted from 1, or None.
        line: The line within that cell, counted from 1, or None.
        source_line: That line's text, or empty.
        missing_name: For a NameError the name that was not found, else None.
    """

    def __init__(
        self,
        type_name: str,
        message: str,
        *,
        cell: int | None = None,
        line: int | None = None,
        source_line: str = "",
        missing_name: str | None = None,
    ) -> None:
        super().__init__(f"{type_name}: {message}" if message else type_name)
        self.type_name, self.message = type_name, message
        self.cell, self.line, self.source_line = cell, line, source_line
        self.missing_name = missing_name


@final
class CallTimeout(Exception):
    """The function did not answer in time; its fork is dead."""


class _WithReason(Exception):
    """Says why, for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@final
class CallDied(_WithReason):
    """The process ended during the call, or broke its channel; the fork is dead. `reason` says why."""


@final
class BadValue(_WithReason):
    """A value cannot be carried: too large, too deep, too many. `reason` says why; the fork lives on."""


@final
class SubmissionDied(_WithReason):
    """Nothing of the submission answers any more. `reason` says why."""
