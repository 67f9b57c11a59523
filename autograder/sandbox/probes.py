"""What isolation this machine gives, found out by trying it from inside."""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.errors import IsolationError
from autograder.sandbox.engine import Sandbox
from autograder.sandbox.levels import LEVELS, NAMESPACES, level_named
from autograder.sandbox.limits import Limits
from autograder.sandbox.submission import Submission
from autograder.sandbox.trials import NEIGHBOUR, PREFACE, TRIALS

_SECONDS: Final = 10.0
_LIMITS: Final = Limits(memory_bytes=1 << 30)
_REMEDY: Final = "Grade on another machine, or at another level: here student code is not walled in as it must be."


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was tried.

    Attributes:
        name: What must hold.
        held: Whether it held.
        seen: What was seen.
        remedy: What to do where it didn't; empty where it did.
    """

    name: str
    held: bool
    seen: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Possible:
    """A level of isolation on this machine.

    Attributes:
        starts: Whether a submission can be started at this level.
        reason: Why not; empty where it can.
        open_to: What the level doesn't protect even so.
    """

    starts: bool
    reason: str
    open_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What this machine can isolate.

    Attributes:
        asked: Name of the level that was asked for.
        reached: The same where everything that it claims held, else None: nothing can be graded.
        probes: What was tried at that level, in order.
        levels: Every level, by its name.
    """

    asked: str
    reached: str | None
    probes: tuple[Probe, ...]
    levels: Mapping[str, Possible]


def examine(asked: str = NAMESPACES) -> Report:
    """Start a sandbox and try its walls from inside; never raises for what the machine lacks.

    Raises:
        CourseError: There is no such level.
    """
    asked = level_named(asked).name
    levels = {level.name: _possible(level.name, level.open_to) for level in LEVELS}
    probes = _probes(asked, levels)
    return Report(asked, asked if all(probe.held for probe in probes) else None, probes, levels)


def _possible(name: str, open_to: tuple[str, ...]) -> Possible:
    try:
        with Sandbox(_LIMITS, level=name) as sandbox, sandbox.submission(plots=False):
            return Possible(True, "", open_to)
    except IsolationError as error:
        return Possible(False, error.what, open_to)


def _probes(level: str, levels: Mapping[str, Possible]) -> tuple[Probe, ...]:
    try:
        with (
            tempfile.NamedTemporaryFile() as planted,
            Sandbox(_LIMITS, level=level) as sandbox,
            sandbox.submission(plots=False) as neighbour,
            sandbox.submission(plots=False) as submission,
        ):
            facts = _facts(planted.name, level, neighbour)
            trials = [trial for trial in TRIALS if level in trial.levels]
            return tuple(_tried(submission, trial.name, trial.source, facts) for trial in trials)
    except IsolationError as error:
        others = [name for name, one in levels.items() if one.starts]
        weaker = f" What can be asked for by name here: c.Autograder.isolation = {' or '.join(map(repr, others))}."
        remedy = error.remedy + (weaker if others else "")
        return (Probe("a sandbox can be started", False, error.what, remedy),)


def _facts(planted: str, level: str, neighbour: Submission) -> Mapping[str, object]:
    """What the trials need to know of this side, by the name in their braces."""
    door = f"\0{secrets.token_hex(8)}"
    said = _said(neighbour, NEIGHBOUR.replace("{door!r}", repr(door))).split()
    paths = [Path(planted), *(one for one in (Path.home(), Path.cwd()) if len(one.parts) > 1 and one.exists())]
    hidden = [(str(one), one.stat().st_dev, one.stat().st_ino) for one in paths]
    return {
        "{hidden}": hidden,
        "{grader}": os.getpid(),
        "{memory}": _LIMITS.memory_bytes,
        "{processes}": _LIMITS.processes,
        "{file_bytes}": _LIMITS.file_bytes,
        "{private}": level == NAMESPACES,
        "{door}": door,
        "{left}": said[0] if said else "",
    }


def _tried(submission: Submission, name: str, source: str, facts: Mapping[str, object]) -> Probe:
    for brace, fact in facts.items():
        source = source.replace(brace, repr(fact))
    said = _said(submission, PREFACE + source)
    try:
        held, seen = json.loads(said)
    except ValueError:
        held, seen = False, f"the probe could not run: {said or submission.dead or 'no answer'}"
    return Probe(name, bool(held), str(seen), "" if held else _REMEDY)


def _said(submission: Submission, source: str) -> str:
    """What a cell printed, or its error."""
    outcome = submission.run_cell(source, _SECONDS)
    return "".join(one.get("text", "") for one in outcome.outputs) if outcome.status == "ok" else outcome.error
