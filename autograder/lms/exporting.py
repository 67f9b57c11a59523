"""What the exporters share: nbgrader's plugin, assignments' titles in the LMS, and what is said beside the file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from autograder.errors import AutograderError
from autograder.lms.formulas import harmless
from autograder.lms.grades import Gradesheet, as_number, read_grades
from autograder.lms.tables import write_table


class LmsExport(ExportPlugin):
    """An exporter of scores: a subclass says what the rows are."""

    missing_as_zero = Bool(
        False, help="Give 0 to students who handed nothing in; their cells stay empty otherwise."
    ).tag(config=True)
    titles = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="Titles that assignments have in the LMS, as in its own export: {'optimization': 'Optimization (1234)'}.",
    ).tag(config=True)

    default_file: ClassVar[str] = ""
    mark: ClassVar[bool] = False

    def export(self, gradebook: Gradebook) -> None:
        """Write the file, and say on standard error what a person should know about it.

        Raises:
            AutograderError: It cannot be made; under ``nbgrader export`` this becomes one line and exit code 1.
        """
        try:
            sheet = read_grades(gradebook, [str(one) for one in self.assignment], [str(one) for one in self.student])
            path = Path(self.to or self.default_file)
            write_table(path, list(self.rows(sheet)), mark=self.mark)
        except AutograderError as error:
            if isinstance(self.parent, NbGrader):
                self.parent.fail(str(error))
            raise
        for line in (*_ungraded(sheet), *self.remarks(sheet)):
            self.log.warning(line)
        self.log.info("Written: %s (students: %d, assignments: %d)", path, len(sheet.students), len(sheet.points))

    def rows(self, sheet: Gradesheet) -> Iterator[Sequence[str]]:
        """The header, then the rows."""
        raise NotImplementedError

    def remarks(self, sheet: Gradesheet) -> Iterable[str]:
        """Lines about what the importer will make of the file."""
        return ()

    def title(self, assignment: str) -> str:
        """The assignment's title in the LMS."""
        return harmless(self.titles.get(assignment, assignment))

    def score(self, sheet: Gradesheet, student: str, assignment: str) -> str:
        """The score's cell: empty where nothing was handed in, unless `missing_as_zero`."""
        grade = sheet.marks.get((student, assignment))
        if grade is None:
            return "0" if self.missing_as_zero else ""
        return as_number(grade.score)


def named(students: Iterable[str], most: int = 8) -> str:
    """A few ids to look for, and how many more there are."""
    ids = sorted(set(students))
    shown = ", ".join(ids[:most])
    return f"{shown} and {len(ids) - most} more" if len(ids) > most else shown


def _ungraded(sheet: Gradesheet) -> Iterator[str]:
    for assignment in sheet.points:
        waiting = [who for (who, what), grade in sheet.marks.items() if what == assignment and grade.ungraded]
        if waiting:
            yield (
                f"{assignment}: answers that nobody has graded by hand yet, whose points the scores lack "
                f"({len(waiting)}): {named(waiting)}"
            )
