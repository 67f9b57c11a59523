"""``autograder roster``: the students of a course, from what Canvas or Moodle exports."""

from pathlib import Path
from typing import Any, ClassVar

from traitlets import CaselessStrEnum, Unicode

from autograder.cli.command import Command, people
from autograder.lms import Enrolment, Roster, enrol, read_roster
from autograder.lms.rosters import ID_COLUMNS, NAMES

_COLUMNS = "; ".join(f"for {NAMES[vendor]}: {', '.join(columns)}" for vendor, columns in ID_COLUMNS.items())


class RosterCommand(Command):
    """Add the students of a CSV file from Canvas or Moodle to the gradebook, or bring them up to date."""

    name = "roster"
    examples = "autograder roster canvas-gradebook.csv\nautograder roster participants.csv --student-id 'ID number'"
    aliases: ClassVar[dict[Any, Any]] = {
        **Command.aliases,
        "from": "RosterCommand.vendor",
        "student-id": "RosterCommand.id_column",
    }
    vendor = CaselessStrEnum(
        ["", *ID_COLUMNS], "", help="Whose file it is, canvas or moodle; told by its columns when not given."
    ).tag(config=True)
    id_column = Unicode(
        "",
        help="The column that holds the students' ids, which are the names of their folders in submitted/. "
        f"The first that isn't blank when not given; {_COLUMNS}.",
    ).tag(config=True)

    def run(self) -> int:
        """Enrol; 0 when every row was taken, 1 when some need a person."""
        (file,) = self.arguments("autograder roster FILE [--from canvas|moodle] [--student-id COLUMN]", 1, 1)
        _ = self.course  # refuses a folder that is none before a gradebook is made in it
        roster = read_roster(Path(file), self.vendor, self.id_column)
        enrolment = enrol(self.coursedir.db_url, self.coursedir.course_id, roster)
        print(_summary(roster, enrolment))
        console = people()
        for line in roster.problems:
            console.print(f"not taken: {line}", markup=False, soft_wrap=True)
        if enrolment.absent:
            absent = ", ".join(enrolment.absent)
            console.print(f"in the gradebook, not in this file, and kept: {absent}", markup=False, soft_wrap=True)
        return 1 if roster.problems else 0


def _summary(roster: Roster, enrolment: Enrolment) -> str:
    counts = [(len(enrolment.added), "added"), (len(enrolment.updated), "updated"),
              (len(enrolment.unchanged), "unchanged")]  # fmt: skip
    if roster.test_students:
        counts.append((roster.test_students, "test student left out"))
    if roster.problems:
        counts.append((len(roster.problems), "not taken"))
    told = ", ".join(f"{count} {what}" for count, what in counts)
    return f"{NAMES[roster.vendor]} roster, ids from '{roster.id_column}': {told}"
