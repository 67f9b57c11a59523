"""Learning management systems: rosters in, grades out, archives of submissions collected; by files alone.

Names in these files are for people to read; students are told apart by ids. This folder must never write a cell that a
spreadsheet would run as a formula, never delete a student, and never change a score.
"""

from autograder.lms.canvas import CanvasExport
from autograder.lms.collecting import ArchiveCollector
from autograder.lms.enrolling import Enrolment, enrol
from autograder.lms.moodle import MoodleExport
from autograder.lms.plain import CsvExport
from autograder.lms.rosters import Roster, read_roster

__all__ = [
    "ArchiveCollector",
    "CanvasExport",
    "CsvExport",
    "Enrolment",
    "MoodleExport",
    "Roster",
    "enrol",
    "read_roster",
]
