"""What isolation this machine gives, found out by trying it from inside."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.errors import IsolationError
from autograder.sandbox.engine import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.submission import Submission
from autograder.sandbox.trials import PREFACE, TRIALS

_SECONDS: Final = 10.0
_LIMITS: Final = Limits(memory_bytes=1 << 30)
_REMEDY: Final = "Grade on another machine: on this one student code is not walled in as it must be."


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was tried.

    Attributes:
        name: What must hold.
        ok: Whether it held.
        detail: What was seen.
        remedy: What to do where it didn't; empty where it did.
    """

    name: str
    ok: bool
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Report:
    """What this machine can isolate.

    Attributes:
        isolation: The level that was reached, or None where nothing can be graded.
        probes: What was tried, in order.
    """

    isolation: str | None
    probes: tuple[Probe, ...]


def examine() -> Report:
    """Start a sandbox and try its walls from inside; never raises for what the machine lacks."""
    try:
        with (
            tempfile.NamedTemporaryFile() as planted,
            Sandbox(_LIMITS) as sandbox,
            sandbox.submission(plots=False) as submission,
        ):
            facts = _facts(planted.name)
            probes = tuple(_tried(submission, name, source, facts) for name, source in TRIALS)
            return Report(sandbox.isolation, probes)
    except IsolationError as error:
        return Report(None, (Probe("a sandbox can be started", False, error.what, error.remedy),))


def _facts(planted: str) -> Mapping[str, object]:
    """What the trials need to know of this side, by the name in their braces."""
    hidden = [planted, str(Path(__file__)), *(str(one) for one in (Path.home(),) if len(one.parts) > 1)]
    return {
        "{hidden}": hidden,
        "{grader}": os.getpid(),
        "{memory}": _LIMITS.memory_bytes,
        "{processes}": _LIMITS.processes,
    }


def _tried(submission: Submission, name: str, source: str, facts: Mapping[str, object]) -> Probe:
    for brace, fact in facts.items():
        source = source.replace(brace, repr(fact))
    outcome = submission.run_cell(PREFACE + source, _SECONDS)
    try:
        ok, detail = json.loads("".join(one.get("text", "") for one in outcome.outputs))
    except ValueError:
        ok, detail = False, outcome.error or "no answer"
    return Probe(name, bool(ok), str(detail), "" if ok else _REMEDY)
