"""Which submissions were graded on arrival: kept in a file, so that a watch can end and go on."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import final

import msgspec

from autograder.errors import CourseError
from autograder.files import write_atomically


class _Kept(msgspec.Struct, frozen=True):
    """What the file holds: for each student when the graded submissions were handed in, in UTC."""

    graded: dict[str, list[datetime]]
    schema: int = 1


@final
class Attempts:
    """The graded submissions of one assignment.

    Args:
        path: The file; it need not be there.

    Raises:
        CourseError: The file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._graded = msgspec.json.decode(path.read_bytes(), type=_Kept).graded
        except FileNotFoundError:
            self._graded = {}
        except (OSError, msgspec.DecodeError) as error:
            raise CourseError(
                f"the record of graded submissions cannot be read ({error})",
                where=str(path),
                remedy="Mend it, or delete it: then everybody's count begins anew",
            ) from error

    def count(self, student: str) -> int:
        """How many submissions of a student were graded."""
        return len(self._graded.get(student, ()))

    def has(self, student: str, handed_in: datetime) -> bool:
        """Whether that submission was graded."""
        return handed_in in self._graded.get(student, ())

    def add(self, student: str, handed_in: datetime) -> None:
        """Keep that a submission was graded, on disk before this returns."""
        self._graded.setdefault(student, []).append(handed_in)
        write_atomically(self._path, msgspec.json.encode(_Kept(self._graded)))


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Refuse a second watch of the same assignment, which would count beside the first.

    Raises:
        CourseError: Another one is running.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CourseError(
                "another watch of this assignment is running", where=path.stem, remedy="End it first"
            ) from error
        yield
    finally:
        os.close(descriptor)
