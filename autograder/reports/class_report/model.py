"""What the instructor's report says, as plain data: the page, the CSV files and the JSON object are views of it."""

from typing import Literal

import msgspec

State = Literal["graded", "needs_review", "failed", "ungraded", "missing"]


class Person(msgspec.Struct, frozen=True):
    """One student of the roster.

    Attributes:
        student: The id.
        name: First and last name, as far as the gradebook has them.
        state: A result's status; ``ungraded`` (handed in, but no result can be read), ``missing`` (nothing handed in).
        score: Points in the gradebook, after a late penalty, or None where it has none.
        functions: Points earned in each graded function.
        failed: Ids of the check items not passed.
        submitted: When it was handed in, ISO 8601 in UTC, or None where unknown.
        late: Seconds past the due date with the student's extension; 0 when in time, None where unknown.
        penalty: Points taken off for that.
        hand_ins: How often the exchange has seen the student hand in, or None where there is no exchange to ask.
        seconds: Wall time that grading took, in seconds.
        waiting: Answers that wait for a person to grade them.
        by_hand: Automatic scores that a person has changed.
        elsewhere: Mean share of the points in the student's other assignments, 0 to 1, or None.
        notes: What grading noted about the submission.
        risks: Why somebody should talk to the student; empty for most.
        compared: Whether figures of functions and items count it: it was graded by the same check items as most.
        files: Addresses of the submitted, graded and feedback files from the page, for those that exist.
    """

    student: str
    name: str
    state: State
    score: float | None
    functions: dict[str, float]
    failed: tuple[str, ...]
    submitted: str | None
    late: float | None
    penalty: float
    hand_ins: int | None
    seconds: float | None
    waiting: int
    by_hand: int
    elsewhere: float | None
    notes: tuple[str, ...]
    risks: tuple[str, ...]
    compared: bool
    files: dict[str, str]


class Separation(msgspec.Struct, frozen=True):
    """How passing goes with the points earned in everything else: point-biserial correlation, 95% interval."""

    r: float
    low: float
    high: float


class Task(msgspec.Struct, frozen=True):
    """Figures of a check item, or of a whole function.

    Attributes:
        id: The item's id, or the function's name.
        function: The graded function.
        line: The item's line; empty for a function.
        points: What it is worth.
        of: Graded submissions that met it.
        passed: Those that earned all of its points.
        partial: Those that earned some of them; always 0 for an item.
        separation: How well it separates strong from weak, or None where too few passed or failed to say.
        remark: What is to be said against the item; empty when nothing is.
    """

    id: str
    function: str
    line: str
    points: float
    of: int
    passed: int
    partial: int
    separation: Separation | None
    remark: str


class Mistake(msgspec.Struct, frozen=True):
    """A catalogued misconception and the students whose function behaves like it."""

    name: str
    function: str
    hint: str
    students: tuple[str, ...]


class Alike(msgspec.Struct, frozen=True):
    """Submissions whose graded code is nearly equal in what few others wrote.

    Attributes:
        students: The group.
        similarity: Copydetect's share of the graded code that the two most similar members have in common, 0 to 1.
        passages: Runs of code that these two share, and that hardly anybody else in the class has.
        same_text: Whether all members' graded code is the same, character for character.
        same_failures: Check items that all members fail.
    """

    students: tuple[str, ...]
    similarity: float
    passages: int
    same_text: bool
    same_failures: tuple[str, ...]


class Notice(msgspec.Struct, frozen=True):
    """What to know about the data, and of whom that is said."""

    text: str
    students: tuple[str, ...] = ()


class ClassReport(msgspec.Struct, frozen=True):
    """Everything that the report says.

    Attributes:
        assignment: The assignment's name.
        made: When the report was made, ISO 8601.
        due: The due date, ISO 8601 in UTC, or None.
        max_score: Points of the assignment, written questions included.
        people: The roster, by id.
        functions: Figures of each graded function, in the notebook's order.
        items: Figures of each check item.
        mistakes: Misconceptions, the most frequent first.
        alike: Groups of nearly equal code, the most alike first.
        notices: What to know about the data.
    """

    assignment: str
    made: str
    due: str | None
    max_score: float
    people: tuple[Person, ...]
    functions: tuple[Task, ...]
    items: tuple[Task, ...]
    mistakes: tuple[Mistake, ...]
    alike: tuple[Alike, ...]
    notices: tuple[Notice, ...]
    schema: int = 1
