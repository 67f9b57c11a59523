"""Whose an archived file is: by the gradebook's students, and by Moodle's grading worksheets beside the archives."""

from collections.abc import Sequence
from pathlib import Path

from autograder.errors import AutograderError
from autograder.lms.archives import ArchivedFile, is_anonymous, read_name
from autograder.lms.matching import People
from autograder.lms.tables import Table, read_table

_REMEDIES = {
    "canvas": "run: autograder roster FILE, with Canvas' exported gradebook",
    "moodle": "put the assignment's grading worksheet from Moodle beside the archive, or run: autograder roster FILE",
}


class Places:
    """Whose a file is.

    Args:
        people: The students.
        root: The folder of extracted files.
        archives: Where in it the instructor's archives were extracted.
    """

    def __init__(self, people: People, root: Path, archives: set[tuple[str, ...]]) -> None:
        self._people = people
        self._archives = archives
        self._participants: dict[str, str] = {}
        self.worksheets: set[Path] = set()
        for path in sorted(root.glob("*.csv")):  # not deeper: a student could hand in one that lies
            table = None if read_name([path.name]) else _worksheet(path)
            if table is not None:
                self.worksheets.add(path)
                self._participants |= self._numbers(table)

    def whose(self, parts: Sequence[str]) -> tuple[str, ArchivedFile] | str:
        """The student's id and what the file's name tells, or why it is nobody's.

        Args:
            parts: The file's path from the folder of extracted files.
        """
        depth = max((at for at in range(1, len(parts)) if tuple(parts[:at]) in self._archives), default=0)
        outer = read_name(parts[depth - 1 :]) if depth else None
        if outer is not None and len(ids := self._students(outer)) == 1:
            return ids[0], outer  # an archive that holds one submission, and has its name
        file = read_name(parts[depth:])
        if file is None and is_anonymous(parts):
            return "Canvas hides names while grading is anonymous; turn that off and download the archive again"
        if file is None:
            return "neither Canvas nor Moodle names files like this"
        ids = self._students(file)
        if len(ids) == 1:
            return ids[0], file
        if ids:
            return f"{' and '.join(ids)} have this name; {_REMEDIES[file.vendor]}"
        number = f" or the Canvas ID {file.number}" if file.vendor == "canvas" else ""
        return f"no student of the gradebook has this name{number}; {_REMEDIES[file.vendor]}"

    def _students(self, file: ArchivedFile) -> list[str]:
        """Ids of the students whose it can be: by number, else all that have the name."""
        if file.vendor == "moodle" and file.number in self._participants:
            return [self._participants[file.number]]
        by_id = self._people.by_lms_id(file.number) if file.vendor == "canvas" else None
        if by_id is not None:
            return [by_id.id]
        names = [file.name, _as_utf8(file.name)]
        if file.vendor == "moodle":
            names += [name.partition("-")[2] for name in names]  # without a group's name before it
        found = next(filter(None, map(self._people.by_name, names)), [])
        # Who has another Canvas ID than the file is somebody else of the same name.
        return sorted(one.id for one in found if file.vendor == "moodle" or not one.lms_user_id)

    def _numbers(self, worksheet: Table) -> dict[str, str]:
        """Students' ids by the number of the participant."""
        numbers = {}
        for row in worksheet.rows:
            student = self._people.of_worksheet(worksheet, row)
            if student is not None:
                numbers[worksheet.cell(row, "Identifier").rpartition(" ")[2]] = student.id
        return numbers


def _worksheet(path: Path) -> Table | None:
    try:
        table = read_table(path)
    except AutograderError:
        return None
    return table if table.has("Identifier") and table.has("Grade") else None


def _as_utf8(name: str) -> str:
    """A name whose archive didn't say that it is UTF-8: then it was read as the code page of old PCs."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
