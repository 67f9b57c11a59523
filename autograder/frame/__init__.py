"""The platform inside nbgrader: its preprocessors, its exporter, and the one call that configures them.

nbgrader stays whole around it: scores, comments, penalties, feedback and exports are its own. This
folder never compares a student's value with anything.
"""

from autograder.frame.configuration import configure

__all__ = ["configure"]
