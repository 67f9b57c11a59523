"""Ids for cells that have none, the same in every build.

nbformat gives such cells random ids when it reads a notebook of format 4.5, and would so make every
build another one.
"""

import hashlib
from itertools import chain, count
from typing import Any

from nbformat import NotebookNode


def forget_invented_ids(notebook: NotebookNode, written: Any) -> None:
    """Take away the ids that reading the file made up for cells without one, or with another cell's.

    Args:
        notebook: The notebook as nbformat read it, which is changed.
        written: The file's own content, as ``json.loads`` gives it.
    """
    seen: set[Any] = set()
    for cell, raw in zip(notebook.cells, written.get("cells", ()), strict=False):
        if raw.get("id") is None or raw["id"] in seen:
            cell.pop("id", None)
        seen.add(raw.get("id"))


def give_ids(notebook: NotebookNode) -> None:
    """Give each cell without an id one that follows from its text; the notebook is changed."""
    used = {cell.id for cell in notebook.cells if "id" in cell}
    for cell in notebook.cells:
        if "id" not in cell:
            text = f"{cell.cell_type}\n{cell.source}"
            cell.id = unused(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8], used)
    if notebook.nbformat == 4:
        notebook.nbformat_minor = max(notebook.nbformat_minor, 5)  # the first whose cells have ids


def unused(name: str, used: set[str]) -> str:
    """The name, or the name with a number where it is used; it is put to the used ones."""
    free = next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in used)
    used.add(free)
    return free
