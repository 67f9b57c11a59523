"""The autograded folder of one submission, made beside its place and put there in one step."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import writes_json
from nbgrader.utils import find_all_files

from autograder.bulk.submissions import SubmittedFolder
from autograder.pages import is_active


class PendingFolder:
    """An autograded folder that is complete but not in its place yet.

    Args:
        submission: Whose it is.
        notebook: The graded notebook.
        source: The assignment's source folder: its files replace the student's copies of them.
        ignore: nbgrader's patterns of files that are never copied.
        permissions: The files' mode in octal, written as decimal digits (nbgrader's ``444``).
    """

    def __init__(
        self,
        submission: SubmittedFolder,
        notebook: NotebookNode,
        source: Path,
        ignore: list[str],
        permissions: int,
    ) -> None:
        self._target = submission.autograded
        self._pending = self._target.with_name(f".{self._target.name}.pending")
        shutil.rmtree(self._pending, ignore_errors=True)
        self._pending.mkdir(parents=True)
        origins = (source,) if submission.folder.is_symlink() else (submission.folder, source)
        for origin in origins:
            for path in _plain_files(origin, ignore):
                if origin is submission.folder and is_active(path):
                    continue  # formgrader would serve it as a page of its own
                copy = self._pending / path.relative_to(origin)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.unlink(missing_ok=True)
                shutil.copy(path, copy)
        # As nbformat.writes does, without its check of a schema (20 ms): the notebook is our own.
        content = writes_json(notebook) + "\n"
        (self._pending / submission.notebook.name).write_text(content, encoding="utf-8")
        mode = int(str(permissions), 8)
        for file in self._pending.rglob("*"):
            if file.is_file():
                file.chmod(mode)

    def put(self) -> None:
        """Put the folder in its place; what was there before goes."""
        before = self._target.with_name(f".{self._target.name}.before")
        shutil.rmtree(before, ignore_errors=True)
        if self._target.exists():
            self._target.rename(before)
        self._pending.rename(self._target)
        shutil.rmtree(before, ignore_errors=True)

    def discard(self) -> None:
        """Remove the folder again."""
        shutil.rmtree(self._pending, ignore_errors=True)


def _plain_files(folder: Path, ignore: list[str]) -> Iterator[Path]:
    """Files to copy along. A link or a pipe is left out: it could lead to another student's work."""
    for name in find_all_files(str(folder), [*ignore, "*.ipynb"]):
        mode = os.lstat(name).st_mode
        if stat.S_ISREG(mode):
            yield Path(name)
