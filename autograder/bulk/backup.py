"""A dated copy of the gradebook, made before grades that count are replaced."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Base
from sqlalchemy import create_engine, insert, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import GradebookError

_ROWS = 1000


def back_up(db_url: str, folder: Path) -> Path:
    """Copy the gradebook into a SQLite file, which nbgrader can use as it is.

    Args:
        db_url: SQLAlchemy's address of the gradebook.
        folder: Where the copy goes; made where it is missing.

    Returns:
        The copy, named after the time in UTC.

    Raises:
        GradebookError: It cannot be copied; nothing is left then.
    """
    target = folder / f"gradebook-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.db"
    partial = target.with_name(f".{target.name}.partial")
    url = make_url(db_url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if url.get_backend_name() == "sqlite" and url.database:
            with closing(sqlite3.connect(url.database)) as gradebook, closing(sqlite3.connect(partial)) as copy:
                gradebook.backup(copy)
        else:
            _copy_rows(db_url, partial)
        partial.rename(target)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        partial.unlink(missing_ok=True)
        said = str(error).splitlines()[0]
        raise GradebookError(
            f"the gradebook could not be backed up ({said})",
            where=str(folder),
            remedy="Make room there, or make the folder writable, and run this again",
        ) from error
    return target


def _copy_rows(db_url: str, target: Path) -> None:
    """Copy a database server's gradebook row by row, seen at one moment."""
    server = create_engine(db_url, isolation_level="REPEATABLE READ")
    copy = create_engine(f"sqlite:///{target}")
    try:
        with server.connect() as rows, copy.begin() as into:
            Base.metadata.create_all(into)
            for table in Base.metadata.sorted_tables:
                for some in rows.execution_options(yield_per=_ROWS).execute(select(table)).mappings().partitions():
                    into.execute(insert(table), [dict(row) for row in some])
            version = rows.scalar(text("SELECT version_num FROM alembic_version"))
            into.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            into.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    finally:
        server.dispose()
        copy.dispose()
