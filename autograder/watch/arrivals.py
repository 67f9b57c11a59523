"""What students handed in, as nbgrader's own collector sees it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, final

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets.config import LoggingConfigurable

from autograder.errors import CourseError, first_reason
from autograder.grading.record import TIMESTAMP


@dataclass(frozen=True, slots=True)
class Arrival:
    """A student's newest submission in the exchange.

    Attributes:
        student: The student's id.
        handed_in: When, in UTC without a zone, as nbgrader keeps it.
        late: Whether that was after the assignment's due date.
        complete: Whether it is all there: nbgrader writes the time last.
        record: The collector's own description of it.
    """

    student: str
    handed_in: datetime
    late: bool
    complete: bool
    record: dict[str, Any]

    @property
    def is_ahead(self) -> bool:
        """Whether it claims a time that is yet to come: somebody's clock is wrong."""
        return self.handed_in > datetime.now(UTC).replace(tzinfo=None)


@final
class Inbound:
    """The exchange's inbound folder, or whatever nbgrader's configured exchange has in its place.

    Args:
        coursedir: nbgrader's folders; its assignment is the one that is watched.
        parent: Whose configuration nbgrader's exchange uses.
        say: Told every warning of the collector, as one line.
    """

    def __init__(self, coursedir: CourseDirectory, parent: LoggingConfigurable, say: Callable[[str], None]) -> None:
        log = logging.Logger("autograder.watch", logging.WARNING)
        log.addHandler(_OneLine(say))
        factory = ExchangeFactory(parent=parent)
        self._collector = factory.Collect(
            coursedir=coursedir, authenticator=Authenticator(parent=parent), parent=parent, log=log
        )
        self._collector.update = True
        self._collector.before_duedate = True

    def arrivals(self) -> tuple[Arrival, ...]:
        """The newest submission of every student, in time where there is one, in the order of time.

        Raises:
            CourseError: The exchange has no such course, or cannot be read.
        """
        try:
            self._collector.init_src()
        except (ExchangeError, OSError, ValueError) as error:
            raise CourseError(
                f"the exchange cannot be used ({first_reason(error)})",
                remedy="Check c.Exchange.root and c.CourseDirectory.course_id, and that the assignment was released",
            ) from error
        due = self._collector.duedate
        found = [
            Arrival(
                str(record["username"]),
                record["timestamp"],
                due is not None and record["timestamp"] > due,
                self._is_complete(record),
                dict(record),
            )
            for record in self._collector.src_records
        ]
        return tuple(sorted(found, key=lambda arrival: (arrival.handed_in, arrival.student)))

    def _is_complete(self, record: dict[str, Any]) -> bool:
        inbound = getattr(self._collector, "inbound_path", None)  # an exchange of another kind has none
        return inbound is None or (Path(inbound) / str(record["filename"]) / TIMESTAMP).is_file()

    def collect(self, arrival: Arrival) -> None:
        """Copy one submission into the course, unless it is there already.

        Raises:
            CourseError: It cannot be copied; it stays in the exchange.
        """
        self._collector.src_records = [arrival.record]
        try:
            self._collector.copy_files()
        except (ExchangeError, OSError, RuntimeError) as error:
            raise CourseError(
                f"the submission cannot be collected ({first_reason(error)})",
                where=arrival.student,
                remedy="It stays in the exchange and is tried again",
            ) from error


class _OneLine(logging.Handler):
    """Says each record in one line; what becomes an error is said by whoever catches it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.WARNING and "to collect" not in record.getMessage():
            self._say(" ".join(record.getMessage().split()))
