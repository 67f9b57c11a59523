"""What nbgrader's gradebook needs to be told where it lies on a database server."""

from sqlalchemy import make_url

from autograder.errors import GradebookError


def refuse_unnamed_course(db_url: str, course_id: str) -> None:
    """Refuse a server's gradebook of a course without a name.

    nbgrader makes no row for such a course and yet refers to it: SQLite lets that pass, a server does not.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        course_id: nbgrader's name of the course.

    Raises:
        GradebookError: It is on a server and the course has no name.
    """
    url = make_url(db_url)
    if not course_id and url.get_backend_name() != "sqlite":
        raise GradebookError(
            "a gradebook on a database server needs the course's name",
            where=url.render_as_string(hide_password=True),
            remedy="Set in nbgrader_config.py: c.CourseDirectory.course_id = 'my_course'",
        )
