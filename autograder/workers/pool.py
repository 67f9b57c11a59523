"""Submissions handed to graders a few at a time, and their answers as they come; a grader that dies loses none."""

import collections
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Generic, Self, TypeVar, final

from autograder.errors import AutograderError
from autograder.grading.reading import UnavailableNotebookError
from autograder.grading.record import Provenance
from autograder.grading.submitted import Submitted
from autograder.workers import worker
from autograder.workers.bundle import Bundle
from autograder.workers.worker import Answer

_ATTEMPTS = 3
_PAUSE_SECONDS = 0.5  # until what was killed is seen to be gone, and is started anew
_IN_HAND = 4  # submissions for each grader: none waits for the next, and few are tried again when one dies
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Job(Generic[Key]):
    """A submission to grade.

    Attributes:
        key: Whose it is; it stays in this process.
        submitted: What was handed in.
        made_from: What the grade will follow from.
    """

    key: Key
    submitted: Submitted
    made_from: Provenance


@final
@dataclass(slots=True)
class Pool:
    """Graders of one assignment; a context manager.

    Attributes:
        start: Makes a new executor; called again where one broke.
        bundle: The assignment, or what the executor's tasks find it by.
        graders: How many there are.
    """

    start: Callable[[], Executor]
    bundle: Bundle
    graders: int
    lost_with: tuple[type[BaseException], ...] = (BrokenProcessPool, CancelledError, OSError, EOFError)
    _executor: Executor | None = field(default=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the graders; where something went wrong, without waiting for what they have in hand."""
        self._stop()

    def points(self) -> Mapping[str, float]:
        """Points of each graded function, as a grader found them.

        Raises:
            AutograderError: The course or the machine does not allow grading.
        """
        for _ in range(_ATTEMPTS):
            try:
                # Asked as often as there are graders, so that all of them open the bundle now.
                asked = [self._open().submit(worker.points, self.bundle) for _ in range(self.graders)]
                return asked[0].result()
            except self.lost_with:
                self._stop()
                time.sleep(_PAUSE_SECONDS)
        raise AutograderError("the grading processes ended again and again", remedy="Run: autograder doctor")

    def grade(self, submissions: Iterable[Job[Key]]) -> Iterator[tuple[Key, Answer]]:
        """Grade submissions, in whatever order their answers come.

        Submissions that were in hand when a grader died are tried again, one alone at a time, so that one
        which kills graders is told from those that were only near. Of that one the answer says that it could
        not be graded.

        Raises:
            AutograderError: The course or the machine does not allow grading.
        """
        suspects: collections.deque[Job[Key]] = collections.deque()
        in_hand: dict[Future[Answer], Job[Key]] = {}
        waiting = iter(submissions)
        while True:
            while len(in_hand) < _IN_HAND * self.graders and (one := next(waiting, None)) is not None:
                in_hand[self._submit(one)] = one
            if not in_hand:
                break
            for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
                one = in_hand.pop(future)
                try:
                    answer = future.result()
                except AutograderError:
                    raise
                except Exception:  # the grader is gone, or failed in a way of its own: it is tried again
                    suspects.append(one)
                else:
                    yield one.key, answer
            if suspects:
                suspects += in_hand.values()
                in_hand.clear()
                self._stop()
                yield from map(self._alone, suspects)
                suspects.clear()

    def _alone(self, one: Job[Key]) -> tuple[Key, Answer]:
        reason = ""
        for _ in range(_ATTEMPTS):
            try:
                return one.key, self._submit(one).result()
            except AutograderError:
                raise
            except Exception as error:
                reason = "the grading process ended" if isinstance(error, self.lost_with) else repr(error)[:300]
                self._stop()
                time.sleep(_PAUSE_SECONDS)
        lost = Submitted(UnavailableNotebookError(f"It could not be graded in {_ATTEMPTS} attempts: {reason}."))
        return one.key, self._submit(replace(one, submitted=lost)).result()

    def _submit(self, one: Job[Key]) -> "Future[Answer]":
        try:
            return self._open().submit(worker.grade, self.bundle, one.submitted, one.made_from)
        except self.lost_with as error:  # it broke since the last answer
            broken: Future[Answer] = Future()
            broken.set_exception(error)
            return broken

    def _open(self) -> Executor:
        if self._executor is None:
            self._executor = self.start()
        return self._executor

    def _stop(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None
