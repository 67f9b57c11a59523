"""One look at the exchange: what is new is collected and graded, within each student's limit."""

import glob
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from autograder.bulk import Classwork, grade_class
from autograder.errors import AutograderError
from autograder.models import SubmissionResult
from autograder.watch.arrivals import Arrival, Inbound
from autograder.watch.attempts import Attempts


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched.

    Attributes:
        work: The class, of which one student at a time is graded.
        inbound: Where submissions arrive.
        attempts: What was graded already.
        limit: How many submissions of a student are graded; 0 for all.
        say: Told what a person should know, a line at a time.
    """

    work: Classwork
    inbound: Inbound
    attempts: Attempts
    limit: int
    say: Callable[[str], None]


def graded_arrivals(watch: Watch) -> Iterator[tuple[Arrival, SubmissionResult]]:
    """Collect and grade what is new, and yield each result once it is in the gradebook and counted.

    What failed through the platform's or the disk's fault is said, not counted, and tried again by the next look.

    Raises:
        AutograderError: The exchange, the course or the gradebook cannot be used at all.
    """
    for arrival in watch.inbound.arrivals():
        if watch.attempts.has(arrival.student, arrival.handed_in):
            continue
        reason = _why_it_waits(watch, arrival)
        if reason:
            watch.say(f"{arrival.student}: {reason}")
            continue
        try:
            watch.inbound.collect(arrival)
        except AutograderError as error:  # of one student
            watch.say(str(error))
            continue
        for result in grade_class(replace(watch.work, student=glob.escape(arrival.student))):
            if result.status == "error":
                watch.say(f"{arrival.student}: not graded, tried again: {result.notes[0] if result.notes else ''}")
                continue
            watch.attempts.add(arrival.student, arrival.handed_in)
            yield arrival, result


def _why_it_waits(watch: Watch, arrival: Arrival) -> str:
    """Why a submission is left to the collection after the deadline; empty when it is graded now."""
    if not arrival.complete:
        return "a submission is not complete yet, or was cut off; it is looked at again"
    if arrival.late:
        return f"handed in late, at {arrival.handed_in:%Y-%m-%d %H:%M:%S} UTC, is left to the collection"
    if watch.limit and watch.attempts.count(arrival.student) >= watch.limit:
        return f"{watch.limit} submissions were graded, a further one is left to the collection"
    if arrival.is_ahead:
        watch.say(
            f"{arrival.student}: claims {arrival.handed_in:%Y-%m-%d %H:%M:%S} UTC, yet to come: is a clock wrong?"
        )
    return ""
