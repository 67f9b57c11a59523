"""``autograder feedback``: a page for every graded student."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from rich.progress import Progress
from traitlets import Bool, Integer

from autograder.cli.command import Command, people
from autograder.errors import AutograderError
from autograder.reports import write_feedback


class FeedbackCommand(Command):
    """Write a page of feedback for every graded student; pages that are current are kept."""

    name = "feedback"
    examples = "autograder feedback optimization\nautograder feedback optimization --student ada --force"
    aliases: ClassVar[dict[Any, Any]] = {
        **Command.aliases,
        "student": "CourseDirectory.student_id",
        "jobs": "FeedbackCommand.jobs",
    }
    flags: ClassVar[dict[Any, Any]] = {
        **Command.flags,
        "force": ({"FeedbackCommand": {"force": True}}, "Make pages again that are current."),
    }
    force = Bool(False, help="Make pages again that are current.").tag(config=True)
    jobs = Integer(0, help="How many processes make pages; 0 for one on each core.").tag(config=True)

    def run(self) -> int:
        """Write the pages and say where they are; 1 where some could not be made."""
        (assignment,) = self.arguments("autograder feedback ASSIGNMENT [--student ID] [--jobs N] [--force]", 1, 1)
        if self.jobs < 0:
            raise AutograderError(f"--jobs is {self.jobs}", remedy="Give the number of processes, or leave it out")
        self.course.require(assignment)
        with shown_progress(assignment) as progress:
            pages = write_feedback(
                self.coursedir, assignment, self, jobs=self.jobs, force=self.force, progress=progress
            )
        console = people()
        for line in pages.failed:
            console.print(line, markup=False, soft_wrap=True)
        if pages.without:
            names = ", ".join(pages.without[:5]) + (" ..." if len(pages.without) > 5 else "")
            console.print(f"no page for {len(pages.without)} without an autograded notebook: {names}", markup=False)
        if pages.all:
            made, current = len(pages.made), len(pages.current)
            print(f"pages of feedback: {made} made, {current} current already; the first is {pages.all[0]}")
        return 1 if pages.failed else 0


@contextmanager
def shown_progress(assignment: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, or a line now and then where that is no terminal."""
    console = people()
    # Without a thread of its own: pages are made in forks of this process.
    with Progress(console=console, transient=True, auto_refresh=False, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"pages of {assignment}", total=None)
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            bar.update(task, completed=done, total=total, refresh=True)
            if not console.is_terminal and done and (done == total or done - told >= max(1, total // 10)):
                told = done
                console.print(f"{done} of {total} pages")

        yield progress
