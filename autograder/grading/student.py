"""What a check item sees of the code it checks: ``student.f(...)``, whoever answers the call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, final

from autograder.errors import CourseError

Replacements = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one call.

    Attributes:
        value: The returned value, as plain numpy and Python data.
        arguments: The positional arguments as the function left them; None where nobody asked for them.
        shares: Whether the value held one list, dict, set or array in two places, where somebody asked for that.
    """

    value: Any
    arguments: tuple[Any, ...] | None = None
    shares: Callable[[], bool] = lambda: False


class Callee(Protocol):
    """Who answers calls: a submission's fork in the sandbox, or the reference in this process."""

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        """Call ``function`` with copies of the arguments.

        Raises:
            StudentFault: The submission gave no value.
        """
        ...


@dataclass(slots=True)
class _Record:
    """The last answer, shared by a `Student` and the views that `Student.replaced` makes of it."""

    last: Answer = field(default_factory=lambda: Answer(None))
    lent: set[str] = field(default_factory=set)


@final
class Student:
    """The functions of one submission, called like functions.

    ``student.f(x, n=2)`` returns plain values; ``student.arguments`` holds the positional arguments of
    the last call as the function left them, and ``student.shares`` tells whether its value holds one
    array twice. The caller's own arrays are never changed.
    """

    __slots__ = ("_callee", "_record", "_replaced")

    def __init__(
        self, callee: Callee, *, _replaced: Replacements | None = None, _record: _Record | None = None
    ) -> None:
        self._callee = callee
        self._replaced = dict(_replaced or {})
        self._record = _record or _Record()

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._record.last = self._callee.call(function, args, kwargs, self._replaced)
            return self._record.last.value

        call.__name__ = function
        return call

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The positional arguments of the last call, as the function left them.

        Raises:
            CourseError: The item's own text does not show that it reads them, so they were not brought.
        """
        return self._brought("arguments")[0]

    @property
    def shares(self) -> bool:
        """Whether what the last call returned holds one list, dict, set or array in two places.

        What is done to it in one place would then happen in the other. The values that the call gave share nothing.

        Raises:
            CourseError: The item's own text does not show that it asks, so it was not found out.
        """
        return self._brought("shares")[1]()

    def _brought(self, name: str) -> tuple[tuple[Any, ...], Callable[[], bool]]:
        last = self._record.last
        if last.arguments is None:
            raise CourseError(
                f"student.{name} is read where the check item itself does not show it",
                remedy="Read it in the item's own function, after the call",
            )
        return last.arguments, last.shares

    @property
    def lent(self) -> frozenset[str]:
        """Names of the functions that were put in the place of the notebook's own."""
        return frozenset(self._record.lent)

    def replaced(self, **functions: Callable[..., Any]) -> "Student":
        """The same functions, with others in the place of those that they call.

        Args:
            functions: For each name the callable that the notebook's code finds under it while a
                call of the returned view lasts. It runs in the trusted process, on decoded values.
        """
        self._record.lent.update(functions)
        return Student(self._callee, _replaced={**self._replaced, **functions}, _record=self._record)
