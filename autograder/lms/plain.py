"""Grades as a plain table: a row for each student and assignment, for a spreadsheet or a program."""

from collections.abc import Iterator, Sequence

from autograder.lms.exporting import LmsExport
from autograder.lms.formulas import harmless
from autograder.lms.grades import Gradesheet, as_number


class CsvExport(LmsExport):
    """``nbgrader export --exporter=autograder.lms.CsvExport``: nbgrader's own CSV with names quoted and harmless."""

    default_file = "grades.csv"
    mark = True

    def rows(self, sheet: Gradesheet) -> Iterator[Sequence[str]]:
        """A header, then one row for each student and assignment."""
        yield ["assignment", "student_id", "last_name", "first_name", "email", "lms_user_id",
               "score", "max_score", "late_submission_penalty", "needs_manual_grade"]  # fmt: skip
        for assignment, points in sheet.points.items():
            for student in sheet.students:
                grade = sheet.marks.get((student.id, assignment))
                texts = (assignment, student.id, student.last_name, student.first_name, student.email,
                         student.lms_user_id)  # fmt: skip
                yield [
                    *(harmless(text or "") for text in texts),
                    self.score(sheet, student.id, assignment),
                    as_number(points),
                    as_number(grade.penalty) if grade else "",
                    str(int(grade.ungraded)) if grade else "",
                ]
