"""The roster: what is known of each student, and who may need a word."""

import os
import statistics
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
from nbgrader.coursedir import CourseDirectory

from autograder.reports.class_report.gradebook import Entry, Grades
from autograder.reports.class_report.model import Person, State
from autograder.reports.class_report.submissions import Graded, Handed

LITTLE: Final = 0.5  # of the points: below that a student is at risk
FAR_BELOW: Final = 0.25  # of the points, below the own other assignments, the class's usual difference taken off

COMPARABLE: Final = ("graded", "needs_review")  # states in which items were really tried
_NO_ENTRY: Final = Entry(None, None, 0.0, 0.0, 0, 0, 0, scored=False)


def roster(grades: Grades, handed: Handed) -> tuple[Person, ...]:
    """Everybody in the gradebook, sorted by id, with the reasons to talk to them.

    Args:
        grades: What the gradebook knows.
        handed: What lies on disk.
    """
    people = [_person(student, grades, handed) for student in sorted(grades.names)]
    usual = _usual_difference(people, grades.max_score)
    return tuple(msgspec.structs.replace(one, risks=_risks(one, grades.max_score, usual)) for one in people)


def with_files(people: Iterable[Person], coursedir: CourseDirectory, assignment: str, page: Path) -> tuple[Person, ...]:
    """The same people with the addresses of their files from the page, for the files that exist.

    Args:
        people: The roster.
        coursedir: nbgrader's folders.
        assignment: The assignment's name.
        page: Where the page will lie.
    """
    steps = {
        "feedback": (coursedir.feedback_directory, ".html"),
        "graded": (coursedir.autograded_directory, ".ipynb"),
        "submitted": (coursedir.submitted_directory, ".ipynb"),
    }

    def files(student: str) -> dict[str, str]:
        found = {}
        for name, (step, ending) in steps.items():
            path = os.path.join(coursedir.format_path(step, student, assignment), f"{assignment}{ending}")  # noqa: PTH118
            if os.path.isfile(path):  # noqa: PTH113
                found[name] = quote(os.path.relpath(path, page.parent))
        return found

    return tuple(msgspec.structs.replace(one, files=files(one.student)) for one in people)


def _person(student: str, grades: Grades, handed: Handed) -> Person:
    entry, graded = grades.entries.get(student), handed.graded.get(student)
    if entry is not None and not entry.scored and graded is None and student not in handed.submitted:
        entry = None  # an extension, and nothing handed in
    result = graded.result if graded and entry else None
    known = entry or _NO_ENTRY
    return Person(
        student=student,
        name=grades.names[student],
        state=_state(student, entry, graded, handed),
        score=entry.score if entry else None,
        functions={name: one.score for name, one in result.functions.items()} if result else {},
        failed=tuple(
            item.id for one in result.functions.values() for item in one.items if not item.passed
        ) if result else (),
        submitted=_iso(known.submitted),
        late=known.late,
        penalty=known.penalty,
        hand_ins=handed.hand_ins.get(student, 0) if handed.hand_ins is not None else None,
        seconds=result.seconds if result else None,
        waiting=known.waiting,
        by_hand=known.by_hand,
        elsewhere=grades.elsewhere.get(student),
        notes=result.notes if result else (),
        risks=(),
        compared=False,
        files={},
    )  # fmt: skip


def _state(student: str, entry: Entry | None, graded: Graded | None, handed: Handed) -> State:
    if entry is not None and graded is not None:
        return graded.result.status if graded.result.status != "error" else "ungraded"
    handed_in = entry is not None or student in handed.submitted or graded is not None
    return "ungraded" if handed_in or student in handed.unreadable else "missing"


def _usual_difference(people: Iterable[Person], most: float) -> float:
    """By how much the class does better here than in its other assignments, as a share of the points."""
    differences = [
        one.score / most - one.elsewhere
        for one in people
        if one.score is not None and one.elsewhere is not None and not one.waiting and most > 0
    ]
    return statistics.median(differences) if differences else 0.0


def _risks(person: Person, most: float, usual: float) -> tuple[str, ...]:
    if person.state == "missing":
        return ("nothing handed in",)
    if person.score is None or most <= 0:
        return ()
    risks, share = [], person.score / most
    if person.state == "failed":
        risks.append("the submission could not be graded")
    elif share < LITTLE and not person.waiting:
        risks.append(f"{share:.0%} of the points")
    elif share < LITTLE:
        risks.append(f"{share:.0%} of the points so far, answers still to be graded")
    if person.elsewhere is not None and person.elsewhere + usual - share >= FAR_BELOW:
        risks.append(f"far below the own other assignments ({person.elsewhere:.0%} there)")
    return tuple(risks)


def _iso(when: datetime | None) -> str | None:
    return when.replace(tzinfo=UTC).isoformat() if when else None
