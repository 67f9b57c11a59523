"""``autograder feedback``: nbgrader's feedback pages for every graded student."""

from autograder.cli.command import Command
from autograder.reports import write_feedback


class FeedbackCommand(Command):
    """Write a page of feedback for every graded student."""

    name = "feedback"
    description = "Write a page of feedback for every graded student."
    examples = "autograder feedback optimization"

    def run(self) -> int:
        """Write the pages and say where they are."""
        (assignment,) = self.arguments("autograder feedback ASSIGNMENT", 1, 1)
        self.course.require(assignment)
        pages = write_feedback(self.coursedir, assignment, self)
        print(f"{len(pages)} pages of feedback, the first is {pages[0]}")
        return 0
