"""The autograded folder of one submission, made beside its place and put there in one step.

A pending folder that is whole outlives the run that made it: what was graded and could not be recorded, or waits
for somebody's word, need not be graded again.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Self, final

from nbgrader.utils import find_all_files

from autograder.bulk.submissions import SubmittedFolder
from autograder.errors import AutograderError
from autograder.grading.record import Provenance, Record, read_record
from autograder.pages import is_active


@final
class PendingFolder:
    """An autograded folder that is complete but not in its place yet.

    Args:
        submission: Whose it is.
    """

    def __init__(self, submission: SubmittedFolder) -> None:
        self._target = submission.autograded
        self._name = submission.notebook.name
        self._pending, self._partial, self._before = (
            self._target.with_name(f".{self._target.name}.{step}") for step in ("pending", "partial", "before")
        )

    @classmethod
    def make(
        cls, submission: SubmittedFolder, notebook: bytes, source: Path, ignore: list[str], permissions: int
    ) -> Self:
        """Write a pending folder.

        Args:
            submission: Whose it is.
            notebook: The graded notebook's file.
            source: The assignment's source folder: its files replace the student's copies of them.
            ignore: nbgrader's patterns of files that are never copied.
            permissions: The files' mode in octal, written as decimal digits (nbgrader's ``444``).

        Raises:
            AutograderError: It cannot be written: the disk is full, say. Nothing is left of it.
        """
        made = cls(submission)
        partial = made._partial
        try:
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            _fill(partial, submission, source, ignore)
            (partial / made._name).write_bytes(notebook)
            _set_modes(partial, int(str(permissions), 8))
            made.discard()
            partial.rename(made._pending)
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise _unwritable(error, made._target) from error
        return made

    def record(self, made_from: Provenance) -> Record | None:
        """The record in the folder, where there is one that was made from just this."""
        record = read_record(self._pending / self._name)
        return record if record is not None and record.provenance == made_from else None

    @property
    def notebook(self) -> bytes:
        """The graded notebook's file."""
        return (self._pending / self._name).read_bytes()

    def put(self) -> None:
        """Put the folder in its place; what was there before goes.

        Raises:
            AutograderError: It cannot be put there.
        """
        try:
            shutil.rmtree(self._before, ignore_errors=True)
            if self._target.exists():
                self._target.rename(self._before)
            self._pending.rename(self._target)
        except OSError as error:
            raise _unwritable(error, self._target) from error
        shutil.rmtree(self._before, ignore_errors=True)

    def discard(self) -> None:
        """Remove the folder again."""
        shutil.rmtree(self._pending, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what runs that were killed left beside a folder that is in its place."""
        for left in (self._pending, self._partial, self._before):
            shutil.rmtree(left, ignore_errors=True)


def _fill(folder: Path, submission: SubmittedFolder, source: Path, ignore: list[str]) -> None:
    origins = (source,) if submission.folder.is_symlink() else (submission.folder, source)
    for origin in origins:
        for path in _plain_files(origin, ignore):
            if origin is submission.folder and is_active(path):
                continue  # formgrader would serve it as a page of its own
            copy = folder / path.relative_to(origin)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            shutil.copy(path, copy)


def _set_modes(folder: Path, mode: int) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(mode)


def _plain_files(folder: Path, ignore: list[str]) -> Iterator[Path]:
    """Files to copy along. A link or a pipe is left out: it could lead to another student's work."""
    for name in find_all_files(str(folder), [*ignore, "*.ipynb"]):
        mode = os.lstat(name).st_mode
        if stat.S_ISREG(mode):
            yield Path(name)


def _unwritable(error: OSError, target: Path) -> AutograderError:
    return AutograderError(
        f"the graded folder cannot be written ({error.strerror})",
        where=str(target),
        remedy="Mend that and run this again: what was recorded stays",
    )
