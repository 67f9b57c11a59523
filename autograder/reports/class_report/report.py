"""The report, made in steps: what the gradebook and the disk hold, figures, groups, and what to know about the data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, read_own_notebook
from autograder.gate import Experience
from autograder.grading.catalogue import MISCONCEPTIONS_FILE, load_misconceptions
from autograder.models import Result
from autograder.notebooks import Kind, marked
from autograder.reports.class_report.alike import MOST_GROUPS, Group, alike_groups
from autograder.reports.class_report.gradebook import Grades, read_grades
from autograder.reports.class_report.model import ClassReport, Mistake, Notice, Person
from autograder.reports.class_report.people import COMPARABLE, roster, with_files
from autograder.reports.class_report.submissions import Graded, Handed, read_handed
from autograder.reports.class_report.tasks import current, function_figures, item_figures


@dataclass(frozen=True, slots=True)
class Made:
    """A report, with the code that only its page shows.

    Attributes:
        report: What it says.
        groups: Its groups of nearly equal code, side by side.
    """

    report: ClassReport
    groups: tuple[Group, ...]


def make_report(course: Course, coursedir: CourseDirectory, assignment: str, page: Path) -> Made:
    """Everything that the report of an assignment says.

    Args:
        course: The course.
        coursedir: nbgrader's folders.
        assignment: The assignment's name.
        page: Where the page will lie; links go from there.

    Raises:
        AutograderError: There is no gradebook, or the assignment is unknown to it or to the course.
    """
    course.require(assignment)
    grades = read_grades(coursedir.db_url, assignment)
    handed = read_handed(coursedir, assignment)
    people = with_files(roster(grades, handed), coursedir, assignment, page)
    graded = {one.student: handed.graded[one.student] for one in people if one.state in COMPARABLE}
    stubs = _graded_cells(course.release_notebook(assignment), assignment)
    same = current({student: one.result for student, one in graded.items()}, list(stubs))
    people = tuple(msgspec.structs.replace(one, compared=one.student in same) for one in people)
    results = list(same.values())
    groups, left = _groups(course, assignment, graded, people, stubs)
    due = grades.due.replace(tzinfo=UTC).isoformat() if grades.due else None
    report = ClassReport(
        assignment=assignment,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        due=due,
        max_score=grades.max_score,
        people=people,
        functions=function_figures(results),
        items=item_figures(results),
        mistakes=_mistakes(graded, _hints(course, assignment)),
        alike=tuple(group.alike for group in groups),
        notices=tuple(_notices(grades, handed, people, left)),
    )
    return Made(report, groups)


def experience_of(report: ClassReport) -> Experience:
    """What the class taught about the check items, for the release gate."""
    remarks = {one.id: one.remark for one in report.items if one.remark}
    return Experience(report.assignment, report.made, report.items[0].of if report.items else 0, remarks)


def _groups(
    course: Course, assignment: str, graded: Mapping[str, Graded], people: Iterable[Person], stubs: Mapping[str, str]
) -> tuple[tuple[Group, ...], int]:
    codes = {student: one.code for student, one in graded.items()}
    failed = {one.student: one.failed for one in people}
    source = course.source_notebook(assignment)
    return alike_groups(codes, failed, stubs, _graded_cells(source, assignment) if source.is_file() else {})


def _graded_cells(notebook: Path, assignment: str) -> dict[str, str]:
    """The text of each graded function's cell in a notebook of the course's own."""
    cells = read_own_notebook(notebook, remedy=f"Run: autograder build {assignment}").cells
    return {mark.name: str(cell.source) for mark, cell in marked(cells) if mark.kind is Kind.GRADED}


def _hints(course: Course, assignment: str) -> dict[str, str]:
    checks = course.checks_folder(assignment)
    if not (checks / MISCONCEPTIONS_FILE).is_file():
        return {}
    return {one.name: one.hint for one in load_misconceptions(checks)}


def _mistakes(graded: Mapping[str, Graded], hints: Mapping[str, str]) -> tuple[Mistake, ...]:
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    for student, one in graded.items():
        for found in dict.fromkeys(_found(one.result)):
            students[found].append(student)
    ranked = sorted(students.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(Mistake(name, function, hints.get(name, ""), tuple(who)) for (function, name), who in ranked)


def _found(result: Result) -> Iterable[tuple[str, str]]:
    for function, found in result.functions.items():
        for item in found.items:
            if item.misconception:
                yield function, item.misconception


def _notices(grades: Grades, handed: Handed, people: Sequence[Person], left: int) -> Iterator[Notice]:
    again = "Run autograder grade, which grades again only what has changed."
    enrolled, tried = set(grades.names), handed.unreadable.union(handed.graded)
    waiting = sum(one.waiting for one in people)
    older = {student: one.again for student, one in grades.entries.items() if one.again and student in enrolled}
    marks = sum(older.values())
    said: dict[str, Iterable[str]] = {
        f"Graded by other check items than the rest, and left out of the figures of functions and items. {again}":
            (one.student for one in people if one.state in COMPARABLE and not one.compared),
        f"Handed in, but without a result that can be read. {again}":
            (one.student for one in people if one.state == "ungraded"),
        "Graded work of people who are not in the gradebook any more, left out.": sorted(tried - enrolled),
        f"Handed in by people who are not in the gradebook yet, left out. {again}":
            sorted(handed.submitted - tried - enrolled),
        f"{waiting} written {'answer waits' if waiting == 1 else 'answers wait'} for a person: scores may still rise.":
            (one.student for one in people if one.waiting),
        f"{marks} {'mark' if marks == 1 else 'marks'} given by hand before the last grading: "
        "formgrader asks for another look.": older,
    }  # fmt: skip
    notices = (Notice(text, tuple(students)) for text, students in said.items())
    yield from (one for one in notices if one.students)
    if left:
        yield Notice(f"{left} more groups of nearly equal code are not shown: the {MOST_GROUPS} most alike are.")
