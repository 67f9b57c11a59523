"""Which file of a submitted folder is the assignment's notebook, and what it holds.

Students rename: ``optimization (1).ipynb``, ``optimization-Copy1.ipynb``, ``optimization.ipynb.txt``. Every entry
that grades folders asks here, so all of them take the same file for the submission.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder.grading.reading import (
    MAX_BYTES,
    UndecidedNotebookError,
    UnreadableNotebookError,
    read_submission,
)

_NOTEBOOK = re.compile(r"\.ipynb(\.(txt|json))?$", re.IGNORECASE)  # browsers add an ending of their own
_NOT_WORK = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}
_MOST = 10_000  # files of a folder that are looked at
_NAMED = 5  # files that a message names


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a student handed in.

    Attributes:
        content: The bytes of the notebook to grade, or why there are none.
        notes: How the file was found, where that was not by its name: a line each, for the student and the instructor.
    """

    content: bytes | UnreadableNotebookError
    notes: tuple[str, ...] = ()


def read_submitted(folder: Path, assignment: str, max_bytes: int = MAX_BYTES) -> Submitted:
    """Find and read the assignment's notebook in a submitted folder.

    A notebook of the assignment's name is it. Where there is none, the folder's only notebook is it, whatever it is
    called; of several, a person has to say which.

    Args:
        folder: The folder that was handed in. One that is a link could be another student's, and is not read.
        assignment: The assignment's name.
        max_bytes: Size above which a file is not read, in bytes.
    """
    if folder.is_symlink():
        return Submitted(UnreadableNotebookError("The submitted folder is a link, not a folder."))
    name = f"{assignment}.ipynb"
    if os.path.lexists(folder / name):
        return Submitted(read_submission(folder / name, max_bytes), _left_aside(folder, assignment))
    others = sorted(islice(_notebooks(folder), _MOST))
    if not others:
        return Submitted(read_submission(folder / name, max_bytes))
    if len(others) == 1:
        note = f"There was no {name}; the only notebook handed in, {_shown(others[0], folder)}, was taken for it."
        return Submitted(read_submission(others[0], max_bytes), (note,))
    named = ", ".join(_shown(one, folder) for one in others[:_NAMED]) + ", ..." * (len(others) > _NAMED)
    return Submitted(
        UndecidedNotebookError(
            f"There is no {name} but {len(others)} other notebooks ({named}), so none was graded. "
            f"Rename the right one to {name} and grade this submission again."
        )
    )


def _left_aside(folder: Path, assignment: str) -> tuple[str, ...]:
    """A note about what looks like the student's own copies of the notebook: the work may be in one of them."""
    copies = [
        path
        for path in sorted(folder.iterdir())
        if path.name != f"{assignment}.ipynb" and path.name.startswith(assignment) and _is_notebook(path)
    ]
    named = ", ".join(_shown(one, folder) for one in copies[:_NAMED])
    return (f"{assignment}.ipynb was taken; beside it lies {named}, which was not looked at.",) if copies else ()


def _notebooks(folder: Path) -> Iterator[Path]:
    """Notebooks in the folder and in folders inside of it: an archive that was unpacked adds one."""
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if name not in _NOT_WORK]
        yield from (path for name in names if _is_notebook(path := Path(place, name)))


def _is_notebook(path: Path) -> bool:
    hidden = path.name.startswith(".")  # what macOS and editors leave behind
    return not hidden and _NOTEBOOK.search(path.name) is not None and path.is_file() and not path.is_symlink()


def _shown(path: Path, folder: Path) -> str:
    """A name that a student chose, as text that can be shown."""
    name = str(path.relative_to(folder)).encode("utf-8", "replace").decode("utf-8")[:100]
    return "'" + "".join(one if one.isprintable() else "?" for one in name) + "'"
