"""Bytes that should be a notebook, read without trusting any of them."""

import codecs
import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

MAX_BYTES = 20 * 2**20  # a notebook with outputs of a whole course stays far below
MAX_CELLS = 2_000
_OLDEST = 2  # nbformat 1 had no cells


class UnreadableNotebookError(Exception):
    """The bytes are no notebook; ``str()`` is the reason, for the student."""


class UnavailableNotebookError(UnreadableNotebookError):
    """The bytes cannot be had, through no fault of the submission: nothing can be said of it."""


class UndecidedNotebookError(UnreadableNotebookError):
    """Which bytes are the submission is for a person to say."""


def read_notebook(content: bytes, max_bytes: int = MAX_BYTES, *, keep_outputs: bool = False) -> NotebookNode:
    """The notebook in ``content``: cells with their types, sources and nbgrader metadata, nothing else.

    Outputs are left out: whatever a submission claims to have printed has no say in its grade.

    Args:
        content: The file's bytes, of any kind.
        max_bytes: The size, in bytes, above which nothing is parsed.
        keep_outputs: Keep valid outputs of code cells all the same, for people to look at.

    Raises:
        UnreadableNotebookError: The bytes are not a notebook.
    """
    return _rebuilt(_cells(_parsed(content, max_bytes)), keep_outputs)


def _parsed(content: bytes, max_bytes: int) -> dict[str, Any]:
    if len(content) > max_bytes:
        raise UnreadableNotebookError(
            f"The submitted file is larger than {max_bytes / 2**20:.3g} MB and was not opened. "
            "Clear its outputs and submit it again."
        )
    if not content.strip():
        raise UnreadableNotebookError("The submitted file is empty.")
    try:
        data = json.loads(content.decode(_encoding(content)))
    except UnicodeDecodeError:
        raise UnreadableNotebookError("The submitted file is no notebook: it is not text in UTF-8.") from None
    except RecursionError:
        raise UnreadableNotebookError("The submitted file is no notebook: it is nested too deeply.") from None
    except ValueError as error:  # JSONDecodeError, and integers of thousands of digits
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableNotebookError(
            f"The submitted file is no notebook: it is not JSON{place}. Was it renamed or cut off?"
        ) from None
    if not isinstance(data, dict):
        raise UnreadableNotebookError("The submitted file is no notebook: it is JSON of another kind.")
    return data


def _encoding(content: bytes) -> str:
    """UTF-8, unless the file begins as what some tools of Windows write."""
    return "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _cells(data: dict[str, Any]) -> list[Any]:
    """The raw cells, brought to nbformat 4 where the file is of an older format."""
    major = data.get("nbformat")
    if not isinstance(major, int) or isinstance(major, bool) or not _OLDEST <= major <= nbformat.current_nbformat:
        raise UnreadableNotebookError(
            "The submitted file is no notebook: it names no known format version. Save it again in JupyterLab."
        )
    if major < nbformat.current_nbformat:
        try:
            data = nbformat.convert(nbformat.from_dict(data), nbformat.current_nbformat)
        except Exception as error:  # the converters raise whatever a missing key leads to
            raise UnreadableNotebookError(
                f"The submitted notebook has the old format {major} and could not be converted. "
                "Save it again in JupyterLab."
            ) from error
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise UnreadableNotebookError("The submitted file is no notebook: it holds no list of cells.")
    if len(cells) > MAX_CELLS:
        raise UnreadableNotebookError(f"The submitted notebook has more than {MAX_CELLS} cells.")
    return cells


def _rebuilt(cells: list[Any], keep_outputs: bool) -> NotebookNode:
    notebook = new_notebook()
    used: set[str] = set()
    for number, cell in enumerate(cells):
        if not isinstance(cell, dict):
            continue
        notebook.cells.append(_plain_cell(cell, _cell_id(cell.get("id"), number, used)))
        if keep_outputs and notebook.cells[-1].cell_type == "code":
            _keep_outputs(notebook.cells[-1], cell.get("outputs"))
    return notebook


def _plain_cell(cell: dict[Any, Any], cell_id: str) -> NotebookNode:
    """As nbformat's own ``new_code_cell`` and its like make it, which check a schema for each cell (0.4 ms)."""
    kind = cell.get("cell_type")
    plain = NotebookNode(
        id=cell_id,
        cell_type=kind if kind in ("code", "markdown") else "raw",
        source=_text(cell.get("source")),
        metadata=NotebookNode(_metadata(cell)),
    )
    if plain.cell_type == "code":
        plain.outputs, plain.execution_count = [], None
    return plain


def _keep_outputs(cell: NotebookNode, outputs: object) -> None:
    with_outputs = nbformat.from_dict({**cell, "outputs": outputs})
    if isinstance(outputs, list) and nbformat.validator.isvalid(with_outputs, ref="code_cell", version=4):
        cell.outputs = with_outputs.outputs


def _text(value: object) -> str:
    """A source as one string that can be written as UTF-8, with plain line ends: formats allow a list of lines."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    if not isinstance(value, str):
        return ""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value.encode("utf-8", "replace").decode("utf-8")  # lone surrogates pass JSON but no file


def _cell_id(value: object, number: int, used: set[str]) -> str:
    """The cell's id where it is a valid new one, else one that follows from its place."""
    valid = isinstance(value, str) and 0 < len(value) <= 64 and value.replace("-", "").replace("_", "").isalnum()
    name = str(value) if valid and str(value).isascii() and value not in used else f"cell-{number}"
    while name in used:
        name += "-"
    used.add(name)
    return name


def _metadata(cell: dict[str, Any]) -> dict[str, Any]:
    """Only what nbgrader wrote, and only its plain values: it tells which cell is which."""
    metadata = cell.get("metadata")
    claimed = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(claimed, dict):
        return {}
    plain = {
        _text(key): _text(value) if isinstance(value, str) else value
        for key, value in claimed.items()
        if isinstance(value, str | bool | int | float)
    }
    return {"nbgrader": NotebookNode(plain)}


def read_submission(path: Path, max_bytes: int = MAX_BYTES) -> "bytes | UnreadableNotebookError":
    """A submitted file's bytes, or why they cannot be had.

    Only a plain file is opened: a link could lead to another student's work, a pipe would never end.

    Args:
        path: The submitted file.
        max_bytes: The size, in bytes, above which the file is not read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return UnreadableNotebookError("The submission holds no notebook of the assignment's name.")
    except OSError as error:
        if error.errno == errno.ELOOP:
            return UnreadableNotebookError("The submitted file is a link, not a notebook.")
        return UnavailableNotebookError(f"The submitted file cannot be opened ({error.strerror}).")
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return UnreadableNotebookError("The submitted file is not a plain file.")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(max_bytes + 1)
    finally:
        os.close(descriptor)
