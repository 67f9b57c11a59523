"""The result kept in the metadata of an autograded notebook, and from what it was made.

So the next run knows what need not be graded again and why, and reports need no file beside nbgrader's own.
"""

import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from nbformat import NotebookNode

from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.grade import Graded, released_files
from autograder.grading.submitted import Submitted
from autograder.models import Result

KEY = "autograder"
TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 1000  # bytes
_VERSIONED = ("numpy-autograder", "numpy", "ipython", "matplotlib", "pytest")


class Provenance(msgspec.Struct, frozen=True):
    """All that a grade follows from, each part as a digest: equal provenance, equal grade.

    Attributes:
        submission: The submitted bytes and the time they were handed in; empty before there are any.
        release: The released notebook and the files beside it.
        checks: The hidden checks and the reference.
        limits: The options: limits, isolation, packages.
        versions: Versions of Python, this platform and the packages that a grade depends on, readable.
    """

    submission: str
    release: str
    checks: str
    limits: str
    versions: str

    def of(self, submitted: Submitted, folder: Path) -> "Provenance":
        """The same for one submission: its content, how that was found, and the time in its folder."""
        content, found = submitted.content, "\0".join(submitted.notes).encode()
        data = content if isinstance(content, bytes) else f"\0{content}".encode()
        return msgspec.structs.replace(self, submission=_digest(data, found, read_timestamp(folder)))

    def changed_since(self, before: "Provenance") -> tuple[str, ...]:
        """Names of the parts that differ."""
        return tuple(name for name in self.__struct_fields__ if getattr(self, name) != getattr(before, name))


class Record(msgspec.Struct, frozen=True):
    """A result, all that it follows from, and the hints for its functions by name."""

    result: Result
    provenance: Provenance
    hints: dict[str, str] = {}


class _Metadata(msgspec.Struct):
    autograder: Record


class _Notebook(msgspec.Struct):
    metadata: _Metadata


_decode = msgspec.json.Decoder(_Notebook).decode  # passes over the cells


def provenance(course: Course, assignment: str, options: Options) -> Provenance:
    """What grades of an assignment follow from as it is on disk now, but for the submission."""
    release = course.release_notebook(assignment)
    checks = course.checks_folder(assignment)
    solutions = course.solutions_module(assignment)
    python_and_arrays = (path for path in checks.rglob("*") if path.suffix in (".py", ".npz"))
    return Provenance(
        submission="",
        release=_digest_of([release, *(path for _, path in released_files(release))], release.parent),
        checks=_digest_of([*python_and_arrays, solutions], course.root),
        limits=_digest(repr((assignment, options)).encode()),
        versions=versions(),
    )


def versions() -> str:
    """Versions that a grade depends on, in words: of Python and of packages."""
    return ", ".join([f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in _VERSIONED)])


def read_timestamp(folder: Path) -> bytes:
    """What the file of the time of submission holds, as far as it can be a time; a link or a pipe holds none."""
    path = folder / TIMESTAMP
    if path.is_symlink() or not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_LONGEST_TIMESTAMP)


def with_record(graded: Graded, made_from: Provenance) -> NotebookNode:
    """The graded notebook with its result and its hints in its metadata."""
    graded.notebook.metadata[KEY] = msgspec.to_builtins(Record(graded.result, made_from, dict(graded.hints)))
    return graded.notebook


def read_record(autograded: Path) -> Record | None:
    """The record in an autograded notebook, or None where there is none that can be read."""
    try:
        return _decode(autograded.read_bytes()).metadata.autograder
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None


def record_in(notebook: Mapping[str, Any]) -> Record | None:
    """The record in the metadata of a notebook, or None where there is none that can be read."""
    try:
        return msgspec.convert(notebook["metadata"][KEY], Record)
    except (KeyError, TypeError, msgspec.ValidationError):
        return None


def _digest_of(paths: Iterable[Path], base: Path) -> str:
    named = sorted((path.relative_to(base).as_posix(), path) for path in paths if path.is_file())
    return _digest(*(part for name, path in named for part in (name.encode(), path.read_bytes())))


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
