"""The instructor's report on a class: what the gradebook and the graded notebooks tell, as a page, as CSV and as JSON.

It reads and reckons; it never changes a grade. Everything that it says is in one value, `ClassReport`.
"""

from autograder.reports.class_report.model import ClassReport
from autograder.reports.class_report.page import render_page
from autograder.reports.class_report.report import Made, experience_of, make_report
from autograder.reports.class_report.spreadsheets import spreadsheets

__all__ = ["ClassReport", "Made", "experience_of", "make_report", "render_page", "spreadsheets"]
