"""Grading a whole class into nbgrader's gradebook: many graders, one writer with one session of the database.

It leaves the rows and the files that ``nbgrader autograde`` leaves, and must never write a score that
did not come from `autograder.grading`.
"""

from autograder.bulk.classwork import Classwork, grade_class
from autograder.bulk.difference import Change, ItemChange
from autograder.bulk.replay import Replay, replay

__all__ = ["Change", "Classwork", "ItemChange", "Replay", "grade_class", "replay"]
