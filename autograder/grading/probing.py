"""What a failed item's call tells when it is tried again with something changed.

Two things show in no comparison of values: an argument that has no effect, and random numbers of another seed.
Neither needs anything of the checks' author: the reference says what an argument, or a seed, should change.
"""

import inspect
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
import pytest

from autograder.errors import AutograderError
from autograder.grading.behaviour import Call, same_value
from autograder.grading.faults import StudentFault
from autograder.grading.items import CheckItem
from autograder.grading.reference import Reference
from autograder.grading.student import Callee
from autograder.grading.suite import Verdict

SECONDS = 5.0  # for all that is tried of one submission; reached only where its calls are very slow
_CALLS = 60  # of one function; reached only where an argument really has no effect
_SEEDS = (*range(11), 42, 100, 123, 1234, 2024, 2025)
_CHANGES = ((0.8, 0.07), (0.55, 0.31))  # factor and offset of numbers that are tried instead
_FEWEST_CALLS = 3

_CONSTANT = "It returns the same whatever it is given."
_ONE_IDLE = "The argument {} has no effect on what it returns."
_IDLE = "The arguments {} have no effect on what it returns."
_UNSEEDED = "The random numbers are drawn without the seed that the text asks for."
_OF_SEED = "The random numbers are those of the seed {}."


@final
@dataclass(slots=True)
class Probe:
    """Tries the calls of a submission's failed items again.

    Attributes:
        reference: The assignment's reference.
        callee_for: Who answers the calls of an item again.
    """

    reference: Reference
    callee_for: Callable[[CheckItem], Callee]
    _left: int = 0
    _until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def explained(self, verdicts: Sequence[tuple[CheckItem, Verdict]]) -> dict[str, Verdict]:
        """By their ids those items of one function to whose messages trying again adds something.

        Args:
            verdicts: All of the function's items, with what they found.
        """
        calls = [
            (item, call)
            for item, verdict in verdicts
            for call in verdict.calls
            if call.function == item.function and not call.error and call.value is not None
        ]
        explained, self._left = {}, _CALLS
        with np.errstate(all="ignore"):
            about = self._of_arguments(calls)
            wrong = [(item, call) for item, call in calls if not self._is_right(call)]
            of_seed = self._of_seed(wrong) if wrong and self._seeds(calls[0][1]) else ""
            for item, verdict in verdicts:
                own = not verdict.passed and any(at is item for at, _ in calls)
                text = (of_seed if any(at is item for at, _ in wrong) else "") or about if own else ""
                if text:
                    explained[item.id] = replace(verdict, message=f"{verdict.message.rstrip('.')}. {text}")
        return explained

    def _right(self, call: Call) -> tuple[Any] | None:
        """What the reference returns, in a tuple; None where it doesn't."""
        try:
            return (self.reference.call(call.function, call.args, call.kwargs, call.replaced).value,)
        except AutograderError:
            raise
        except Exception:  # changed arguments may be no input that it is made for
            return None

    def _seeds(self, call: Call) -> bool:
        """Whether the reference seeds numpy's global generator."""
        seeded: list[Any] = []
        with _seeding(seeded.append):
            self._right(call)
        return bool(seeded)

    def _of_seed(self, wrong: Sequence[tuple[CheckItem, Call]]) -> str:
        """Which other seed gives all of the wrong answers; empty where none does.

        All of them, since a small answer, as a mask of three units, is that of some seed by chance.
        """
        for seed in (None, *_SEEDS):
            if all(self._is_of_seed(call, item.seed if seed is None else seed) for item, call in wrong):
                return _UNSEEDED if seed is None else _OF_SEED.format(seed)
        return ""

    def _is_of_seed(self, call: Call, seed: int) -> bool:
        """Whether an answer is the reference's when it doesn't seed and the generator started from this seed."""
        _start(seed)
        with _seeding(lambda _seed: None):
            found = self._right(call)
        return found is not None and same_value(call.value, found[0])

    def _of_arguments(self, calls: Sequence[tuple[CheckItem, Call]]) -> str:
        """Which arguments should change what is returned, and don't, in no call of any item; empty where all do."""
        values = [call.value for _, call in calls]
        if (
            len(values) >= _FEWEST_CALLS
            and _finite(values[0])
            and all(same_value(values[0], one, exact=True) for one in values[1:])
        ):
            return _CONSTANT
        wrong = next((call for _, call in calls if not self._is_right(call)), None)
        idle = [name for name in self._names(wrong) if self._is_idle(name, calls)] if wrong else []
        if len(idle) == 1:
            return _ONE_IDLE.format(idle[0])
        return _IDLE.format(" and ".join(idle[:2])) if idle else ""

    def _is_right(self, call: Call) -> bool:
        right = self._right(call)
        return right is not None and same_value(call.value, right[0])

    def _is_idle(self, name: str, calls: Sequence[tuple[CheckItem, Call]]) -> bool:
        """Whether an argument changes nothing in any call in which it changes the reference's answer.

        Where all of those calls gave the same, or something infinite, it is not the argument that this is due to.
        """
        tried: list[Any] = []
        for item, call in calls:
            right = self._right(call)
            for changed in self._changed(call, name):
                other = self._right(changed)
                if right is None or other is None or same_value(other[0], right[0]):
                    continue
                tried.append(call.value)
                if not _finite(call.value) or not self._same_again(item, changed):
                    return False
        return len(tried) >= _FEWEST_CALLS and not all(same_value(tried[0], one, exact=True) for one in tried[1:])

    def _same_again(self, item: CheckItem, call: Call) -> bool:
        """Whether the submission returns the same with these other arguments, and in time."""
        self._left -= 1
        if self._left < 0 or time.monotonic() > self._until:
            return False
        try:
            answer = self.callee_for(item).call(call.function, call.args, call.kwargs, call.replaced)
        except StudentFault:
            return False
        return same_value(answer.value, call.value, exact=True)

    def _names(self, call: Call) -> list[str]:
        """The reference's names of the arguments of a call."""
        names = list(inspect.signature(getattr(self.reference.module, call.function)).parameters)
        return [*names[: len(call.args)], *call.kwargs]

    def _changed(self, call: Call, name: str) -> Iterator[Call]:
        """The call with other arguments in the place of one; none where it isn't among them."""
        names = self._names(call)
        if name not in names:
            return
        place = names.index(name)
        for change in _CHANGES:
            if name in call.kwargs:
                yield replace(call, kwargs={**call.kwargs, name: _varied(call.kwargs[name], *change)})
            else:
                other = _varied(call.args[place], *change)
                yield replace(call, args=(*call.args[:place], other, *call.args[place + 1 :]))


def _varied(value: Any, factor: float, offset: float) -> Any:
    """Another value of the same kind, shape and keys; the same one where there is none that is sure to fit."""
    if isinstance(value, dict):
        return {key: _varied(inner, factor, offset) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_varied(inner, factor, offset) for inner in value])
    kind = np.asarray(value).dtype.kind if isinstance(value, bool | int | float | np.ndarray | np.generic) else ""
    if kind == "b":
        return np.logical_not(value)
    if kind in ("i", "u"):
        label = isinstance(value, np.ndarray) and np.isin(value, (0, 1)).all()
        return 1 - value if label else value + (1 if offset < 0.1 else 2)
    if kind == "f":
        probability = not isinstance(value, np.ndarray) and 0 < value <= 1
        return value * factor if probability else value * factor + offset
    return value


def _finite(value: Any) -> bool:
    """Whether no number in a returned value is infinite or NaN."""
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_finite, value))
    floats = isinstance(value, float) or (isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f")
    return not floats or bool(np.isfinite(value).all())


def _start(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)


@contextmanager
def _seeding(instead: Callable[[Any], object]) -> Iterator[None]:
    """Let something else happen where numpy's global generator is seeded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np.random, "seed", instead)
        yield
