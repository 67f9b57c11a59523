"""What nbgrader's gradebook needs to be told where it lies on a database server."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from autograder.errors import GradebookError


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
