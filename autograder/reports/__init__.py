"""Pages for people, made from what grading recorded; nothing here changes a score."""

from autograder.reports.feedback import Pages, write_feedback

__all__ = ["Pages", "write_feedback"]
