"""The graded functions of a running submission, called by check items."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, final

from autograder.grading.faults import StudentFault, TimedOut
from autograder.grading.items import CheckItem
from autograder.grading.memory import MOST_OF_ONE, Found, Memory, after_hearing, beginning, encoded_of, size_of
from autograder.grading.running import RunningSubmission
from autograder.grading.student import Answer, Replacements
from autograder.grading.traces import trace_of_end
from autograder.sandbox import (
    Asked,
    BadValue,
    CallDied,
    CallTimeout,
    Encoded,
    Fork,
    Question,
    Reply,
    StudentError,
    question,
)

_Sent = Question | Encoded

HANGS = 2  # after so many items of a function that hang, its others fail unrun


class _AnotherQuestion(BaseException):
    """An item asked something else than before: not an `Exception`, which it could catch itself."""


@final
@dataclass(slots=True)
class _Tape:
    """One conversation: what was sent, and what was told, or what went wrong, then.

    Attributes:
        said: All of it.
        live: Whether the item itself is running.
        heard: How many entries it has been told; behind them it is answered by the submission.
        kept: Whether it may be remembered: not where something went wrong, or where it grew too large.
        size: Bytes of messages.
    """

    said: list[tuple[_Sent, Encoded | Exception]] = field(default_factory=list)
    live: bool = False
    heard: int = 0
    kept: bool = True
    size: int = 0

    def again(self, sent: _Sent) -> Encoded | Exception | None:
        """What was told when this was sent before the item ran; None where it is new.

        Raises:
            _AnotherQuestion: Something else was sent then.
        """
        if self.heard == len(self.said):
            return None
        before, told = self.said[self.heard]
        self.heard += 1
        if encoded_of(before) != encoded_of(sent):
            raise _AnotherQuestion
        return told

    def add(self, sent: _Sent, told: Encoded | Exception) -> None:
        """Take down what came just now."""
        if isinstance(told, Encoded):
            self.size += size_of(sent) + size_of(told)
        self.kept = self.kept and isinstance(told, Encoded) and self.size <= MOST_OF_ONE
        if self.kept or not self.live:
            self.said.append((sent, told))
        if self.live:
            self.heard = len(self.said)

    def plain(self) -> list[tuple[_Sent, Encoded]]:
        """All of it, where nothing went wrong."""
        return [(sent, told) for sent, told in self.said if isinstance(told, Encoded)]


@final
@dataclass(slots=True)
class ForkedSubmission(AbstractContextManager["ForkedSubmission"]):
    """Answers the items of a submission's functions, from one fork for as long as that lives.

    A fork for each function would cost a quarter of a submission and give the same grades: the functions have
    met in one process before, when the notebook's own cells called them. After a hang or a crash there is a new one.

    Attributes:
        running: The submission.
        memory: What items did after the same answers of other submissions, or None to run all of them.
        missed: Names that functions looked up and did not find.
        traces: What a person should see of how their processes ended, a line each.
    """

    running: RunningSubmission
    memory: Memory | None = None
    missed: set[str] = field(default_factory=set)
    traces: set[str] = field(default_factory=set)
    _item: CheckItem = field(init=False)
    _hung_items: Counter[str] = field(default_factory=Counter)
    _fork: Fork | None = None
    _tape: _Tape = field(default_factory=lambda: _Tape(live=True, kept=False))

    def __exit__(self, *exc: object) -> None:
        """Put the fork down."""
        self._put_down()

    def _put_down(self) -> None:
        if self._fork is not None:
            self._fork.__exit__(None, None, None)
            self._fork = None

    def answering(self, item: CheckItem) -> "ForkedSubmission":
        """Itself, with this item's calls to answer."""
        self._item = item
        return self

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        """Call the student's function; a call that hangs is tried once more, in a fork of its own.

        Raises:
            StudentFault: The submission gave no value; with the line for the student.
        """
        try:
            return self._called(function, args, kwargs, replaced)
        except StudentFault:
            # It follows from more than the answers: from the student's own text, from what is defined, from time.
            self._tape.kept = False
            raise

    def _called(
        self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements
    ) -> Answer:
        if function not in self.running.defined:
            raise StudentFault(f"Your notebook defines no function called {function}.", "MissingFunction")
        if self._hung_items[function] >= HANGS:
            raise StudentFault(f"Not run: {function} had already failed to end twice.")
        for _ in range(2):
            try:
                return self._call(function, args, kwargs, replaced)
            except CallTimeout:
                self._put_down()
        self._hung_items[function] += 1
        raise TimedOut(
            f"{function} did not end within {self.running.call_seconds():g} seconds. Look for a loop "
            "that never ends, or for work that grows much faster than its input."
        )

    def _call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        seed, echo, limits = self._item.seed, self._item.looks_closer, self.running.limits
        try:
            asked = question(function, args, kwargs, seed=seed, limits=limits, replaced=replaced, echo=echo)
            reply = self._read(self._hear(asked))
            while isinstance(reply, Asked):
                reply = self._read(self._hear(self._living().answered(reply, replaced)))
        except StudentError as error:
            raise self._explained(function, error) from error
        except BadValue as error:
            raise StudentFault(f"What {function} returned could not be read: {error.reason}", "BadValue") from error
        except CallDied as error:
            if (trace := trace_of_end(error.reason)) is not None:
                self.traces.add(trace)
            raise StudentFault(f"{function} ended the whole process: {error.reason}", "CallDied") from error
        return Answer(reply.value, reply.arguments if echo else None, lambda: reply.shares)

    def _hear(self, sent: _Sent) -> Encoded:
        """What the submission tells when this is sent: what it told before the item ran, if that was sent then."""
        told = self._tape.again(sent) or self._ask(sent)
        if isinstance(told, Exception):
            raise told
        return told

    def _ask(self, sent: _Sent) -> Encoded | Exception:
        """What the submission tells now, or why it doesn't."""
        told: Encoded | Exception
        try:
            told = self._asked(sent)
        except (StudentFault, CallTimeout, CallDied) as fault:
            told = fault
        self._tape.add(sent, told)
        return told

    def _asked(self, sent: _Sent) -> Encoded:
        if isinstance(sent, Encoded):
            return self._living().tell(sent)
        seconds = self.running.call_seconds()
        if self._fork is None or self._fork.dead:
            self._put_down()
            self._fork = self.running.fork()
            self._fork.__enter__()
        return self._fork.ask(sent, seconds)

    def _living(self) -> Fork:
        assert self._fork is not None  # who speaks of a call has begun it
        return self._fork

    def _read(self, told: Encoded) -> Reply | Asked:
        return self._living().read(told)

    def converse(self, name: str, program: Callable[[], Any]) -> Found:
        """What comes of a program that calls the submission and that knows nothing else of it.

        Where all answers are those of an earlier submission, it isn't run: it would do the same again. It gets
        the answers so far where they are not.

        Args:
            name: Of the program.
            program: It.
        """
        if self.memory is None:
            return Found(program())
        self._tape = _Tape()
        try:
            return self._followed(self.memory, name) or self._run(self.memory, name, program)
        finally:
            self._tape = _Tape(live=True, kept=False)

    def _run(self, memory: Memory, name: str, program: Callable[[], Any]) -> Found:
        """What comes of a program that is run, and told first what is on the tape."""
        self._tape.live = True
        try:
            value = program()
        except _AnotherQuestion:  # it isn't the same every time, which the gate refuses
            self._put_down()
            self._tape = _Tape(live=True, kept=False)
            value = program()
        return memory.keep(name, self._tape.plain(), value) if self._tape.kept else Found(value)

    def _followed(self, memory: Memory, name: str) -> Found | None:
        """What came of a program with the same answers before; None where an answer is new, or something goes wrong."""
        heard = beginning(name)
        while not isinstance(step := memory.after(heard), Found | None):
            if isinstance(step, Question) and not self._may_run(step.function):
                return None
            told = self._ask(step)
            if isinstance(told, Exception):
                return None
            heard = after_hearing(heard, told)
        return step

    def _may_run(self, function: str) -> bool:
        return function in self.running.defined and self._hung_items[function] < HANGS

    def _explained(self, function: str, error: StudentError) -> StudentFault:
        raised = f"{error.type_name}: {error.message}"
        if error.type_name == "NotImplementedError" and not error.message:
            return StudentFault(f"{function} is not written yet: it still raises NotImplementedError.", raised)
        if error.missing_name is not None:
            self.missed.add(error.missing_name)
        said = raised.rstrip(": .\n")
        line = f" in the line `{error.source_line.strip()}`" if error.source_line.strip() else ""
        return StudentFault(f"{function} raised {said}{line}.", raised)
