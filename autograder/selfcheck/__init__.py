"""What would cost a student points, told before the deadline, on the student's own machine.

It looks at the notebook, runs its cells as the grader does, and lists what to mend, worst first. It needs nothing
that students don't have, and must never use hidden checks or solutions, nor say that a function is right.
"""

from autograder.selfcheck.checking import self_check
from autograder.selfcheck.expected import Expected, release_of
from autograder.selfcheck.findings import Finding, Report

__all__ = ["Expected", "Finding", "Report", "release_of", "self_check"]
