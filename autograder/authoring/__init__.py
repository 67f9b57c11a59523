"""From a source notebook to what students get and to the reference: tagging, solutions, leaks, release.

nbgrader makes the release itself; this folder only adds steps to it. It must never know about
submissions, the sandbox or check items; points are handed to it.
"""

from autograder.authoring.building import build, build_aside, stale
from autograder.authoring.regions import solution_lines
from autograder.authoring.registration import register
from autograder.authoring.solutions import solutions_module
from autograder.authoring.steps import CheckRelease, TagCells
from autograder.authoring.tagging import tag

__all__ = [
    "CheckRelease",
    "TagCells",
    "build",
    "build_aside",
    "register",
    "solution_lines",
    "solutions_module",
    "stale",
    "tag",
]
