"""One forked copy of a submission's state: call its functions, one after another."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self, final

from autograder.printable import printable
from autograder.sandbox.channel import FORGED, Broken, Channel
from autograder.sandbox.errors import BadValue, CallDied, CallTimeout, StudentError
from autograder.sandbox.hints import explained
from autograder.sandbox.inside import frames
from autograder.sandbox.inside.encoding import Encoded, encode
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
        shares: Whether the value held one list, dict, set or array in two places.
    """

    value: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    output: str
    shares: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A call, as the bytes in which it is sent.

    Attributes:
        function: The called function's name in the notebook's namespace.
        encoded: The call.
    """

    function: str
    encoded: Encoded


def question(
    function: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    seed: int,
    limits: Limits,
    replaced: Replaced | None = None,
    echo: bool = True,
) -> Question:
    """A call of a function of the notebook; for its arguments see `Fork.call`.

    Raises:
        BadValue: An argument can't be sent.
    """
    asked = {
        "function": function,
        "args": args,
        "kwargs": dict(kwargs),
        "seed": seed,
        "replaced": list(replaced or ()),
        "echo": echo,
    }
    try:
        return Question(function, encode(asked, limits.reply_bytes))
    except CodecError as error:
        raise BadValue(f"an argument can't be sent: {error}") from error


@dataclass(frozen=True, slots=True)
class Asked:
    """The student's code called a function that was lent to it, and waits for the answer.

    Attributes:
        name: The function's name in the notebook.
        args: What it was given.
        kwargs: What it was given by name.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def answered(self, replaced: Replaced, limits: Limits, seconds: float) -> Encoded:
        """The lent function's answer, as the bytes in which it is sent.

        Args:
            replaced: The lent functions.
            limits: What the submission may cost, this included.
            seconds: Wall time that is left for the call.

        Raises:
            Malformed: No such function was lent.
            TimeoutError: It wanted more time.
            ValueError: The lent function returned what can't be sent: its author's mistake.
        """
        if self.name not in replaced:
            raise Malformed("callback")
        try:
            with bounded(seconds, limits.memory_bytes):
                answer = {"kind": "value", "value": replaced[self.name](*self.args, **self.kwargs)}
        except _ARGUMENT_FAULTS as error:
            answer = {"kind": "error", "type": type(error).__name__[:_MAX_NAME], "message": str(error)[:1000]}
        try:
            return encode(answer, limits.reply_bytes)
        except CodecError as error:
            raise ValueError(f"the function lent as {self.name} returned what can't be sent") from error


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
        self._ident, self._until, self._lent = b"", 0.0, 0
        self._late = ""

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
            echo: Whether the arguments come back as the function left them, and whether its value shares arrays
                is found out, which can cost as much as the rest.

        Raises:
            StudentError: The function raised, or isn't there.
            CallTimeout: It didn't answer in time; the fork is dead.
            CallDied: The process ended, or broke the channel; the fork is dead.
            BadValue: A value can't be carried.
        """
        lent = replaced or {}
        asked = question(function, args, kwargs, seed=seed, limits=self._limits, replaced=lent, echo=echo)
        told = self.read(self.ask(asked, seconds))
        while isinstance(told, Asked):
            told = self.read(self.tell(self.answered(told, lent)))
        return told

    def ask(self, asked: Question, seconds: float) -> Encoded:
        """Begin a call, and hear what comes first: its reply, or what student code asks of a lent function.

        Args:
            asked: The call.
            seconds: Wall time for all of the call, after which the fork is put down.

        Raises:
            CallTimeout: Nothing came in time; the fork is dead.
            CallDied: The process ended, or broke the channel; the fork is dead.
        """
        if self.dead:
            raise CallDied(self._owner.dead or "the process had ended before")
        self._ident, self._until, self._lent = frames.new_id(), time.monotonic() + seconds, 0
        self._late = f"{asked.function} did not answer within {seconds:g} seconds"
        return self.tell(asked.encoded)

    def answered(self, asked: Asked, replaced: Replaced) -> Encoded:
        """What a lent function answers.

        Raises:
            CallDied: No such function was lent; the fork is dead.
            Exception: What the lent function raises that is not its caller's fault; the fork is dead.
        """
        with self._put_down_by_faults():
            return asked.answered(replaced, self._limits, self._until - time.monotonic())

    def tell(self, encoded: Encoded) -> Encoded:
        """Send the next message of the call under way, and hear what comes next; as `ask`."""
        with self._put_down_by_faults():
            if self._lent > MAX_CALLBACKS:
                raise Broken(f"it called a replaced function more than {MAX_CALLBACKS} times")
            self._lent += 1
            self._channel.send_encoded(self._ident, encoded, self._until)
            return self._channel.encoded_answer(self._ident, self._until)

    def read(self, told: Encoded) -> Reply | Asked:
        """What the fork told.

        Raises:
            StudentError: The function raised, or isn't there.
            BadValue: What it returned can't be carried.
            CallDied: The message isn't one; the fork is dead.
        """
        with self._put_down_by_faults():
            return self._result(self._channel.value_of(told))

    @contextmanager
    def _put_down_by_faults(self) -> Iterator[None]:
        """Put the fork down where something breaks the exchange: the channel may hold half a frame."""
        try:
            yield
        except (StudentError, BadValue):
            raise
        except (Broken, Malformed) as error:
            raise CallDied(self._post_mortem(error)) from None
        except TimeoutError:
            self._put_down()
            raise CallTimeout(self._late) from None
        except BaseException:  # a lent function's own, an interrupt
            self._put_down()
            raise

    def _result(self, told: Any) -> Reply | Asked:
        if type(told) is not dict:
            raise Malformed("reply")
        match told.get("kind"):
            case "value":
                arguments, keywords = told.get("arguments"), told.get("keywords")
                if type(arguments) is not tuple or type(keywords) is not dict:
                    raise Malformed("arguments")
                output, shares = text(told.get("output")), told.get("shares") is True
                return Reply(told.get("value"), arguments, keywords, output, shares)
            case "callback":
                return _asked(told)
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


def _asked(told: dict[Any, Any]) -> Asked:
    name, args, kwargs = told.get("name"), told.get("args"), told.get("kwargs")
    if type(name) is not str or type(args) is not tuple or type(kwargs) is not dict:
        raise Malformed("callback")
    if not all(type(key) is str for key in kwargs):
        raise Malformed("callback")
    return Asked(name, args, kwargs)
