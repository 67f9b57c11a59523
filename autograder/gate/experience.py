"""What a class taught about an assignment's check items: advice that the gate gives, and that never shuts it."""

from typing import Final

import msgspec

from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import write_atomically
from autograder.grading.suite import Suite

FILE: Final = "experience.json"


class Experience(msgspec.Struct, frozen=True):
    """What the last report on a class said of the check items. It names no student.

    Attributes:
        assignment: The assignment's name.
        made: When the report was made, ISO 8601.
        submissions: How many met the items.
        remarks: What is to be said against an item, by its id.
    """

    assignment: str
    made: str
    submissions: int
    remarks: dict[str, str]


def keep_experience(course: Course, experience: Experience) -> None:
    """Keep it beside the checks, for the next run of the gate; one without submissions replaces nothing.

    Raises:
        CourseError: The file cannot be written.
    """
    if not experience.submissions:
        return
    path = course.checks_folder(experience.assignment) / FILE
    try:
        write_atomically(path, msgspec.json.format(msgspec.json.encode(experience)) + b"\n")
    except OSError as error:
        raise CourseError(f"what the class taught cannot be written ({error.strerror})", where=str(path)) from error


def advice(course: Course, assignment: str) -> tuple[str, ...]:
    """What the last class taught about the items that there still are: file, line, item and remark, a line each.

    Args:
        course: The course.
        assignment: The assignment's name.
    """
    checks = course.checks_folder(assignment)
    try:
        kept = msgspec.json.decode((checks / FILE).read_bytes(), type=Experience)
    except (OSError, msgspec.DecodeError):
        return ()
    items = Suite(checks, course.root).items if kept.remarks else ()
    source = f"({kept.submissions} submissions, report of {kept.made[:10]})"
    return tuple(
        f"{item.place}: {item.id}: {kept.remarks[item.id]} {source}" for item in items if item.id in kept.remarks
    )
