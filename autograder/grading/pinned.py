"""Expected results of the reference, pinned in one ``.npz`` file for each assignment."""

import io
import json
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, final

import numpy as np

from autograder.errors import CourseError
from autograder.files import write_atomically


@final
class PinnedResults:
    """The pinned results of one assignment, read once.

    A result may nest dicts, tuples and lists around arrays and numbers. Each array is stored under
    ``item/call/path`` and the nesting as JSON beside it: nothing is ever pickled.

    Args:
        path: ``expected.npz`` of the assignment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._arrays: dict[str, np.ndarray[Any, Any]] | None = None
        self._new: dict[str, np.ndarray[Any, Any]] = {}

    def look_up(self, key: str) -> Any:
        """The result pinned under ``key``.

        Raises:
            CourseError: The file is missing, damaged, or holds no such result.
        """
        arrays = self._arrays = self._read() if self._arrays is None else self._arrays
        try:
            shape = json.loads(str(arrays[f"{key}#"][()]))
            return _unflatten(shape, (arrays[f"{key}/{number}"] for number in count()))
        except (KeyError, ValueError) as error:
            raise CourseError(f"no result is pinned for {key}", where=str(self.path), remedy=self._remedy) from error

    def pin(self, key: str, value: Any) -> None:
        """Keep a result to be written by `save`."""
        leaves: list[np.ndarray[Any, Any]] = []
        self._new[f"{key}#"] = np.array(json.dumps(_flatten(value, leaves)))
        self._new.update({f"{key}/{n}": leaf for n, leaf in enumerate(leaves)})

    def save(self) -> None:
        """Write what was pinned, in one step, where there was anything."""
        if self._new:
            write_atomically(self.path, _npz(self._new))

    @property
    def _remedy(self) -> str:
        return f"Make it anew from the reference with: pytest {self.path.parent} --pin"

    def _read(self) -> dict[str, np.ndarray[Any, Any]]:
        try:
            with np.load(self.path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except FileNotFoundError as error:
            raise CourseError("the pinned results are missing", where=str(self.path), remedy=self._remedy) from error
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
            raise CourseError("the pinned results are damaged", where=str(self.path), remedy=self._remedy) from error


def _npz(arrays: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """The archive's bytes: the same for the same arrays, since no entry carries a date."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, as zip has it without a date
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.asanyarray(arrays[name]), allow_pickle=False)
    return content.getvalue()


def _flatten(value: Any, leaves: list[np.ndarray[Any, Any]]) -> Any:
    match value:
        case dict():
            return {"dict": [[key, _flatten(inner, leaves)] for key, inner in value.items()]}
        case tuple() | list():
            return {type(value).__name__: [_flatten(inner, leaves) for inner in value]}
        case None:
            return None
        case _:
            leaves.append(np.asarray(value))
            if leaves[-1].dtype == object:
                raise CourseError(f"a {type(value).__name__} cannot be pinned")
            return "scalar" if np.isscalar(value) else "array"


def _unflatten(shape: Any, leaves: Iterator[np.ndarray[Any, Any]]) -> Any:
    match shape:
        case None:
            return None
        case "array":
            return next(leaves).copy()
        case "scalar":
            return next(leaves)[()]
        case {"dict": pairs}:
            return {key: _unflatten(inner, leaves) for key, inner in pairs}
        case {"tuple": inner}:
            return tuple([_unflatten(one, leaves) for one in inner])
        case {"list": inner}:
            return [_unflatten(one, leaves) for one in inner]
    raise ValueError(shape)
