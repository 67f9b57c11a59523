"""Which student of the gradebook is meant: by an id of the LMS, by email address, or by name when it is only one's."""

import re
import unicodedata
from collections.abc import Iterable

from nbgrader.api import Student

from autograder.lms.formulas import original
from autograder.lms.tables import Row, Table


class People:
    """The students of a gradebook, to be found by what the files of an LMS say of them.

    Args:
        students: The students.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._by_id: dict[str, Student] = {}
        self._by_lms_id: dict[str, list[Student]] = {}
        self._by_email: dict[str, list[Student]] = {}
        self._by_name: dict[str, list[Student]] = {}
        for one in students:
            self._by_id[one.id] = one
            self._by_lms_id.setdefault(one.lms_user_id or "", []).append(one)
            self._by_email.setdefault((one.email or "").casefold(), []).append(one)
            first, last = one.first_name or "", one.last_name or ""
            for key in {letters(first + last), letters(last + first)}:
                self._by_name.setdefault(key, []).append(one)

    def by_lms_id(self, lms_id: str) -> Student | None:
        """The student with that id in the LMS, if just one has it."""
        return _only(self._by_lms_id.get(lms_id)) if lms_id else None

    def by_name(self, name: str) -> list[Student]:
        """All students whose names have these letters, first or last name first."""
        key = letters(name)
        return self._by_name.get(key, []) if key else []

    def of_worksheet(self, table: Table, row: Row) -> Student | None:
        """The student of a row of Moodle's grading worksheet."""
        user, number, email = (original(table.cell(row, name)) for name in ("Username", "ID number", "Email address"))
        for found in (
            self._by_id.get(user),
            self.by_lms_id(number) or self._by_id.get(number),
            (_only(self._by_email.get(email.casefold())) if email else None) or self._by_id.get(email),
        ):
            if found is not None:
                return found
        return None if (user or number or email) else _only(self.by_name(original(table.cell(row, "Full name"))))


def letters(name: str) -> str:
    """A name without what differs in the name of a file: case, spaces, punctuation, how accents are coded.

    >>> letters("O'Brien, Zoë") == letters("obrienzoe\u0308")
    True
    """
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold())


def _only(found: list[Student] | None) -> Student | None:
    return found[0] if found and len(found) == 1 else None
