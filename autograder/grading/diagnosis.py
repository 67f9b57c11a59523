"""Which catalogued misconception a wrong function behaves like, over all items that are about it."""

import ast
import random
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from autograder.errors import AutograderError, CourseError
from autograder.grading.behaviour import NAMES_OF_THEIR_AUTHOR, alike
from autograder.grading.catalogue import MISCONCEPTIONS_FILE, Misconception, load_misconceptions
from autograder.grading.faults import StudentFault
from autograder.grading.items import CheckItem
from autograder.grading.reference import Reference
from autograder.grading.student import Answer, Replacements
from autograder.grading.suite import Suite, Verdict

_MOST_ANSWERS = 10_000


@final
class Diagnosis:
    """Compares the behaviour of wrong functions with that of an assignment's misconceptions.

    A misconception is run in this process, on as many of its function's items as it takes to tell it from the
    submission at hand; what it answered is kept. An edit that doesn't fit the reference is passed over: the
    release gate names it, and a student's grade doesn't wait for that.

    Args:
        suite: The assignment's check items.

    Raises:
        CourseError: There is a catalogue of misconceptions, but it can't be read.
    """

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        has_catalogue = (suite.checks / MISCONCEPTIONS_FILE).is_file()
        self._catalogue = load_misconceptions(suite.checks) if has_catalogue else ()
        self._reference = Reference(suite.solutions)
        self._edits: dict[str, dict[str, str]] = {}
        self._known: dict[tuple[str, str], Verdict] = {}
        self._of_answers: dict[str, Misconception | None] = {}

    def misconception(
        self, function: str, verdicts: Mapping[str, Verdict], answers: str | None = None
    ) -> Misconception | None:
        """The misconception that a function behaves like in every one of its items, or None.

        Of several that behave alike it is the first of the catalogue: only their text tells them apart, so their
        hints fit the same behaviour, and authors put first what learners do most.

        Args:
            function: A graded function.
            verdicts: What its items found, by their ids; others may be among them.
            answers: What tells all of its answers from any others, where that is known: what the same answers
                behave like isn't looked for again.

        Raises:
            CourseError: The reference can't be loaded.
        """
        if answers is None:
            return self._compared(function, verdicts)
        if answers not in self._of_answers:
            if len(self._of_answers) >= _MOST_ANSWERS:
                self._of_answers.clear()
            self._of_answers[answers] = self._compared(function, verdicts)
        return self._of_answers[answers]

    def _compared(self, function: str, verdicts: Mapping[str, Verdict]) -> Misconception | None:
        items = [item for item in self._suite.items if item.function == function]
        seen = [verdicts[item.id] for item in items]
        if all(verdict.passed for verdict in seen) or not any(map(_telling, seen)):
            return None
        for mistake in self._catalogue:
            if mistake.function == function and self._alike(mistake, items, seen):
                return mistake
        return None

    def _alike(self, mistake: Misconception, items: Sequence[CheckItem], seen: Sequence[Verdict]) -> bool:
        edited = self._edited(mistake)
        return edited is not None and all(
            _same(verdict, self._verdict(mistake, edited, item)) for item, verdict in zip(items, seen, strict=True)
        )

    def _verdict(self, mistake: Misconception, edited: str, item: CheckItem) -> Verdict:
        """What an item finds in the reference with a mistake; run once."""
        key = mistake.name, item.id
        if key not in self._known:
            with _written_into(self._reference, edited), _silently():
                self._known[key] = self._suite.run(item, _Mistaken(self._reference, item.seed))
        return self._known[key]

    def _edited(self, mistake: Misconception) -> str | None:
        """What to run in the reference's module for a mistake, or None where its edit doesn't fit."""
        if mistake.function not in self._edits:
            module = self._reference.path.read_text("utf-8") if self._reference.module else ""
            same = [one for one in self._catalogue if one.function == mistake.function]
            texts = _text_of(mistake.function, module), module
            self._edits[mistake.function] = {one.name: text for one in same if (text := _applied(one, texts))}
        return self._edits[mistake.function].get(mistake.name)


@final
@dataclass(frozen=True, slots=True)
class _Mistaken:
    """Answers as a submission with this mistake would from the sandbox: seeded for each call, faults as faults."""

    reference: Reference
    seed: int

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        random.seed(self.seed)
        np.random.seed(self.seed)
        try:
            return self.reference.call(function, args, kwargs, replaced)
        except AutograderError:
            raise
        except Exception as error:  # mistakes raise what they like
            raise StudentFault(str(error), f"{type(error).__name__}: {error}") from error


def _same(seen: Verdict, known: Verdict) -> bool:
    return seen.passed == known.passed and alike(seen.calls, known.calls)


def _telling(verdict: Verdict) -> bool:
    """Whether an item got anything but a name that isn't defined, of which there may be any number of causes."""
    return any(not call.error.startswith(NAMES_OF_THEIR_AUTHOR) for call in verdict.calls)


def _applied(mistake: Misconception, texts: Iterable[str]) -> str | None:
    """The first of the texts that the edit fits, with the mistake in it."""
    for text in texts:
        with suppress(CourseError):
            return mistake.apply(text)
    return None


def _text_of(function: str, module: str) -> str:
    """The text of the last definition of a function; empty where the module defines it in another way."""
    found = [node for node in ast.parse(module).body if isinstance(node, ast.FunctionDef) and node.name == function]
    return "".join(f"{ast.get_source_segment(module, node)}\n" for node in found[-1:])


@contextmanager
def _written_into(reference: Reference, text: str) -> Iterator[None]:
    """The reference's module with this text run in it, and as before afterwards."""
    names = vars(reference.module)
    before = dict(names)
    try:
        exec(compile(text, str(reference.path), "exec"), names)  # noqa: S102 - the course's own code
        yield
    finally:
        names.clear()
        names.update(before)


@contextmanager
def _silently() -> Iterator[None]:
    """Without numpy's warnings: mistakes divide by zero."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
