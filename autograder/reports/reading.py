"""What all pages read: the gradebook, in which nothing is written, and the folders of nbgrader's steps."""

import glob
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Grade
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.errors import GradebookError


@contextmanager
def reading(db_url: str) -> Iterator[Session | None]:
    """A session of a gradebook, or None where there is none yet.

    nbgrader's own `Gradebook` would write: a course of its own name, or a whole new database.

    Args:
        db_url: SQLAlchemy's address of the gradebook.

    Raises:
        GradebookError: It cannot be read.
    """
    engine = create_engine(db_url)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    try:
        missing = file and file != ":memory:" and not Path(file).is_file()  # SQLite would make an empty one
        if missing or not inspect(engine).has_table(Grade.__tablename__):
            yield None
        else:
            with Session(engine) as session:
                yield session
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise GradebookError(
            f"the gradebook cannot be read ({reason})",
            where=engine.url.render_as_string(hide_password=True),
            remedy="If it is of another nbgrader, back it up and run: nbgrader db upgrade",
        ) from error
    finally:
        engine.dispose()


def full_name(first: str | None, last: str | None) -> str:
    """First and last name, as far as the gradebook has them."""
    return " ".join(part.strip() for part in (first, last) if part and part.strip())


def student_folders(coursedir: CourseDirectory, step: str, assignment: str, student: str = "*") -> dict[str, Path]:
    """The folders of an assignment in one of nbgrader's steps by student, sorted.

    Args:
        coursedir: nbgrader's folders.
        step: The step's folder, as in ``coursedir.autograded_directory``.
        assignment: The assignment's name.
        student: A student's id, or a glob.
    """
    pattern = re.compile(coursedir.format_path(step, "(?P<student>[^/]+)", assignment, escape=True) + "$")
    excluded = set(filter(None, coursedir.student_id_exclude.split(",")))
    matches = map(pattern.match, sorted(glob.glob(coursedir.format_path(step, student, assignment))))
    found = {match["student"]: Path(match[0]) for match in matches if match}
    return {name: folder for name, folder in found.items() if name not in excluded and folder.is_dir()}
