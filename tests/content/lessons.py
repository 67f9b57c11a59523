"""A source notebook as a learner meets it: its parts, and its runs in a kernel."""

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import nbformat
from commands import PROJECT
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.notebooks import Kind, graded_names, marked, read_mark

SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Lesson:
    """One assignment's source notebook.

    Attributes:
        notebook: The notebook.
        functions: The names of its graded functions, in order.
    """

    notebook: NotebookNode
    functions: tuple[str, ...]

    def cell(self, kind: Kind, name: str) -> NotebookNode:
        """The one cell of that kind and name."""
        (found,) = [cell for mark, cell in marked(self.notebook.cells) if (mark.kind, mark.name) == (kind, name)]
        return found

    def block(self, name: str) -> list[NotebookNode]:
        """The cells from the function's explanation to its check, prose and code."""
        graded, check = (self.notebook.cells.index(self.cell(kind, name)) for kind in (Kind.GRADED, Kind.CHECK))
        return list(self.notebook.cells[graded - 1 : check + 1])

    def example(self, name: str) -> NotebookNode:
        """The learner's own cell between the function and its check."""
        (example,) = [cell for cell in self.block(name) if cell.cell_type == "code" and kind_of(cell) is None]
        return example

    def unwritten(self) -> NotebookNode:
        """The notebook with every solution replaced by a stub."""
        notebook = nbformat.from_dict(self.notebook)
        for cell in notebook.cells:
            cell.source = SOLUTION.sub(r"\1raise NotImplementedError()", cell.source)
        return notebook

    def namespace(self, *functions: str) -> dict[str, Any]:
        """A fresh namespace in which the given cells and some reference solutions have run; it prints nothing."""
        names: dict[str, Any] = {"print": lambda *_, **__: None}
        for mark, cell in marked(self.notebook.cells):
            if mark.kind is Kind.GIVEN:
                exec(cell.source, names)
        for function in functions:
            exec(self.cell(Kind.GRADED, function).source, names)
        return names


@cache
def read(name: str) -> Lesson:
    """The lesson of an assignment."""
    notebook = nbformat.read(PROJECT / "source" / name / f"{name}.ipynb", as_version=4)
    return Lesson(notebook, graded_names(notebook))


def kind_of(cell: NotebookNode) -> Kind | None:
    """What the cell's first line makes it; None for prose and for a learner's own cell."""
    mark = read_mark(cell)
    return mark.kind if mark else None


def executed(notebook: NotebookNode, *, allow_errors: bool) -> list[NotebookNode]:
    """The notebook's code cells after a run in a fresh kernel in which every warning is an error."""
    strict = nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')")
    # The kernel's own shutdown warns, which is no business of the lesson.
    lenient = nbformat.v4.new_code_cell("warnings.simplefilter('ignore')")
    run = nbformat.from_dict(notebook)
    run.cells = [strict, *run.cells, lenient]
    # A backend that another test's process has chosen would keep the pictures from the cells.
    env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    NotebookClient(run, timeout=60, kernel_name="python3", allow_errors=allow_errors).execute(env=env)
    return [cell for cell in run.cells[1:-1] if cell.cell_type == "code"]


def printed(cell: NotebookNode) -> str:
    """What the cell wrote to standard output."""
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def raised(cell: NotebookNode) -> str | None:
    """The name of the exception that ended the cell, or None."""
    return next((str(output.ename) for output in cell.outputs if output.output_type == "error"), None)
