"""One session of the gradebook: patient with other writers, and one line for whatever the database says."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import final

from nbgrader import __version__
from nbgrader.api import Assignment, Gradebook, Student, get_alembic_version
from sqlalchemy import event, inspect, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from autograder.errors import GradebookError

_BUSY_SECONDS = 60  # how long another program may write before this one gives up
_ATTEMPTS = 5

# What to do, by a word of what a database says.
_REMEDIES = (
    ("lock", "Close other programs that write to it and run this again"),
    ("readonly", "Make the file and its folder writable for you and run this again"),
    ("read-only", "Make it writable for you and run this again"),
    ("full", "Make room on the disk and run this again: what was recorded stays"),
    ("connect", "See that the database server runs and that CourseDirectory.db_url is right"),
    ("unable to open", "See that the folder exists and that you may write there"),
    ("no such column", "If nbgrader was upgraded, make a copy of it and run: nbgrader db upgrade"),
    ("not a database", "Put back a copy of it; CourseDirectory.db_url says where it is looked for"),
)


@final
class Session:
    """An open gradebook.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        course_id: nbgrader's name of the course.

    Attributes:
        gradebook: nbgrader's own object.

    Raises:
        GradebookError: It cannot be used.
    """

    def __init__(self, db_url: str, course_id: str) -> None:
        self._db_url = db_url
        with self._explained():
            self.gradebook = Gradebook(db_url, course_id)
        try:
            with self.reading():
                self._be_patient()
                self._refuse_other_version()
        except BaseException:
            self.gradebook.close()
            raise

    def close(self) -> None:
        """Close it; what was not saved is rolled back."""
        self.gradebook.db.rollback()
        self.gradebook.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read, and leave no transaction open, which would keep others from writing.

        Raises:
            GradebookError: The database refuses.
        """
        with self._explained():
            yield
            self.gradebook.db.rollback()
            self.gradebook.db.expunge_all()

    def transact(self, work: Callable[[], None]) -> None:
        """Do some work in one transaction; again, where another writer came in between.

        Raises:
            GradebookError: The database refuses; nothing is changed then.
        """
        with self._explained():
            for attempt in range(_ATTEMPTS):
                try:
                    work()
                    self.gradebook.db.commit()
                except BaseException as error:
                    self.gradebook.db.rollback()
                    if not isinstance(error, IntegrityError | OperationalError) or attempt == _ATTEMPTS - 1:
                        raise
                    time.sleep(0.05 * 2**attempt)
                else:
                    return
                finally:
                    self.gradebook.db.expunge_all()  # rows of thousands would pile up in the session

    def _be_patient(self) -> None:
        """Formgrader may be writing: SQLite gives up after five seconds otherwise."""
        if self.gradebook.engine.dialect.name == "sqlite":
            wait = f"PRAGMA busy_timeout = {1000 * _BUSY_SECONDS}"
            event.listen(self.gradebook.engine, "connect", lambda connection, _record: connection.execute(wait))
            self.gradebook.db.execute(text(wait))

    def _refuse_other_version(self) -> None:
        if not inspect(self.gradebook.engine).has_table("alembic_version"):
            self._finish_making()
        found = self.gradebook.db.scalar(text("SELECT version_num FROM alembic_version"))
        if found != (expected := get_alembic_version()):
            raise GradebookError(
                f"another version of nbgrader than {__version__} made it: its schema is {found}, not {expected}",
                where=self._place,
                remedy="Copy it to a safe place, then run: nbgrader db upgrade",
            )

    def _finish_making(self) -> None:
        """Set the version of a gradebook whose maker was killed before it did so, which nbgrader itself never mends."""
        db = self.gradebook.db
        if db.query(Assignment).first() is not None or db.query(Student).first() is not None:
            raise GradebookError(
                "this gradebook does not say which version of nbgrader made it",
                where=self._place,
                remedy="Copy it to a safe place, then run: nbgrader db upgrade",
            )
        db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": get_alembic_version()})
        db.commit()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the database says into one line."""
        try:
            yield
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            remedy = next((what for sign, what in _REMEDIES if sign in said), "Run: nbgrader db upgrade")
            raise GradebookError(f"the gradebook cannot be used ({said})", where=self._place, remedy=remedy) from error

    @property
    def _place(self) -> str:
        """The address without a password."""
        return make_url(self._db_url).render_as_string(hide_password=True)
