"""The course's folder: where the files of an assignment lie. Paths only; nothing is read here but the release."""

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks import marked


@dataclass(frozen=True, slots=True)
class Course:
    """A course's folders.

    Attributes:
        root: The course's folder, which may hold symbolic links and is never resolved.
        checks: Folder of the hidden checks, absolute or from ``root``.
        source: Folder of the source notebooks, from ``root``.
        release: Folder of the released notebooks, from ``root``.
    """

    root: Path
    checks: str = "checks"
    source: str = "source"
    release: str = "release"

    def source_notebook(self, assignment: str) -> Path:
        """The instructor's notebook."""
        return self.root / self.source / assignment / f"{assignment}.ipynb"

    def release_notebook(self, assignment: str) -> Path:
        """The notebook that students get."""
        return self.root / self.release / assignment / f"{assignment}.ipynb"

    def solutions_module(self, assignment: str) -> Path:
        """The reference solutions."""
        return self.root / "solutions" / f"{assignment}.py"

    def checks_folder(self, assignment: str) -> Path:
        """The assignment's hidden checks."""
        return self.root / self.checks / assignment

    def assignments(self) -> tuple[str, ...]:
        """Names of all assignments that have a source notebook, sorted."""
        found = (self.root / self.source).glob("*/*.ipynb")
        return tuple(sorted(path.stem for path in found if path.stem == path.parent.name))

    def require(self, assignment: str) -> None:
        """Refuse an assignment that the course has neither as a source nor as a release.

        Raises:
            CourseError: There is none of that name.
        """
        if self.source_notebook(assignment).is_file() or self.release_notebook(assignment).is_file():
            return
        known = ", ".join(self.assignments())
        raise CourseError(
            f"there is no assignment '{assignment}'",
            where=str(self.root),
            remedy=f"The course has: {known}" if known else f"Write {self.source_notebook(assignment)}",
        )

    def read_release(self, assignment: str) -> NotebookNode:
        """The released notebook.

        Raises:
            CourseError: It is missing, or is no notebook.
        """
        self.require(assignment)
        return read_own_notebook(self.release_notebook(assignment), remedy=f"Run: autograder build {assignment}")


def read_own_notebook(path: Path, *, remedy: str) -> NotebookNode:
    """A notebook of the course's own, which is trusted to be one.

    Raises:
        CourseError: It is missing, or is no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as error:
        raise CourseError("the notebook is missing", where=str(path), remedy=remedy) from error
    except Exception as error:  # nbformat raises whatever broken content leads to
        raise CourseError(f"this is no notebook ({type(error).__name__})", where=str(path), remedy=remedy) from error


def is_ours(notebook: NotebookNode) -> bool:
    """Whether any cell begins with one of our first lines; others are graded as nbgrader itself does."""
    return any(True for _ in marked(notebook.cells))
