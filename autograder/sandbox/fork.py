"""One forked copy of a submission's state: call its functions, one after another."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self, final

from autograder.printable import printable
from autograder.sandbox.channel import FORGED, Broken, Channel
from autograder.sandbox.errors import BadValue, CallDied, CallTimeout, StudentError
from autograder.sandbox.hints import explained
from autograder.sandbox.inside import frames
from autograder.sandbox.inside.values import CodecError
from autograder.sandbox.lending import bounded
from autograder.sandbox.limits import Limits
from autograder.sandbox.outcomes import Fault, Malformed, read_fault, text

Replaced = Mapping[str, Callable[..., Any]]

MAX_CALLBACKS: Final = 10_000  # in one call
_MAX_NAME: Final = 200
# What student code's own arguments can bring about in a lent function; it goes back to the student's code.
_ARGUMENT_FAULTS: Final = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, MemoryError)


@dataclass(frozen=True)
class Reply:
    """What came back from a call.

    Attributes:
        value: The returned value, as plain numpy and Python data.
        arguments: The positional arguments as the function left them.
        keywords: The keyword arguments as the function left them.
        output: What it printed, cut.
    """

    value: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    output: str


class Owner(Protocol):
    """The submission that a fork belongs to."""

    dead: str | None

    def sweep(self) -> str | None:
        """End all forks; why, if the sandbox itself ended one."""

    def release(self, fork: "Fork") -> None:
        """Forget this fork."""

    def how_ended(self, pid: int) -> str | None:
        """How a fork ended, in words."""


@final
class Fork:
    """A fork of a submission; on exit it is put down.

    Args:
        channel: To the fork.
        owner: Its submission.
        pid: Its pid, as the executor told.
        sources: Sources of the cells that were run.
        limits: What the submission may cost.
    """

    def __init__(self, channel: Channel, owner: Owner, pid: int, sources: tuple[str, ...], limits: Limits) -> None:
        self._channel, self._owner, self._pid, self._sources, self._limits = channel, owner, pid, sources, limits
        self.dead = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Put the fork down."""
        self._owner.release(self)

    def close(self) -> None:
        """Close the channel; the fork ends when it sees that."""
        self.dead = True
        self._channel.close()

    def call(
        self,
        function: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        seconds: float,
        seed: int,
        replaced: Replaced | None = None,
        echo: bool = True,
    ) -> Reply:
        """Call a function of the notebook with copies of the arguments.

        Args:
            function: Its name in the notebook's namespace.
            args: Positional arguments.
            kwargs: Keyword arguments.
            seconds: Wall time after which the fork is put down.
            seed: Seed of ``random`` and ``np.random`` (modulo 2**32) before the call.
            replaced: What the notebook's code finds under these global names while the call lasts. The callables
                run in this process on decoded values, within the submission's own memory and the call's time. A
                TypeError, ValueError, LookupError, ArithmeticError, AttributeError or MemoryError of theirs is
                raised in the student's code; any other ends the fork and comes out here.
            echo: Whether the arguments come back as the function left them, which can cost as much as the rest.

        Raises:
            StudentError: The function raised, or isn't there.
            CallTimeout: It didn't answer in time; the fork is dead.
            CallDied: The process ended, or broke the channel; the fork is dead.
            BadValue: A value can't be carried.
        """
        if self.dead:
            raise CallDied(self._owner.dead or "the process had ended before")
        call = _Call(self._channel, replaced or {}, time.monotonic() + seconds, self._limits.memory_bytes)
        request = {
            "function": function,
            "args": args,
            "kwargs": kwargs,
            "seed": seed,
            "replaced": list(call.replaced),
            "echo": echo,
        }
        try:
            return self._exchanged(call, request)
        except TimeoutError:
            raise CallTimeout(f"{function} did not answer within {seconds:g} seconds") from None

    def _exchanged(self, call: "_Call", request: Any) -> Reply:
        """The reply to a request; whatever breaks the exchange puts the fork down."""
        try:
            return self._result(call.converse(request))
        except (StudentError, BadValue):
            raise
        except (Broken, Malformed) as error:
            raise CallDied(self._post_mortem(error)) from None
        except BaseException:  # time-out, a lent function's own, an interrupt: the channel may hold half a frame
            self._put_down()
            raise

    def _result(self, told: Any) -> Reply:
        if type(told) is not dict:
            raise Malformed("reply")
        match told.get("kind"):
            case "value":
                arguments, keywords = told.get("arguments"), told.get("keywords")
                if type(arguments) is not tuple or type(keywords) is not dict:
                    raise Malformed("arguments")
                return Reply(told.get("value"), arguments, keywords, text(told.get("output")))
            case "error":
                raise self._student_error(read_fault(told))
            case "unfit":
                raise BadValue(text(told.get("reason"), 500))
        raise Malformed("kind")

    def _student_error(self, fault: Fault) -> StudentError:
        """The exception for a fault; its place is kept where the sources have such a line."""
        missing = fault.missing_name
        message = explained(fault.type_name, fault.message, self._limits)
        if fault.cell and fault.line and fault.cell <= len(self._sources):
            lines = self._sources[fault.cell - 1].splitlines()
            if fault.line <= len(lines):
                place = {"cell": fault.cell, "line": fault.line}
                text_there = printable(lines[fault.line - 1])
                return StudentError(fault.type_name, message, **place, source_line=text_there, missing_name=missing)
        return StudentError(fault.type_name, message, missing_name=missing)

    def _post_mortem(self, error: Exception) -> str:
        """Why the fork is of no more use, in words; it is put down."""
        ended = self._owner.how_ended(self._pid) if isinstance(error, Broken) else None
        return self._put_down() or ended or (str(error) if isinstance(error, Broken) else FORGED)

    def _put_down(self) -> str | None:
        self.close()
        return self._owner.sweep() if self._owner.dead is None else self._owner.dead


@final
class _Call:
    """The exchange of frames for one call."""

    def __init__(self, channel: Channel, replaced: Replaced, deadline: float, memory_bytes: int) -> None:
        self._channel, self.replaced, self._deadline = channel, replaced, deadline
        self._memory_bytes = memory_bytes
        self._ident = frames.new_id()

    def converse(self, request: Any) -> Any:
        """Send the request, answer its callbacks, and return the last answer."""
        try:
            self._send(request)
        except CodecError as error:  # nothing was sent
            raise BadValue(f"an argument can't be sent: {error}") from error
        for _ in range(MAX_CALLBACKS):
            told = self._channel.answer(self._ident, self._deadline)
            if type(told) is not dict or told.get("kind") != "callback":
                return told
            try:
                self._send(self._lend(told))
            except CodecError as error:  # the author's own mistake, while student code waits for an answer
                raise ValueError(f"the function lent as {told.get('name')} returned what can't be sent") from error
        raise Broken(f"it called a replaced function more than {MAX_CALLBACKS} times")

    def _send(self, value: Any) -> None:
        self._channel.send(self._ident, value, self._deadline)

    def _lend(self, told: dict[Any, Any]) -> dict[str, Any]:
        name, args, kwargs = told.get("name"), told.get("args"), told.get("kwargs")
        if type(name) is not str or name not in self.replaced or type(args) is not tuple or type(kwargs) is not dict:
            raise Malformed("callback")
        if not all(type(key) is str for key in kwargs):
            raise Malformed("callback")
        try:
            with bounded(self._deadline - time.monotonic(), self._memory_bytes):
                return {"kind": "value", "value": self.replaced[name](*args, **kwargs)}
        except _ARGUMENT_FAULTS as error:
            return {"kind": "error", "type": type(error).__name__[:_MAX_NAME], "message": str(error)[:1000]}
