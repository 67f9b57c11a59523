"""The result kept in the metadata of an autograded notebook, and from what it was made.

So the next run knows what need not be graded again, and reports need no file beside nbgrader's own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from nbformat import NotebookNode

from autograder.grading.grade import Graded
from autograder.grading.reading import UnreadableNotebookError
from autograder.models import Result

KEY = "autograder"
TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 1000  # bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A result, the hints for its functions by name, and a digest of all that it follows from."""

    result: Result
    digest: str
    hints: Mapping[str, str] = field(default_factory=dict)


def read_timestamp(folder: Path) -> bytes:
    """What the file of the time of submission holds, as far as it can be a time; a link or a pipe holds none."""
    path = folder / TIMESTAMP
    if path.is_symlink() or not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_LONGEST_TIMESTAMP)


def submission_digest(fingerprint: str, content: bytes | UnreadableNotebookError, folder: Path) -> str:
    """A digest of the assignment's fingerprint, the submitted bytes and the time they were handed in."""
    digest = hashlib.sha256(fingerprint.encode())
    digest.update(content if isinstance(content, bytes) else f"\0{content}".encode())
    digest.update(read_timestamp(folder))
    return digest.hexdigest()


def with_record(graded: Graded, digest: str) -> NotebookNode:
    """The graded notebook with its result and its hints in its metadata."""
    kept = {"result": msgspec.to_builtins(graded.result), "hints": dict(graded.hints), "digest": digest}
    graded.notebook.metadata[KEY] = kept
    return graded.notebook


def read_record(autograded: Path) -> Record | None:
    """The record in an autograded notebook, or None where there is none that can be read."""
    try:
        return record_in(json.loads(autograded.read_bytes()))
    except (OSError, ValueError):
        return None


def record_in(notebook: Mapping[str, Any]) -> Record | None:
    """The record in the metadata of a notebook, or None where there is none that can be read."""
    try:
        kept = notebook["metadata"][KEY]
        hints = msgspec.convert(kept.get("hints", {}), dict[str, str])
        return Record(msgspec.convert(kept["result"], Result), str(kept["digest"]), hints)
    except (AttributeError, KeyError, TypeError, msgspec.ValidationError):
        return None
