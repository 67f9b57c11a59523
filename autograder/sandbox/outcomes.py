"""What comes back from the sandbox, as plain data, and what can go wrong there, as exceptions."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What became of one cell.

    Attributes:
        status: ``ok``; ``error`` (it raised); ``timeout`` (interrupted); ``died`` (its process is gone).
        outputs: nbformat outputs, checked.
        error: The exception's type and text, or why the process is gone; empty when all went well.
        missing_name: The name that a NameError was about, or None.
        seconds: Wall time, in seconds.
    """

    status: Literal["ok", "error", "timeout", "died"]
    outputs: tuple[dict[str, Any], ...] = ()
    error: str = ""
    missing_name: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a called function gave.

    Attributes:
        value: The returned value, decoded.
        arguments: The positional arguments as the function left them.
        keywords: The keyword arguments as the function left them.
        output: What it printed.
    """

    value: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any] = field(default_factory=dict)
    output: str = ""


class StudentError(Exception):
    """The called function raised.

    Attributes:
        type_name: The exception's type.
        message: Its text.
        cell: Number of the cell, counted from 1 in the order of running, whose line raised; or None.
        line: That line's number in the cell, counted from 1, or None.
        source_line: That line's text, or empty.
        missing_name: The name that a NameError was about, or None.
    """

    def __init__(
        self,
        type_name: str,
        message: str,
        cell: int | None = None,
        line: int | None = None,
        source_line: str = "",
        missing_name: str | None = None,
    ) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name, self.message = type_name, message
        self.cell, self.line, self.source_line = cell, line, source_line
        self.missing_name = missing_name


class CallTimeout(Exception):  # noqa: N818
    """The called function did not answer in time; its fork is gone."""


class _WithReason(Exception):
    """Something that ``reason`` says in words for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallDied(_WithReason):
    """The fork ended before it answered, or answered with something that is no answer."""


class BadValue(_WithReason):
    """The function returned something that cannot be carried: too large, too deep, too many parts."""


class SubmissionDied(_WithReason):
    """The submission's process is gone."""
