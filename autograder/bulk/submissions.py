"""The submitted files of an assignment, found and read as nbgrader lays them out."""

import glob
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.errors import CourseError
from autograder.grading.record import TIMESTAMP, read_timestamp
from autograder.grading.submitted import Submitted, read_submitted


@dataclass(frozen=True, slots=True)
class SubmittedFolder:
    """One student's submission on disk.

    Attributes:
        student: The student's id: the name of the folder.
        folder: The folder that was handed in.
        notebook: Where the assignment's notebook must lie in it; it need not be there.
        autograded: The folder that grading writes.
    """

    student: str
    folder: Path
    notebook: Path
    autograded: Path

    def read(self, max_bytes: int) -> Submitted:
        """What was handed in.

        Args:
            max_bytes: Size above which the file is not read, in bytes.
        """
        return read_submitted(self.folder, self.notebook.stem, max_bytes)

    def submitted_at(self) -> datetime | None:
        """When it was handed in, in UTC without a zone as nbgrader keeps it, or None where unknown.

        Raises:
            CourseError: ``timestamp.txt`` holds no time.
        """
        text = read_timestamp(self.folder).decode("utf-8", "replace").strip()
        try:
            when: datetime | None = parse_utc(text) if text else None
        except (ValueError, OverflowError) as error:
            raise CourseError(
                "this is no time",
                where=str(self.folder / TIMESTAMP),
                remedy="Write it as 2026-01-31 23:59:00 UTC, or delete the file",
            ) from error
        return when


def iso(when: datetime | None) -> str | None:
    """A gradebook time as ISO 8601 with its zone."""
    return None if when is None else when.replace(tzinfo=UTC).isoformat()


def submitted_folders(coursedir: CourseDirectory, assignment: str, student: str = "*") -> tuple[SubmittedFolder, ...]:
    """The submissions of an assignment, sorted by student.

    Args:
        coursedir: nbgrader's folders.
        assignment: The assignment's name.
        student: A student's id, or a glob.

    Raises:
        CourseError: There is none.
    """
    excluded = set(filter(None, coursedir.student_id_exclude.split(",")))
    step = coursedir.submitted_directory
    pattern = re.compile(coursedir.format_path(step, "(?P<student>[^/]+)", assignment, escape=True) + "$")
    found = {}
    for folder in glob.glob(coursedir.format_path(step, student, assignment)):
        match = pattern.match(folder)
        if match is not None and Path(folder).is_dir() and match["student"] not in excluded:
            found[match["student"]] = Path(folder)
    if not found:
        whose = "" if student == "*" else f" of student '{student}'"
        raise CourseError(
            f"there is no submission{whose}",
            where=assignment,
            remedy=f"Put notebooks at {coursedir.format_path(step, 'STUDENT', assignment)}/{assignment}.ipynb",
        )
    return tuple(
        SubmittedFolder(
            name,
            folder,
            folder / f"{assignment}.ipynb",
            Path(coursedir.format_path(coursedir.autograded_directory, name, assignment)),
        )
        for name, folder in sorted(found.items())
    )
