"""What a student is told: findings, and what was not looked at."""

from typing import Literal, get_args

import msgspec

Severity = Literal["everything", "function", "risk"]  # the worst first


class Finding(msgspec.Struct, frozen=True):
    """One thing to mend.

    Attributes:
        severity: What it costs: ``everything``; a graded ``function``; or a ``risk``, which may cost points or have
            a person look at the notebook.
        kind: Its name, for programs.
        what: What was seen, as a sentence.
        remedy: What to do, as a sentence.
        cell: Number of the cell, counted from the top of the notebook from 1, or None for the file as a whole.
        line: The cell's first line.
        function: The graded function that it costs, or None.
    """

    severity: Severity
    kind: str
    what: str
    remedy: str
    cell: int | None = None
    line: str = ""
    function: str | None = None


class Report(msgspec.Struct, frozen=True):
    """What a check of one notebook found.

    Attributes:
        notebook: The file's name.
        ok: Whether nothing was found.
        findings: What to mend, worst first.
        functions: The graded functions that were looked for.
        ran: How the cells were run, or why they were not.
        unseen: What a check like this cannot see, a sentence each.
    """

    notebook: str
    ok: bool
    findings: tuple[Finding, ...]
    functions: tuple[str, ...]
    ran: str
    unseen: tuple[str, ...]
    schema: int = 1


def worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order in which to mend them."""
    severities = get_args(Severity)
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: (severities.index(one.severity), one.cell or 0)))
