"""Beginning a course or an assignment: the files that an instructor edits.

They come whole and with an open gate, or converted from a plain nbgrader notebook with a list of what a person must
still write. It never changes a file that is there, and nothing of it is used once an assignment exists.
"""

from autograder.starting.beginning import FIRST, new_assignment, new_course
from autograder.starting.converting import Conversion, convert

__all__ = ["FIRST", "Conversion", "convert", "new_assignment", "new_course"]
