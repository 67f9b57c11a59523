"""A submission's processes, seen from the grader: run its cells, then fork it for calls."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, Self, final

from autograder.sandbox.channel import FORGED, Broken, Channel, output_file
from autograder.sandbox.errors import SubmissionDied
from autograder.sandbox.fork import Fork
from autograder.sandbox.hints import explained
from autograder.sandbox.inside import frames
from autograder.sandbox.inside.values import CodecError
from autograder.sandbox.inside.watch import TOGETHER
from autograder.sandbox.limits import Limits
from autograder.sandbox.outcomes import CellOutcome, Malformed, read_fault, read_outputs

_AFTER_INTERRUPT: Final = 1.0  # seconds that interrupted code has to end by itself
_STEP_SECONDS: Final = 5.0  # for a step that takes milliseconds
_SIGNALS: Final = {
    signal.SIGSEGV: "it crashed in compiled code (segmentation fault)",
    signal.SIGABRT: "it aborted",
    signal.SIGXCPU: "it used up its processor time",
    signal.SIGKILL: "it was killed",
}


def ending(status: int) -> str:
    """A process's wait status in words for people."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return _SIGNALS.get(signal.Signals(number), f"it was ended by signal {number}")
    return f"it ended its own process with exit code {os.waitstatus_to_exitcode(status)}"


@final
class Submission:
    """One submission in the sandbox; on exit everything of it is killed and gone.

    Args:
        control: To the supervisor, which is trusted.
        channel: To the executor, which is not.
        limits: What it may cost.
    """

    def __init__(self, control: Channel, channel: Channel, limits: Limits) -> None:
        self._control, self._channel, self._limits = control, channel, limits
        self._sources: list[str] = []
        self._forks: list[Fork] = []
        self._unswept = False  # whether forks that are done may have left something running
        self.dead: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Kill everything of the submission, and wait until it is gone."""
        with suppress(Broken, TimeoutError):  # no answer: the supervisor ends with its namespace
            self._control.ask("end", _STEP_SECONDS)
        for fork in self._forks:
            fork.close()
        self._control.close()
        self._channel.close()
        self.dead = self.dead or "it was closed"

    def run_cell(self, source: str, seconds: float) -> CellOutcome:
        """Run one cell; never raises for anything that student code does.

        Args:
            source: The cell's source.
            seconds: Wall time after which it is interrupted, and a second later killed.
        """
        if self.dead is not None:
            return CellOutcome("died", (), self.dead, None, 0.0)
        self._sources.append(source)
        began, ident = time.monotonic(), frames.new_id()
        request = {"op": "cell", "source": source, "number": len(self._sources)}
        late = False
        try:
            self._channel.send(ident, request, began + seconds)
            told = self._channel.answer(ident, began + seconds)
        except CodecError as error:
            return CellOutcome("error", (), f"the cell can't be run: {error}", None, 0.0)
        except TimeoutError:
            told, late = self._interrupted(ident, seconds), True
        except Broken as error:
            told = self._bury(str(error))
        return self._outcome(told, time.monotonic() - began, f"it did not end within {seconds:g} seconds" * late)

    def _interrupted(self, ident: bytes, seconds: float) -> Any:
        self._command("interrupt")
        try:
            return self._channel.answer(ident, time.monotonic() + _AFTER_INTERRUPT)
        except (TimeoutError, Broken):
            return self._bury(f"a cell did not end within {seconds:g} seconds", known=True)

    def _outcome(self, told: Any, seconds: float, late: str) -> CellOutcome:
        if self.dead is not None:
            return CellOutcome("died", (), self.dead, None, seconds)
        try:
            outputs = read_outputs(told["outputs"])
            fault = read_fault(told["error"]) if told["error"] is not None else None
        except (Malformed, KeyError, TypeError):
            self._bury(FORGED, known=True)
            return self._outcome(None, seconds, late)
        if late:
            return CellOutcome("timeout", outputs, late, None, seconds)
        if fault is None:
            return CellOutcome("ok", outputs, "", None, seconds)
        message = explained(fault.type_name, fault.message, self._limits)
        text = f"{fault.type_name}: {message}" if message else fault.type_name
        return CellOutcome("error", outputs, text, fault.missing_name, seconds)

    def names(self, wanted: Sequence[str]) -> frozenset[str]:
        """Which of the wanted names are bound to callables in the notebook's namespace.

        Raises:
            SubmissionDied: Nobody answers any more.
        """
        told = self._step({"op": "names", "wanted": list(wanted)})
        found = told.get("names") if isinstance(told, dict) else None
        if not isinstance(found, list):
            raise SubmissionDied(self._bury(FORGED, known=True))
        return frozenset(wanted) & {one for one in found if isinstance(one, str)}

    def freeze(self) -> None:
        """Say that all cells have run: later forks are cheaper, and memory is counted against forks first.

        Raises:
            SubmissionDied: Nobody answers any more.
        """
        self._step({"op": "freeze"})
        self._command("settle")

    def fork(self) -> Fork:
        """A copy of the state after the cells, in a process of its own.

        Raises:
            SubmissionDied: Nobody answers any more.
        """
        if self._unswept and not self._forks:
            self.sweep()
        limits = self._limits
        channel, theirs = Channel.pair(limits.reply_bytes, limits.reply_bytes, limits.reply_depth)
        with theirs, output_file() as output:
            told = self._step({"op": "fork"}, descriptors=[theirs.fileno(), output.fileno()])
        pid = told.get("pid") if isinstance(told, dict) else None
        fork = Fork(channel, self, pid if type(pid) is int else 0, tuple(self._sources), limits)
        self._forks.append(fork)
        return fork

    def sweep(self) -> str | None:
        """End all that was forked, and whatever it left behind; the executor stays.

        Returns:
            Why the kernel's or the watchdog's hand was in it, if it was.
        """
        for fork in self._forks:
            fork.close()
        self._forks.clear()
        self._unswept = False
        state = self._command("sweep")
        return self._excess(state.get("over"))

    def release(self, fork: Fork) -> None:
        """Forget a fork that is done. What it left running ends before the next one begins."""
        if fork in self._forks:
            self._forks.remove(fork)
            fork.close()
            self._unswept = True

    def how_ended(self, pid: int) -> str | None:
        """How a fork ended, as its parent tells, in words; None where it doesn't."""
        try:
            told = self._step({"op": "ended", "pid": pid})
        except SubmissionDied as error:
            return error.reason
        status = told.get("status") if isinstance(told, dict) else None
        return ending(status) if type(status) is int and 0 <= status <= 0xFFFF else None

    def _step(self, request: Any, descriptors: Sequence[int] = ()) -> Any:
        if self.dead is not None:
            raise SubmissionDied(self.dead)
        try:
            return self._channel.ask(request, _STEP_SECONDS, descriptors=descriptors)
        except TimeoutError:
            raise SubmissionDied(self._bury("it does not answer any more", known=True)) from None
        except Broken as error:
            raise SubmissionDied(self._bury(str(error))) from None

    def _bury(self, reason: str, *, known: bool = False) -> str:
        """Note why the submission is dead, and kill what is left of it."""
        state = {} if known else self._command("look")
        status = state.get("status")
        reason = self._excess(state.get("over")) or (reason if status is None else ending(status))
        self.dead = reason
        self._command("kill")
        return reason

    def _excess(self, over: str | None) -> str | None:
        """Which limit of the whole submission was met, in words."""
        match over:
            case "memory":
                return f"it used more than {self._limits.memory_bytes >> 20} MB of memory"
            case "disk":
                return f"it wrote more than {self._limits.disk_bytes >> 20} MB, or too many files"
            case "files":
                return f"it held more than {TOGETHER * self._limits.open_files} files and sockets open at one time"
            case "processes":
                return f"it started more than {self._limits.processes} processes and threads"
        return None

    def _command(self, word: str) -> dict[str, Any]:
        """Have the supervisor do something; what it knows of the submission's end."""
        try:
            state: dict[str, Any] = self._control.ask(word, _STEP_SECONDS)
        except (Broken, TimeoutError):
            self.dead = self.dead or "its supervisor ended"
            return {}
        return state
