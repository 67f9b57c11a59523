"""The graded functions of a running submission, called by check items."""

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, final

from autograder.grading.faults import MissingFunction, StudentFault, TimedOut, UndefinedName
from autograder.grading.items import CheckItem
from autograder.grading.running import RunningSubmission
from autograder.grading.student import Answer, Replacements
from autograder.sandbox import BadValue, CallDied, CallTimeout, Fork, StudentError

HANGS = 2  # after so many items of a function that hang, its others fail unrun


@final
@dataclass(slots=True)
class ForkedSubmission(AbstractContextManager["ForkedSubmission"]):
    """Answers the items of a submission's functions, from one fork for as long as that lives.

    A fork for each function would cost a quarter of a submission and give the same grades: the functions have
    met in one process before, when the notebook's own cells called them. After a hang or a crash there is a new one.

    Attributes:
        running: The submission.
        item: The item whose calls are answered: it tells the seed.
        missed: Names that functions looked up and did not find.
    """

    running: RunningSubmission
    item: CheckItem | None = None
    missed: set[str] = field(default_factory=set)
    _hung_items: Counter[str] = field(default_factory=Counter)
    _fork: Fork | None = field(default=None)

    def __exit__(self, *exc: object) -> None:
        """Put the fork down."""
        self._put_down()

    def _put_down(self) -> None:
        if self._fork is not None:
            self._fork.__exit__(None, None, None)
            self._fork = None

    def answering(self, item: CheckItem) -> "ForkedSubmission":
        """Itself, with this item's calls to answer."""
        self.item = item
        return self

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        """Call the student's function; a call that hangs is tried once more, in a fork of its own.

        Raises:
            StudentFault: The submission gave no value; with the line for the student.
        """
        if function not in self.running.defined:
            raise MissingFunction(function)
        if self._hung_items[function] >= HANGS:
            raise StudentFault(f"Not run: {function} had already failed to end twice.")
        try:
            return self._call(function, args, kwargs, replaced)
        except CallTimeout:
            self._put_down()
        try:
            return self._call(function, args, kwargs, replaced)
        except CallTimeout:
            self._put_down()
            self._hung_items[function] += 1
            raise TimedOut(
                f"{function} did not end within {self.running.call_seconds():g} seconds. Look for a loop "
                "that never ends, or for work that grows much faster than its input."
            ) from None

    def _call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        seconds = self.running.call_seconds()
        seed, echo = (self.item.seed, self.item.reads_arguments) if self.item else (0, True)
        if self._fork is None or self._fork.dead:
            self._put_down()
            self._fork = self.running.fork()
            self._fork.__enter__()
        try:
            reply = self._fork.call(
                function, args, dict(kwargs), seconds=seconds, seed=seed, replaced=replaced, echo=echo
            )
        except StudentError as error:
            raise self._explained(function, error) from error
        except BadValue as error:
            raise StudentFault(f"What {function} returned could not be read: {error.reason}", "BadValue") from error
        except CallDied as error:
            raise StudentFault(f"{function} ended the whole process: {error.reason}", "CallDied") from error
        return Answer(reply.value, reply.arguments if echo else None)

    def _explained(self, function: str, error: StudentError) -> StudentFault:
        raised = f"{error.type_name}: {error.message}"
        if error.type_name == "NotImplementedError" and not error.message:
            return StudentFault(f"{function} is not written yet: it still raises NotImplementedError.", raised)
        said = f"{error.type_name}: {error.message}".rstrip(": .\n")
        line = f" in the line `{error.source_line.strip()}`" if error.source_line.strip() else ""
        text = f"{function} raised {said}{line}."
        if error.missing_name is None:
            return StudentFault(text, raised)
        self.missed.add(error.missing_name)
        return UndefinedName(text, error.missing_name, raised)
