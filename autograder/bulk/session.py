"""One session of the gradebook: patient with other writers, and one line for whatever the database says."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import final

from alembic.script import ScriptDirectory
from nbgrader import __version__
from nbgrader.api import Base, Course, Gradebook, Student
from sqlalchemy import create_engine, event, func, insert, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from autograder.errors import GradebookError
from autograder.frame.gradebook import refuse_unusable_address

_BUSY_SECONDS = 60  # how long another program may write before this one gives up
_ATTEMPTS = 5
_MAKING = 0x6175746F  # PostgreSQL's lock, of whoever makes the tables

# What to do, by a word of what a database says.
_REMEDIES = (
    ("lock", "Close other programs that write to it and run this again"),
    ("readonly", "Make the file and its folder writable for you and run this again"),
    ("read-only", "Make it writable for you and run this again"),
    ("full", "Make room on the disk and run this again: what was recorded stays"),
    ("resolve", "See that CourseDirectory.db_url names the server right"),
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
        refuse_unusable_address(db_url, course_id)
        with self._explained():
            _make_where_missing(db_url, course_id)
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
        found = self.gradebook.db.scalar(text("SELECT version_num FROM alembic_version"))
        if found != (expected := schema_version()):
            raise GradebookError(
                f"another version of nbgrader than {__version__} made it: its schema is {found}, not {expected}",
                where=self._place,
                remedy="Copy it to a safe place, then run: nbgrader db upgrade",
            )

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


def schema_version() -> str:
    """The version of the gradebook's tables that this nbgrader wants, which it asks a program of its own for (1 s)."""
    folder = files("nbgrader") / "alembic"
    return str(ScriptDirectory(str(folder)).get_current_head())


def _make_where_missing(db_url: str, course_id: str) -> None:
    """Make a new gradebook in one transaction: nbgrader can't use one whose maker was killed half way."""
    engine = create_engine(db_url)
    try:
        if "alembic_version" in inspect(engine).get_table_names():
            return
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":  # whose driver begins no transaction for making tables
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif engine.dialect.name == "postgresql":  # where two that make the same table at once both fail
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
            tables = inspect(connection).get_table_names()
            if "alembic_version" in tables:  # somebody else was first
                return
            Base.metadata.create_all(connection)
            if "student" not in tables or connection.scalar(select(func.count()).select_from(Student)) == 0:
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:one)"), {"one": schema_version()})
                if course_id:
                    connection.execute(insert(Course), [{"id": course_id}])
            connection.commit()
    finally:
        engine.dispose()
