"""Attacks by the submitted file and folder themselves."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from .lesson import ASSIGNMENT
from .model import Attack, Misleads, Wins

Edit = Callable[[NotebookNode], None]


def _cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def _changed(notebook: NotebookNode) -> None:
    _cell(notebook, "check-blend").source = "# CHECK: blend\npass"


def _deleted(notebook: NotebookNode) -> None:
    notebook.cells.remove(_cell(notebook, "check-blend"))


def _doubled(notebook: NotebookNode) -> None:
    twin = copy.deepcopy(_cell(notebook, "check-blend"))
    twin.source = "10.0"
    notebook.cells.insert(2, twin)
    _deleted_assert(notebook)


def _deleted_assert(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        if one.source.startswith("# CHECK: blend"):
            one.source = "# CHECK: blend\n10.0"


def _retyped(notebook: NotebookNode) -> None:
    place = notebook.cells.index(_cell(notebook, "check-blend"))
    old = notebook.cells[place]
    notebook.cells[place] = new_markdown_cell(old.source, metadata=old.metadata)


def _moved(notebook: NotebookNode) -> None:
    check = _cell(notebook, "check-blend")
    notebook.cells.remove(check)
    notebook.cells.insert(
        0,
        new_code_cell(
            "def blend(x, weight):\n    class Fine:\n        def tolist(self): return [1.5, 2.5]\n    return Fine()\nimport numpy as np"
        ),
    )
    notebook.cells.insert(1, check)


def _points(notebook: NotebookNode) -> None:
    _cell(notebook, "check-shift").metadata.nbgrader.points = 1000.0


def _unlocked(notebook: NotebookNode) -> None:
    _cell(notebook, "check-blend").metadata.nbgrader.update(locked=False, solution=True)
    _changed(notebook)


def _swapped(notebook: NotebookNode) -> None:
    one, two = _cell(notebook, "check-blend"), _cell(notebook, "check-shift")
    one.metadata.nbgrader, two.metadata.nbgrader = two.metadata.nbgrader, one.metadata.nbgrader


def _stripped(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        one.metadata = NotebookNode()


def _helpers(notebook: NotebookNode) -> None:
    _cell(
        notebook, "given-helpers"
    ).source = "# GIVEN: helpers\nimport numpy as np\n\n\ndef average(x):\n    return 0.0"


def _kernel(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = NotebookNode(
        name="attack", display_name="x", argv=["touch", "/tmp/attack-left-kernel"], language="python"
    )


def _record(notebook: NotebookNode) -> None:
    notebook.metadata["autograder"] = {
        "result": {"assignment": ASSIGNMENT, "status": "graded", "score": 20.0},
        "digest": "0",
    }


def _outputs(notebook: NotebookNode) -> None:
    _cell(notebook, "check-blend").outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "10.0"}, execution_count=1)
    ]


def _submitted(folder: Path) -> NotebookNode:
    return nbformat.from_dict(json.loads((folder / f"{ASSIGNMENT}.ipynb").read_text()))


def _claimed(look: Callable[[NotebookNode], bool]) -> Misleads:
    """A naive grader believes what the submitted notebook says of itself."""
    return Misleads(lambda _root, folder: look(_submitted(folder)))


def _own_score(notebook: NotebookNode) -> bool:
    """The stored output of the check cell, taken as the score."""
    outputs = _cell(notebook, "check-blend").get("outputs", [])
    return bool(outputs) and float(outputs[0].data["text/plain"]) == 10.0


def _own_points(notebook: NotebookNode) -> bool:
    return sum(one.metadata.get("nbgrader", {}).get("points", 0) for one in notebook.cells) > 22


def _swapped_seen(notebook: NotebookNode) -> bool:
    return "shift" in _cell(notebook, "check-blend").source


def _lost(notebook: NotebookNode) -> bool:
    return not any("nbgrader" in one.metadata for one in notebook.cells)


def _kernel_command(notebook: NotebookNode) -> bool:
    return "argv" in notebook.metadata.kernelspec


def _kept(notebook: NotebookNode) -> bool:
    return bool(notebook.metadata.autograder.result.score == 20.0)


def _unreadable(_root: Path, folder: Path) -> bool:
    """Whether nbformat, as a naive grader calls it, raises: then the class has stopped."""
    try:
        nbformat.validate(nbformat.read(folder / f"{ASSIGNMENT}.ipynb", as_version=4))
    except Exception:  # whatever it is, nobody catches it
        return True
    return False


def _linked_notebook(root: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / f"{ASSIGNMENT}.ipynb").symlink_to(_neighbour(root) / f"{ASSIGNMENT}.ipynb")


def _linked_folder(root: Path, folder: Path) -> None:
    folder.symlink_to(_neighbour(root))


def _linked_gradebook(root: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / f"{ASSIGNMENT}.ipynb").symlink_to(root / "gradebook.db")


def _pipe(_root: Path, folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / f"{ASSIGNMENT}.ipynb")


def _neighbour(root: Path) -> Path:
    return root / "submitted" / "c05-honest-ada" / ASSIGNMENT


def _same_file(_root: Path, folder: Path) -> bool:
    return (folder / f"{ASSIGNMENT}.ipynb").resolve() != folder / f"{ASSIGNMENT}.ipynb"


def _log_forged(_root: Path, folder: Path) -> bool:
    """A list of scores, a student a line, gains a line."""
    return len(f"{folder.parent.name}: 0.0".splitlines()) > 1


def _option(_root: Path, folder: Path) -> bool:
    """The name, put into a command line, is an option."""
    return folder.parent.name.startswith("-")


_CELL = '{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": %s}'
_FILE = '{"nbformat": %s, "nbformat_minor": 5, "metadata": {}, "cells": [%s]}'
_BYTES = {
    "empty": b"",
    "not-json": b"%PDF-1.7 this is no notebook",
    "not-a-notebook": b"[1, 2, 3]",
    "wrong-types": (_FILE % (4, _CELL % '{"a": [1]}')).encode(),
    "cells-of-nothing": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [null, 3, "x", [[]]]}',
    "deep": b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "huge-number": b'{"nbformat": 4, "cells": [], "nbformat_minor": ' + b"9" * 100_000 + b"}",
    "not-a-number": b'{"nbformat": NaN, "cells": [], "metadata": {}}',
    "bad-utf-8": b'{"nbformat": 4, "cells": ["\xff\xfe\x80"]}',
    "from-the-future": (_FILE % (99, "")).encode(),
    "old-and-broken": b'{"nbformat": 3, "worksheets": 7}',
}

ATTACKS = (
    Attack(58, "check-changed", Wins("own-checks"), edit=_changed, review=True),
    Attack(58, "check-deleted", Wins("own-checks"), edit=_deleted, review=True),
    Attack(58, "check-doubled", Wins("own-checks"), edit=_doubled, review=True),
    Attack(58, "check-retyped", Wins("own-checks"), edit=_retyped, review=True),
    Attack(58, "check-moved-to-the-front", Wins("own-checks"), edit=_moved),
    Attack(58, "check-unlocked", Wins("own-checks"), edit=_unlocked, review=True),
    Attack(58, "points-raised", _claimed(_own_points), edit=_points, review=True),
    Attack(59, "ids-swapped", _claimed(_swapped_seen), edit=_swapped, review=True),
    Attack(59, "metadata-stripped", _claimed(_lost), edit=_stripped, review=True),
    Attack(59, "outputs-forged", _claimed(_own_score), edit=_outputs),
    Attack(60, "helpers-redefined", Wins("helper"), edit=_helpers, review=True),
    Attack(60, "helpers-redefined-later", Wins("helper"), cells=("def average(x):\n    return 0.0",)),
    Attack(61, "kernel-that-is-a-command", _claimed(_kernel_command), edit=_kernel),
    *(Attack(62, name, Misleads(_unreadable), content=content) for name, content in _BYTES.items()),
    Attack(63, "newline", Misleads(_log_forged), student="c63-x\nada: 20.0"),
    Attack(63, "option", Misleads(_option), student="--force"),
    Attack(63, "dots-and-unicode", Misleads(lambda _root, folder: ".." in folder.parent.name), student="c63-..-e\u0301\u202e{0} %s"),
    Attack(64, "notebook-linked-to-a-neighbours", Misleads(_same_file), folder=_linked_notebook),
    Attack(64, "folder-linked-to-a-neighbours", Misleads(_same_file), folder=_linked_folder),
    Attack(64, "notebook-linked-to-the-gradebook", Misleads(_same_file), folder=_linked_gradebook),
    Attack(64, "notebook-that-is-a-pipe", Misleads(lambda _root, folder: (folder / f"{ASSIGNMENT}.ipynb").is_fifo()), folder=_pipe),
    Attack(65, "record-of-an-earlier-result", _claimed(_kept), edit=_record),
)  # fmt: skip
