"""Pages for people, made from what grading recorded; nothing here changes a score."""

from autograder.reports.feedback.writing import write_feedback

__all__ = ["write_feedback"]
