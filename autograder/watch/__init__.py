"""Grading on submit: what arrives in the exchange is collected by nbgrader and graded by `autograder.bulk`.

It keeps which submissions were graded for whom, so that each student gets so many before the deadline and no more.
It must never grade or score by itself, and never touches what lies in the exchange.
"""

from autograder.watch.arrivals import Arrival, Inbound
from autograder.watch.attempts import Attempts
from autograder.watch.watching import Watch, graded_arrivals

__all__ = ["Arrival", "Attempts", "Inbound", "Watch", "graded_arrivals"]
