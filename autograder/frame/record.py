"""The result kept in the metadata of an autograded notebook, and from what it was made.

So the next run knows what need not be graded again, and reports need no file beside nbgrader's own.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import msgspec
from nbformat import NotebookNode

from autograder.grading.grade import Graded
from autograder.grading.submitted import Submitted
from autograder.models import Result

KEY = "autograder"
TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 1000  # bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A result, and a digest of all that it follows from."""

    result: Result
    digest: str


def read_timestamp(folder: Path) -> bytes:
    """What the file of the time of submission holds, as far as it can be a time; a link or a pipe holds none."""
    path = folder / TIMESTAMP
    if path.is_symlink() or not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_LONGEST_TIMESTAMP)


def submission_digest(fingerprint: str, submitted: Submitted, folder: Path) -> str:
    """A digest of the assignment's fingerprint, the submitted bytes, how they were found, and their time stamp."""
    digest, content = hashlib.sha256(fingerprint.encode()), submitted.content
    digest.update(content if isinstance(content, bytes) else f"\0{content}".encode())
    digest.update("".join(f"\0{note}" for note in submitted.notes).encode())
    digest.update(read_timestamp(folder))
    return digest.hexdigest()


def with_record(graded: Graded, digest: str) -> NotebookNode:
    """The graded notebook with its result in its metadata."""
    graded.notebook.metadata[KEY] = {"result": msgspec.to_builtins(graded.result), "digest": digest}
    return graded.notebook


def read_record(autograded: Path) -> Record | None:
    """The record in an autograded notebook, or None where there is none that can be read."""
    try:
        kept = json.loads(autograded.read_bytes())["metadata"][KEY]
        return Record(msgspec.convert(kept["result"], Result), str(kept["digest"]))
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError):
        return None
