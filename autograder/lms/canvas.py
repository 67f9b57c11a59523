"""Grades for Canvas' gradebook: the file that "How do I import grades in the Gradebook?" describes.

Canvas' own importer (`GradebookImporter`) wants these columns first and in this order, finds a student by ID, then by
SIS User ID and SIS Login ID, and uses the name only when all of them fail; it finds an assignment by the number in its
title, ``name (id)``, then by the whole title, and offers to make a new one otherwise. The row Points Possible gives
the points of new assignments.
"""

import re
from collections.abc import Iterator, Sequence

from nbgrader.api import Student

from autograder.errors import AutograderError
from autograder.lms.exporting import LmsExport, named
from autograder.lms.formulas import harmless
from autograder.lms.grades import Gradesheet, as_number

# Canvas takes any column with one of these in its title for one of its own, and passes over it in silence.
_CANVAS_OWN = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")


class CanvasExport(LmsExport):
    """``nbgrader export --exporter=autograder.lms.CanvasExport``: a CSV for Canvas' "Import" in the gradebook."""

    default_file = "grades-canvas.csv"

    def rows(self, sheet: Gradesheet) -> Iterator[Sequence[str]]:
        """Canvas' header, the points, and a row for each student.

        Raises:
            AutograderError: Canvas would pass over an assignment because of its title.
        """
        titles = [self.title(name) for name in sheet.points]
        for name, title in zip(sheet.points, titles, strict=True):
            if _CANVAS_OWN.search(title):
                raise AutograderError(
                    f"Canvas takes a column '{title}' for one of its own totals",
                    where=name,
                    remedy=f"Set c.CanvasExport.titles = {{'{name}': 'another title'}}",
                )
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
        yield ["    Points Possible", "", "", "", "", *(as_number(points) for points in sheet.points.values())]
        for student in sheet.students:
            login = "" if student.id == student.lms_user_id else student.id
            scores = (self.score(sheet, student.id, name) for name in sheet.points)
            yield [_name(student), harmless(student.lms_user_id or ""), "", harmless(login), "", *scores]

    def remarks(self, sheet: Gradesheet) -> Iterator[str]:
        """Who lacks Canvas' ID, and which assignments Canvas can only find by their name."""
        without = [student.id for student in sheet.students if not (student.lms_user_id or "").isdecimal()]
        if without:
            yield (
                f"students without a Canvas ID, whom Canvas can find by SIS Login ID only ({len(without)}): "
                f"{named(without)}. To give them one, run: autograder roster FILE"
            )
        unnumbered = [name for name in sheet.points if not re.search(r"\(\d+\)$", self.title(name))]
        if unnumbered:
            yield (
                f"Canvas finds {', '.join(unnumbered)} by the title alone, and makes a new one where it differs; "
                f"to be sure, set c.CanvasExport.titles = {{'{unnumbered[0]}': 'its title in Canvas (its number)'}}"
            )


def _name(student: Student) -> str:
    """``Last, First``, as Canvas sorts people."""
    return harmless(", ".join(filter(None, (student.last_name, student.first_name))) or student.id)
