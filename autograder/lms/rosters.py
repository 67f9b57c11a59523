"""Rosters: who the students of a course are, from the files that Canvas and Moodle export.

Canvas ("How do I export grades in the Gradebook?", and its `GradebookExporter`) begins with Student (``Last, First``)
or LastName and FirstName, then ID, SIS User ID where the instructor may see it, SIS Login ID and Section; the rows
Points Possible, Manual Posting and the test student (``Student, Test``) are no students. Moodle ("Grade export" and
"Participants", in MoodleDocs) writes First name, Last name (Surname in older ones), ID number, Email address and, where
the site shows it, Username; a grading worksheet has Identifier and Full name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import AutograderError
from autograder.lms.formulas import original
from autograder.lms.tables import Row, Table, read_table

# Columns that can be the student's id, the name of the folder in submitted/; the first that is not empty is taken.
ID_COLUMNS = {
    "canvas": ("SIS Login ID", "SIS User ID", "ID"),
    "moodle": ("Username", "ID number", "Email address"),
}
# What only one person can have. In Moodle several people may have one ID number, a placeholder then, or one email.
_ONE_PERSONS = {"canvas": ID_COLUMNS["canvas"], "moodle": ("Username",)}
VENDOR_ID = {"canvas": "ID", "moodle": "ID number"}  # what nbgrader keeps as lms_user_id
NAMES = {"canvas": "Canvas", "moodle": "Moodle"}
# nbgrader puts ids into paths, globs, and names with plus signs in the exchange.
_NO_ID = re.compile(r"^[.=@\-]|[/\\*?\[\]+]|[^ -\U0010ffff]")
_LONGEST_ID = 128  # characters, in the gradebook


@dataclass(frozen=True, slots=True)
class Person:
    """A student as a roster has them; what it doesn't say is empty.

    Attributes:
        id: The student's id in this course.
        first_name: First name.
        last_name: Last name.
        email: Email address.
        lms_user_id: Canvas' ID, or Moodle's ID number.
        guessed: Whether first and last name were guessed, from a full name or at one of several commas.
        line: The line in the roster.
    """

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str
    guessed: bool
    line: int


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of a file.

    Attributes:
        vendor: ``canvas`` or ``moodle``.
        id_column: The column that their ids were taken from.
        people: The students.
        test_students: Rows of Canvas' test student, which were left out.
        problems: A line for each row that could not be taken.
    """

    vendor: str
    id_column: str
    people: tuple[Person, ...]
    test_students: int
    problems: tuple[str, ...]


def read_roster(path: Path, vendor: str = "", id_column: str = "") -> Roster:
    """Read a roster.

    Args:
        path: The file.
        vendor: ``canvas`` or ``moodle``; told by the columns when empty.
        id_column: The column of the students' ids; the first of `ID_COLUMNS` that isn't blank when empty.

    Raises:
        AutograderError: It is no roster, has no students or not that column, or gives two students one id.
    """
    table = read_table(path)
    vendor = vendor or _vendor(table, path)
    rows = _student_rows(table, vendor)
    tests = [row for row in rows if vendor == "canvas" and _is_test_student(table, row)]
    rows = [row for row in rows if row not in tests]
    if not rows:
        raise AutograderError(
            "the file has no students", where=str(path), remedy="Export it again, from the right course"
        )
    id_column = _id_column(table, rows, vendor, id_column, path)
    people, taken, problems = [], [], []
    for row in rows:
        person = _person(table, row, vendor, id_column)
        problem = _problem(person, id_column)
        if problem:
            problems.append(f"{path}, line {row.line}: {problem}")
        else:
            people.append(person)
            taken.append(row)
    for column in dict.fromkeys((id_column, *_ONE_PERSONS[vendor])):
        _refuse_doubles(table, taken, column, id_column, path)
    return Roster(vendor, id_column, tuple(people), len(tests), tuple(problems))


def _vendor(table: Table, path: Path) -> str:
    """Whose columns these are."""
    canvas_names = table.has("Student") or (table.has("LastName") and table.has("FirstName"))
    if canvas_names and table.has("ID") and table.has("Section"):
        return "canvas"
    moodle_names = table.has("First name") or table.has("Full name")
    if moodle_names and any(table.has(name) for name in ID_COLUMNS["moodle"]):
        return "moodle"
    raise AutograderError(
        f"these are the columns of no Canvas gradebook and of no Moodle participants: {_listed(table.header)}",
        where=str(path),
        remedy="Export Canvas' gradebook, or Moodle's participants or grades, as CSV and in English",
    )


def _id_column(table: Table, rows: Sequence[Row], vendor: str, wanted: str, path: Path) -> str:
    if wanted and not table.has(wanted):
        raise AutograderError(
            f"there is no column '{wanted}'", where=str(path), remedy=f"It has: {_listed(table.header)}"
        )
    if wanted:
        return wanted
    for name in ID_COLUMNS[vendor]:
        if any(table.cell(row, name) for row in rows):
            return name
    raise AutograderError(
        f"no student has any of {', '.join(ID_COLUMNS[vendor])}",
        where=str(path),
        remedy="Name the column of the ids with --student-id",
    )


def _student_rows(table: Table, vendor: str) -> list[Row]:
    """The rows but those that describe Canvas' assignments: points, and which are hidden from students."""
    if vendor != "canvas":
        return list(table.rows)
    return [row for row in table.rows if "Points Possible" not in row.cells[0] and any(map(str.strip, row.cells[:4]))]


def _is_test_student(table: Table, row: Row) -> bool:
    """Canvas' student view adds one; it has no id of the student information system."""
    name = table.cell(row, "Student") or f"{table.cell(row, 'LastName')}, {table.cell(row, 'FirstName')}"
    return name == "Student, Test" and not table.cell(row, "SIS User ID")


def _person(table: Table, row: Row, vendor: str, id_column: str) -> Person:
    first, last, guessed = _canvas_name(table, row) if vendor == "canvas" else _moodle_name(table, row)
    student = original(table.cell(row, id_column))
    if (first, last) == ("", student):
        last = ""  # our export writes the id for who has no name
    return Person(
        id=student,
        first_name=first,
        last_name=last,
        email=original(table.cell(row, "Email address")),
        lms_user_id=original(table.cell(row, VENDOR_ID[vendor])),
        guessed=guessed,
        line=row.line,
    )


def _canvas_name(table: Table, row: Row) -> tuple[str, str, bool]:
    if not table.has("Student"):
        return original(table.cell(row, "FirstName")), original(table.cell(row, "LastName")), False
    last, _, first = original(table.cell(row, "Student")).partition(",")
    return first.strip(), last.strip(), "," in first


def _moodle_name(table: Table, row: Row) -> tuple[str, str, bool]:
    if table.has("First name"):
        last = table.cell(row, "Last name") or table.cell(row, "Surname")
        return original(table.cell(row, "First name")), original(last), False
    first, _, last = original(table.cell(row, "Full name")).rpartition(" ")
    return first, last, True


def _problem(person: Person, id_column: str) -> str:
    """Why a row cannot be taken, or nothing."""
    name = f"{person.first_name} {person.last_name}".strip()
    if not person.id:
        return f"{name!r} has no {id_column}"
    if _NO_ID.search(person.id) or len(person.id) > _LONGEST_ID:
        return f"the {id_column} of {name!r}, {person.id!r}, cannot be the name of a folder in nbgrader"
    return ""


def _refuse_doubles(table: Table, rows: Sequence[Row], column: str, id_column: str, path: Path) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        value = table.cell(row, column)
        other = first.setdefault(value, row) if value else row
        if other is row:
            continue
        where = f"lines {other.line} and {row.line} have the same {column}, {value!r}"
        ids = [table.cell(one, id_column) for one in (other, row)]
        if ids[0] == ids[1]:
            raise AutograderError(
                where, where=str(path), remedy="Name a column that tells students apart with --student-id"
            )
        raise AutograderError(
            f"{where}, and two {id_column}s, {ids[0]!r} and {ids[1]!r}",
            where=str(path),
            remedy="Leave one row for each student, or correct the one that is wrong",
        )


def _listed(header: tuple[str, ...], most: int = 12) -> str:
    names = [repr(name.strip()) for name in header[:most]]
    return ", ".join([*names, "..."] if len(header) > most else names)
