"""Pages for people, made from what grading recorded; nothing here changes a score."""

from autograder.reports.feedback import write_feedback

__all__ = ["write_feedback"]
