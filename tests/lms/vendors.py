"""The files of Canvas and Moodle, with their documented columns, and how their importers read a file of grades.

The importers follow Canvas' `GradebookImporter` and Moodle's `gradeimport_csv_load_data` and
`assignfeedback_offline_grade_importer`: who is found by which column, and what is refused.
"""

import csv
import io
import re
from pathlib import Path

# First name, last name: what a student can call themselves.
NAMES = {
    "ada": ("Ada", "Lovelace"),
    "bela": ("Béla", "Bartók"),
    "chen": ("", "=cmd()|' /C calc'!A0"),
    "dora": ('"Jr.", Dora', 'O"Brien'),
    "emil": ("محمد", "علي"),
    "fay": ("Fay", "Zoe; =HYPERLINK(1)"),
    "gus": ("-2+3", "@SUM(1)"),
    "hana": ("Hana\nMaria", "+49 30"),
    "ivo": ("Ivo", "'t Hooft"),
    "june": ("\u202eenuJ", "\N{FULLWIDTH EQUALS SIGN}1+1"),
}
CANVAS_IDS = {student: str(1001 + at) for at, student in enumerate(NAMES)}


def canvas_gradebook(*, first_last: bool = False) -> str:
    """Canvas' exported gradebook, with the rows that are no students."""
    names = ["LastName", "FirstName"] if first_last else ["Student"]
    blank = [""] * len(names)
    rows = [
        [*names, "ID", "SIS User ID", "SIS Login ID", "Section", "Optimization (8811)", "Current Score"],
        [*blank, "", "", "", "", "Manual Posting", ""],
        ["    Points Possible", *blank[1:], "", "", "", "", "60", "(read only)"],
    ]
    for student, (first, last) in NAMES.items():
        shown = [_canvas(last), _canvas(first)] if first_last else [_canvas(", ".join(filter(None, (last, first))))]
        rows.append([*shown, CANVAS_IDS[student], f"S-{student}", student, "Section 1 and Section 2", "12.5", "20.8"])
    test = ["Student", "Test"] if first_last else ["Student, Test"]
    rows.append([*test, "9999", "", "5f2c3ab0d1", "Section 1", "", ""])
    return as_csv(rows)


def moodle_participants(**changes: str) -> str:
    """Moodle's exported grades or participants."""
    rows = [["First name", "Last name", "ID number", "Institution", "Department", "Email address"]]
    for student, (first, last) in NAMES.items():
        number = changes.get(student, f"N-{student}")
        rows.append([first, last, number, "", "", f"{student}@uni.example"])
    return as_csv(rows)


def moodle_worksheet(students: list[str], *, maximum: str = "63.00") -> str:
    """An assignment's grading worksheet: participants have numbers of their own, from 501."""
    rows = [
        ["Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum Grade",
         "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"]
    ]  # fmt: skip
    for number, student in enumerate(students, start=501):
        name = " ".join(filter(None, NAMES.get(student, ("Some", "Body"))))
        rows.append(
            [f"Participant {number}", name, f"N-{student}", f"{student}@uni.example", "Submitted for grading", "",
             maximum, "Yes", "Tuesday, 14 March 2026, 10:15 AM", "-", ""]
        )  # fmt: skip
    return as_csv(rows)


def as_csv(rows: list[list[str]], separator: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


def canvas_import(path: Path, users: dict[str, str], logins: dict[str, str]) -> dict[str, dict[str, str]]:
    """Grades by user and assignment, as Canvas reads them; a student whom it cannot find has a key of its own.

    Args:
        path: The file.
        users: Users by their ID.
        logins: Users by their SIS Login ID.
    """
    rows = table(path)
    header = rows[0]
    assert "Student" in header[0] and "ID" in header[1]
    assert header[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
    titles = [title for title in header[5:] if not re.search("(Current|Final|Override) (Score|Points|Grade)", title)]
    points = next(row for row in rows if "Points Possible" in row[0])
    assert all(float(cell) >= 0 for cell in points[5:])
    grades = {}
    for row in rows[1:]:
        if "Points Possible" in row[0]:
            continue
        assert re.fullmatch(r"\d*", row[1])
        user = users.get(row[1]) or logins.get(row[3]) or f"nobody: {row}"
        grades[user] = dict(zip(titles, row[5:], strict=True))
    return grades


def moodle_import(path: Path, column: str, users: dict[str, str]) -> dict[str, dict[str, str]]:
    """All columns by user, as Moodle's grade import reads them when a column is mapped to a field of its users."""
    rows = table(path)
    at = rows[0].index(column)
    for row in rows[1:]:
        for title, cell in zip(rows[0], row, strict=True):
            if title in ("optimization", "plain"):
                assert cell in ("", "-") or 0 <= float(cell) <= 100
    return {users[row[at]]: dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[at]}


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


def formula_cells(path: Path) -> list[str]:
    """Cells that a spreadsheet would run, whichever separator it believes in."""
    text = path.read_text(encoding="utf-8-sig")
    cells = [
        cell
        for separator in ",;\t"
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
    ]
    risky = re.compile("\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
    return [cell for cell in cells if risky.match(cell.strip('"')) and len(cell.strip()) > 1]


def _canvas(name: str) -> str:
    """Canvas' own remedy for a name that begins with an equals sign."""
    return f'="{name}"' if re.match(r"\s*=", name) else name
