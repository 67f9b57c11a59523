"""What a gradebook must be before it is written to: at an address that works, with the points of the check items."""

from collections.abc import Mapping

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from autograder.errors import GradebookError
from autograder.notebooks import Kind, Mark


def refuse_unusable_address(db_url: str, course_id: str) -> None:
    """Refuse an address that is none or lacks its driver, and a server's gradebook of a course without a name.

    nbgrader makes no row for such a course and yet refers to it: SQLite lets that pass, a server does not.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        course_id: nbgrader's name of the course.

    Raises:
        GradebookError: It is on a server and the course has no name; or the address is none, or its driver is missing.
    """
    try:
        url = make_url(db_url)
        url.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:  # without the address, which may hold a password
        raise GradebookError(
            "CourseDirectory.db_url is not an address of a database",
            remedy="Write it as postgresql+psycopg://user@host/database",
        ) from error
    except ImportError as error:
        raise GradebookError(
            f"the database's driver is not installed here ({error})",
            where=url.render_as_string(hide_password=True),
            remedy="Run: pip install 'numpy-autograder[postgresql]', and begin the address with postgresql+psycopg://",
        ) from error
    if not course_id and url.get_backend_name() != "sqlite":
        raise GradebookError(
            "a gradebook on a database server needs the course's name",
            where=url.render_as_string(hide_password=True),
            remedy="Set in nbgrader_config.py: c.CourseDirectory.course_id = 'my_course'",
        )


def refuse_stale_gradebook(
    gradebook: Gradebook, assignment: str, release: NotebookNode, points: Mapping[str, float]
) -> None:
    """Refuse a gradebook whose points are not those of the check items.

    Args:
        gradebook: The gradebook.
        assignment: The assignment's name.
        release: The released notebook.
        points: Points of each graded function, as its check items sum up to.

    Raises:
        GradebookError: They differ, or a check cell is unknown to the gradebook.
        MissingEntry: The gradebook does not have the assignment at all.
    """
    notebook = gradebook.find_notebook(assignment, assignment)
    known = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    remedy = f"Run: nbgrader generate_assignment {assignment} --force"
    released = {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
        for cell in release.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for function, own in points.items():
        cell_id = Mark(Kind.CHECK, function).grade_id
        for place, found in (("gradebook", known.get(str(cell_id))), ("release", released.get(str(cell_id)))):
            if found is None:
                raise GradebookError(f"the {place} has no cell {cell_id}", where=assignment, remedy=remedy)
            if abs(found - own) > 1e-9:
                raise GradebookError(
                    f"the {place} gives {function} {found:g} points, its check items sum to {own:g}",
                    where=assignment,
                    remedy=remedy,
                )
