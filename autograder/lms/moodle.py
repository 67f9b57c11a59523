"""Grades for Moodle, by either of its two ways in.

"Grade import" (MoodleDocs): the gradebook's CSV import takes any columns and asks which of them is the student (user
name, ID number or email address), a grade, or feedback to a grade. It refuses grades above 100 unless the site allows
"unlimited grades". "Assignment settings" and "Using Assignment" (MoodleDocs): an assignment with an "offline grading
worksheet" hands one out and takes it back; the student is found by Identifier, and Grade, Last modified (grade) and
Feedback comments are read. Neither reads the name. Feedback is HTML.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from traitlets import Unicode

from autograder.errors import AutograderError
from autograder.lms.exporting import LmsExport, named
from autograder.lms.formulas import as_html, harmless, original
from autograder.lms.grades import Gradesheet, as_number
from autograder.lms.matching import People
from autograder.lms.tables import Table, read_table

_LARGEST_GRADE = 100
_IDENTIFIER, _GRADE, _MAXIMUM, _FEEDBACK = "Identifier", "Grade", "Maximum Grade", "Feedback comments"
_MODIFIED, _CHANGEABLE = "Last modified (grade)", "Grade can be changed"


class MoodleExport(LmsExport):
    """``nbgrader export --exporter=autograder.lms.MoodleExport``: for Moodle's grade import, or a filled worksheet."""

    default_file = "grades-moodle.csv"

    worksheet = Unicode(
        "", help="An assignment's grading worksheet from Moodle, to be filled; name the assignment with --assignment."
    ).tag(config=True)

    def rows(self, sheet: Gradesheet) -> Iterator[Sequence[str]]:
        """The rows for Moodle's grade import, or those of the worksheet with grade and feedback filled in.

        Raises:
            AutograderError: The worksheet cannot be filled.
        """
        return self._filled(sheet, self._worksheet(sheet)) if self.worksheet else self._for_import(sheet)

    def remarks(self, sheet: Gradesheet) -> Iterator[str]:
        """Grades that Moodle would not take, and students that it could not find."""
        if self.worksheet:
            yield from self._worksheet_remarks(sheet, self._worksheet(sheet))
            return
        high = [what for (_, what), grade in sheet.marks.items() if grade.score > _LARGEST_GRADE]
        if high:
            yield (
                f"{named(high)}: scores above {_LARGEST_GRADE}, with which Moodle refuses the whole file unless its "
                "administrator allows unlimited grades"
            )
        without = [one.id for one in sheet.students if not one.email and not one.lms_user_id]
        if without:
            yield f"students with neither an email address nor an ID number here ({len(without)}): {named(without)}"

    def _for_import(self, sheet: Gradesheet) -> Iterator[Sequence[str]]:
        titles = [f"{self.title(name)}{what}" for name in sheet.points for what in ("", " (Feedback)")]
        yield ["Username", "ID number", "Email address", "First name", "Last name", *titles]
        for student in sheet.students:
            user = "" if student.id in (student.email, student.lms_user_id) else student.id
            texts = (user, student.lms_user_id, student.email, student.first_name, student.last_name)
            cells = ((self.score(sheet, student.id, name), _feedback(sheet, student.id, name)) for name in sheet.points)
            yield [*(harmless(text or "") for text in texts), *(cell for two in cells for cell in two)]

    def _worksheet(self, sheet: Gradesheet) -> Table:
        path = Path(self.worksheet)
        if len(sheet.points) != 1:
            raise AutograderError(
                "a worksheet is of one assignment", where=str(path), remedy="Name it: --assignment \"['optimization']\""
            )
        table = read_table(path)
        missing = [name for name in (_IDENTIFIER, _GRADE, _MODIFIED) if not table.has(name)]
        if missing:
            raise AutograderError(
                f"this is no grading worksheet of Moodle: it has no column {', '.join(missing)}",
                where=str(path),
                remedy="Download it in English from the assignment's page, Submissions",
            )
        return table

    def _filled(self, sheet: Gradesheet, table: Table) -> Iterator[Sequence[str]]:
        ((assignment, _),) = sheet.points.items()
        people = People(sheet.students)
        yield (names := [name.strip() for name in table.header])
        for row in table.rows:
            student = people.of_worksheet(table, row)
            filled = {}
            if student is not None and (score := self.score(sheet, student.id, assignment)):
                filled = {_GRADE: score, _FEEDBACK: _feedback(sheet, student.id, assignment)}
            yield [
                filled.get(name) or (cell if name in (_GRADE, _FEEDBACK) else harmless(original(cell)))
                for name, cell in zip(names, row.cells, strict=True)
            ]

    def _worksheet_remarks(self, sheet: Gradesheet, table: Table) -> Iterator[str]:
        people, ((assignment, points),) = People(sheet.students), sheet.points.items()
        found = {row: people.of_worksheet(table, row) for row in table.rows}
        unknown = [table.cell(row, _IDENTIFIER) for row, student in found.items() if student is None]
        if unknown:
            yield f"rows of the worksheet that are no student of the gradebook ({len(unknown)}): {named(unknown)}"
        graded = {student.id for student in found.values() if student is not None}
        absent = [who for who, _ in sheet.marks if who not in graded]
        if absent:
            yield f"graded students who are not in the worksheet ({len(absent)}): {named(absent)}"
        maxima = {table.cell(row, _MAXIMUM).replace(",", ".") for row in table.rows} - {""}
        if any(re.fullmatch(r"\d+(\.\d+)?", one) and float(one) != points for one in maxima):
            yield (
                f"the maximum grade in the worksheet is {', '.join(sorted(maxima))}, and {assignment} has "
                f"{as_number(points)} points: Moodle passes over grades above its maximum"
            )
        fixed = [table.cell(row, _IDENTIFIER) for row in table.rows if table.cell(row, _CHANGEABLE) == "No"]
        if fixed:
            yield f"grades that Moodle will not change, locked or overridden there ({len(fixed)}): {named(fixed)}"


def _feedback(sheet: Gradesheet, student: str, assignment: str) -> str:
    """The score in words, the late penalty, and what people wrote; it begins with a word, so that it is no formula."""
    grade = sheet.marks.get((student, assignment))
    if grade is None:
        return ""
    lines = [f"{as_number(grade.score)} of {as_number(sheet.points[assignment])} points."]
    if grade.penalty:
        lines.append(f"{as_number(grade.penalty)} points were taken off because it was late.")
    return as_html("\n".join(["Score: " + lines[0], *lines[1:], *grade.comments]))
