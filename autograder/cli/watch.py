"""``autograder watch``: what arrives in the exchange is graded, before the deadline."""

import glob
import time
from pathlib import Path
from typing import Any, ClassVar

from nbgrader.auth import Authenticator
from nbgrader.converters import Autograde
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets import Bool, Float, Integer, List, Unicode

from autograder.bulk import Classwork
from autograder.cli.command import Command, people
from autograder.errors import AutograderError, CourseError
from autograder.grading.table import points
from autograder.models import SubmissionResult
from autograder.reports import write_feedback
from autograder.watch import Arrival, Attempts, Inbound, Watch, graded_arrivals
from autograder.watch.attempts import only_one

_FOLDER = ".autograder"


class WatchCommand(Command):
    """Grade submissions as they arrive in the exchange, so many for each student."""

    name = "watch"
    examples = "autograder watch optimization --limit 3 --feedback\nautograder watch optimization --once"
    aliases: ClassVar[dict[Any, Any]] = {
        **Command.aliases,
        "limit": "WatchCommand.limit",
        "interval": "WatchCommand.interval",
    }
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "once": ({"WatchCommand": {"once": True}}, "Look once, then end."),
        "feedback": ({"WatchCommand": {"feedback": True}}, "Also make and release feedback of what was graded."),
    }
    allowed = List(
        Unicode(), help="Assignments that may be graded before their deadline, each by its name; none by default."
    ).tag(config=True)
    limit = Integer(1, min=0, help="How many submissions of a student are graded; 0 for all.").tag(config=True)
    interval = Float(30.0, min=1.0, help="Time between two looks at the exchange, in seconds.").tag(config=True)
    once = Bool(False, help="Look once, then end.").tag(config=True)
    feedback = Bool(
        False, help="Also make and release feedback, but of nothing that a person should look at first."
    ).tag(config=True)

    def run(self) -> int:
        """Watch until interrupted, or look once; 1 when something then needs a person."""
        (assignment,) = self.arguments("autograder watch ASSIGNMENT [--limit N] [--feedback] [--once]", 1, 1)
        self.course.require(assignment)
        self._refuse_forbidden(assignment)
        self.coursedir.assignment_id = assignment
        kept = Path(self.coursedir.root) / _FOLDER / "watch" / f"{assignment}.json"
        with only_one(kept):
            watch = self._watch(assignment, kept)
            all_is_well = self._look(watch)
            while not self.once:
                time.sleep(self.interval)
                self._look_again(watch)
        return 0 if all_is_well else 1

    def _refuse_forbidden(self, assignment: str) -> None:
        if assignment not in self.allowed:
            raise CourseError(
                "grading before the deadline is not allowed here",
                where=assignment,
                remedy=f'Allow it in nbgrader_config.py: c.WatchCommand.allowed = ["{assignment}"]',
            )

    def _watch(self, assignment: str, kept: Path) -> Watch:
        said: set[str] = set()

        def say(line: str) -> None:
            if line not in said:  # every look would say it again
                said.add(line)
                people().print(line, markup=False, soft_wrap=True)

        converter = Autograde(coursedir=self.coursedir, parent=self)
        work = Classwork(converter, self.options, assignment)
        return Watch(work, Inbound(self.coursedir, self, say), Attempts(kept), self.limit, say)

    def _look(self, watch: Watch) -> bool:
        """Grade what is new; whether none of it needs a person."""
        well = True
        for arrival, result in graded_arrivals(watch):
            count = watch.attempts.count(arrival.student)
            limit = f" of {watch.limit}" if watch.limit else ""
            print(
                f"{arrival.student}: {points(result.score)} of {points(result.max_score)} points, {result.status}, "
                f"handed in {arrival.handed_in:%Y-%m-%d %H:%M:%S} UTC, {count}{limit}",
                flush=True,
            )
            well = well and result.status == "graded"
            if self.feedback:
                self._give_feedback(arrival, result, watch)
        return well

    def _look_again(self, watch: Watch) -> None:
        """A later look, in which what may pass, as a gradebook that is locked, is only said."""
        try:
            self._look(watch)
        except AutograderError as error:
            watch.say(str(error))

    def _give_feedback(self, arrival: Arrival, result: SubmissionResult, watch: Watch) -> None:
        if result.status == "needs_review":
            watch.say(f"{arrival.student}: no feedback is released before somebody looked: {'; '.join(result.notes)}")
            return
        self.coursedir.student_id = glob.escape(arrival.student)
        try:
            write_feedback(self.coursedir, result.assignment, self)
            release = ExchangeFactory(parent=self).ReleaseFeedback(
                coursedir=self.coursedir, authenticator=Authenticator(parent=self), parent=self
            )
            release.start()
        except (AutograderError, ExchangeError, OSError) as error:
            watch.say(f"{arrival.student}: graded, but feedback could not be released: {error}")
        finally:
            self.coursedir.student_id = "*"
