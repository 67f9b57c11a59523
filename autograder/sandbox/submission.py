"""The grader's end of one submission: running its cells, forking it for calls, putting it down.

Every answer is hostile until it was decoded and checked: its id, its kind, the types of its parts.
"""

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, final

from autograder.sandbox.inside.codec import CodecError
from autograder.sandbox.inside.frames import receive, send
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
from autograder.sandbox.outputs import checked_outputs, checked_text

_GRACE_SECONDS = 1.0  # between an interrupt and the kill
_START_SECONDS = 10.0
_MESSAGE_BYTES = 16 << 20
_MAX_CALLBACKS = 10_000
_GONE = (EOFError, OSError, CodecError)  # TimeoutError is an OSError: catch it first


class _NoAnswerError(CodecError):
    """An answer to another question, or of another form."""


def _ask(channel: socket.socket, request: dict[str, Any], max_bytes: int, descriptors: Sequence[int] = ()) -> str:
    """Send a request under a new random id, which a frame written ahead of time cannot know."""
    number = os.urandom(8).hex()
    send(channel, {"id": number, **request}, max_bytes, descriptors)
    return number


def _answer(channel: socket.socket, number: str, max_bytes: int, deadline: float) -> dict[str, Any]:
    reply = receive(channel, max_bytes, deadline)
    if type(reply) is not dict or reply.get("id") != number:
        raise _NoAnswerError("what it sent is no answer")
    return reply


@final
class Submission(AbstractContextManager["Submission"]):
    """One submission's processes, alive until the end of the ``with`` block.

    Args:
        channel: Leads to the executor.
        control: Leads to the supervisor.
        limits: What the submission may use.
    """

    def __init__(self, channel: socket.socket, control: socket.socket, limits: Limits) -> None:
        self._channel, self._control, self._limits = channel, control, limits
        self.dead: str | None = None
        hello = receive(channel, _MESSAGE_BYTES, time.monotonic() + _START_SECONDS)
        if type(hello) is not dict or hello.get("ready") is not True:
            raise CodecError(str(hello.get("error", hello)) if type(hello) is dict else "no greeting")

    def __exit__(self, *exc: object) -> None:
        """Kill everything that belongs to the submission."""
        self._channel.close()
        self._control.close()

    def run_cell(self, source: str, seconds: float) -> CellOutcome:
        """Run one cell; past its time it is interrupted, and a second later killed."""
        if self.dead is not None:
            return CellOutcome("died", error=self.dead)
        started = time.monotonic()
        try:
            number = _ask(self._channel, {"op": "cell", "source": source}, _MESSAGE_BYTES)
            try:
                reply, late = _answer(self._channel, number, _MESSAGE_BYTES, started + seconds), False
            except TimeoutError:
                self._order("interrupt")
                late = True
                reply = _answer(self._channel, number, _MESSAGE_BYTES, time.monotonic() + _GRACE_SECONDS)
            return _cell_outcome(reply, late, seconds, time.monotonic() - started, self._limits.output_bytes)
        except TimeoutError:
            self._lose(f"A cell did not end within {seconds:g} seconds and could not be interrupted.")
        except _GONE as error:
            self._lose(self._why(error))
        return CellOutcome("died", error=self.dead or "", seconds=time.monotonic() - started)

    def names(self, wanted: Sequence[str]) -> frozenset[str]:
        """Which of the names are bound to something that can be called.

        Raises:
            SubmissionDied: The submission is gone.
        """
        reply = self._simple({"op": "names", "names": list(wanted)})
        names = reply.get("names")
        return frozenset(one for one in names if one in wanted) if type(names) is list else frozenset()

    def freeze(self) -> None:
        """Make forks cheap: called once, after the last cell.

        Raises:
            SubmissionDied: The submission is gone.
        """
        self._simple({"op": "freeze"})

    def fork(self) -> "Fork":
        """A copy of the submission as its cells left it, for calls.

        Raises:
            SubmissionDied: The submission is gone.
        """
        ours, theirs = socket.socketpair()
        try:
            self._simple({"op": "fork"}, [theirs.fileno()])
        except SubmissionDied:
            ours.close()
            raise
        finally:
            theirs.close()
        return Fork(ours, self, self._limits)

    def sweep(self) -> None:
        """Kill what forks left behind: everything but the executor."""
        with contextlib.suppress(*_GONE):
            self._order("sweep")
            receive(self._control, 1 << 16, time.monotonic() + _GRACE_SECONDS)

    def explain(self, error: BaseException) -> str:
        """Why a process of the submission is gone, for people."""
        event = self._event(0.2 if self.dead is None else 0.0)
        if event == "memory":
            self._lose(self._out_of_memory())
        return self.dead or _reason(error)

    def _simple(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        if self.dead is not None:
            raise SubmissionDied(self.dead)
        try:
            number = _ask(self._channel, request, _MESSAGE_BYTES, descriptors)
            return _answer(self._channel, number, _MESSAGE_BYTES, time.monotonic() + self._limits.cell_seconds)
        except TimeoutError:
            self._lose("It did not answer any more.")
        except _GONE as error:
            self._lose(self._why(error))
        raise SubmissionDied(self.dead or "")

    def _why(self, error: BaseException) -> str:
        event = self._event(_GRACE_SECONDS)
        return self._out_of_memory() if event == "memory" else _reason(error)

    def _out_of_memory(self) -> str:
        return f"It used more than {self._limits.memory_bytes / 2**20:.0f} MB of memory."

    def _event(self, seconds: float) -> str:
        """What the supervisor reports, if it does within so many seconds."""
        if not select.select([self._control], [], [], seconds)[0]:
            return ""
        try:
            event = receive(self._control, 1 << 16, time.monotonic() + _GRACE_SECONDS)
        except _GONE:
            return ""
        if event.get("event") == "exit" and select.select([self._control], [], [], 0)[0]:
            return self._event(0)
        return str(event.get("event", ""))

    def _order(self, order: str) -> None:
        send(self._control, {"op": order}, 1 << 16)

    def _lose(self, reason: str) -> None:
        if self.dead is None:
            self.dead = reason
            with contextlib.suppress(OSError):
                self._order("kill")


def _reason(error: BaseException) -> str:
    if isinstance(error, EOFError | ConnectionError | BrokenPipeError):
        return "Its process ended: it was left by exit or killed."
    if isinstance(error, CodecError):
        return "It wrote into the channel that its answers come through."
    return "Its process could not be reached any more."


def _cell_outcome(reply: dict[str, Any], late: bool, seconds: float, took: float, max_bytes: int) -> CellOutcome:
    error, missing = checked_text(reply.get("error"), 2_000), reply.get("missing")
    outputs = checked_outputs(reply.get("outputs"), max_bytes)
    if late and reply.get("interrupted") is not False:
        return CellOutcome("timeout", outputs, f"The cell did not end within {seconds:g} seconds", None, took)
    name = checked_text(missing, 200) if type(missing) is str else None
    return CellOutcome("error" if error else "ok", outputs, error, name, took)


@final
class Fork(AbstractContextManager["Fork"]):
    """A forked copy of a submission that answers calls, one after another.

    Attributes:
        dead: Whether it can answer no more.
    """

    def __init__(self, channel: socket.socket, submission: Submission, limits: Limits) -> None:
        self._channel, self._submission, self._limits = channel, submission, limits
        self.dead = False

    def __exit__(self, *exc: object) -> None:
        """End the fork; one that hangs is killed with all that it started."""
        self._channel.close()
        if self.dead:
            self._submission.sweep()

    def call(
        self,
        function: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        seconds: float,
        seed: int,
        replaced: Mapping[str, Callable[..., Any]] | None = None,
    ) -> Reply:
        """Call a function of the notebook.

        Args:
            function: Its name.
            args: Positional arguments; copies of them arrive.
            kwargs: Keyword arguments, likewise.
            seconds: Wall time for the call.
            seed: For Python's and numpy's global generators, set before the call.
            replaced: Functions of the grader that the notebook finds under these names meanwhile.

        Raises:
            StudentError: The function raised.
            CallTimeout: It did not answer in time.
            CallDied: Its process ended, or sent something that is no answer.
            BadValue: It returned something that cannot be carried.
        """
        replaced = replaced or {}
        request = {"function": function, "args": args, "kwargs": kwargs, "seed": seed, "replaced": list(replaced)}
        deadline = time.monotonic() + seconds
        try:
            number = _ask(self._channel, request, 1 << 30)
            reply = self._until_done(number, deadline, replaced)
            return _reply(reply)
        except TimeoutError:
            self.dead = True
            raise CallTimeout from None
        except _GONE as error:
            self.dead = True
            raise CallDied(self._submission.explain(error)) from None
        except (StudentError, BadValue):
            raise
        except BaseException:
            self.dead = True  # a callback of the grader raised: this fork waits for an answer in vain
            raise

    def _until_done(
        self, number: str, deadline: float, replaced: Mapping[str, Callable[..., Any]]
    ) -> dict[str, Any]:
        """Answer the function's calls of replaced functions until its own answer comes."""
        for _ in range(_MAX_CALLBACKS):
            reply = _answer(self._channel, number, self._limits.reply_bytes, deadline)
            if reply.get("kind") != "callback":
                return reply
            name, args, kwargs = reply.get("name"), reply.get("args"), reply.get("kwargs")
            if name not in replaced or type(args) is not tuple or type(kwargs) is not dict:
                raise _NoAnswerError("what it sent is no answer")
            value = replaced[name](*args, **kwargs)
            self._channel.settimeout(max(0.01, deadline - time.monotonic()))
            send(self._channel, {"value": value}, self._limits.reply_bytes)
        raise TimeoutError


def _reply(reply: dict[str, Any]) -> Reply:
    """A function's answer, its parts checked."""
    output = checked_text(reply.get("output"), 1 << 20)
    match reply.get("kind"):
        case "value":
            args, kwargs = reply.get("args"), reply.get("kwargs")
            if type(args) is not tuple or type(kwargs) is not dict or "value" not in reply:
                raise _NoAnswerError("what it sent is no answer")
            return Reply(reply["value"], args, kwargs, output)
        case "error":
            raise _student_error(reply)
        case "unfit":
            raise BadValue(checked_text(reply.get("reason"), 300))
    raise _NoAnswerError("what it sent is no answer")


def _student_error(reply: dict[str, Any]) -> StudentError:
    cell, line, missing = reply.get("cell"), reply.get("line"), reply.get("missing")
    return StudentError(
        checked_text(reply.get("type"), 100) or "Exception",
        checked_text(reply.get("message"), 2_000),
        cell if type(cell) is int else None,
        line if type(line) is int else None,
        checked_text(reply.get("text"), 500),
        checked_text(missing, 200) if type(missing) is str else None,
    )
