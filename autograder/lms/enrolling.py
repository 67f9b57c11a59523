"""A roster into the gradebook: students are added and brought up to date, none is ever deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nbgrader.api import Gradebook, Student
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import AutograderError, GradebookError
from autograder.lms.rosters import Person, Roster

_FIELDS = ("first_name", "last_name", "email", "lms_user_id")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What became of the students, by id and sorted; ``absent`` are in the gradebook and not in the roster."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    absent: tuple[str, ...]


def enrol(db_url: str, course_id: str, roster: Roster) -> Enrolment:
    """Put a roster into a gradebook, in one transaction.

    What the roster leaves blank keeps what the gradebook has.

    Raises:
        GradebookError: The gradebook cannot be used; nothing is changed then.
        AutograderError: A student is there already under another id; nothing is changed then.
    """
    with opened(db_url, course_id) as gradebook:
        known = {student.id: student for student in gradebook.students}
        _refuse_other_ids(roster, known)
        groups: dict[str, list[str]] = {"added": [], "updated": [], "unchanged": []}
        for person in roster.people:
            student = known.get(person.id)
            if student is None:
                gradebook.db.add(Student(id=person.id, **_changes(person, Student(id=person.id))))
                groups["added"].append(person.id)
                continue
            changes = _changes(person, student)
            for field, value in changes.items():
                setattr(student, field, value)
            groups["updated" if changes else "unchanged"].append(person.id)
        gradebook.db.commit()
    absent = sorted(set(known) - {person.id for person in roster.people})
    return Enrolment(**{name: tuple(sorted(ids)) for name, ids in groups.items()}, absent=tuple(absent))


@contextmanager
def opened(db_url: str, course_id: str) -> Iterator[Gradebook]:
    """A gradebook; what was not committed is undone.

    Raises:
        GradebookError: It cannot be used.
    """
    try:
        with Gradebook(db_url, course_id) as gradebook:
            try:
                yield gradebook
            finally:
                gradebook.db.rollback()
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise GradebookError(
            f"the gradebook cannot be used ({said})",
            where=make_url(db_url).render_as_string(hide_password=True),
            remedy="See that it can be written and that no other program is writing to it, then run this again",
        ) from error


def _changes(person: Person, student: Student) -> dict[str, str]:
    fields = _FIELDS[2:] if person.guessed and (student.first_name or student.last_name) else _FIELDS
    given = {field: getattr(person, field) for field in fields}
    return {field: value for field, value in given.items() if value and value != getattr(student, field)}


def _refuse_other_ids(roster: Roster, known: dict[str, Student]) -> None:
    """Refuse a roster that would add somebody a second time, as after a change of the column of ids."""
    for field in ("lms_user_id", "email"):
        owners = {getattr(student, field): student.id for student in known.values() if getattr(student, field)}
        for person in roster.people:
            owner = owners.get(getattr(person, field))
            if owner is not None and owner != person.id and person.id not in known:
                raise AutograderError(
                    f"line {person.line} is student {owner!r} of the gradebook, whose id here would be {person.id!r}",
                    remedy=f"Ids were taken from '{roster.id_column}'; name the gradebook's column with --student-id",
                )
