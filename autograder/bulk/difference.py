"""What a new grade would change of the one that counts: who gains, who loses, in which item and why."""

from collections.abc import Iterator

import msgspec

from autograder.grading.record import Record
from autograder.models import Result

# Why a grade may differ, by the part of its provenance that does.
_REASONS = {
    "submission": "new submission",
    "release": "changed release",
    "checks": "changed checks",
    "limits": "changed limits",
    "versions": "other versions",
}


class ItemChange(msgspec.Struct, frozen=True):
    """A check item whose points change.

    Attributes:
        function: The graded function.
        id: The item's id.
        before: Points before; None where there was no such item.
        after: Points now; None where there is no such item any more.
        message: What was seen now, where points were lost.
    """

    function: str
    id: str
    before: float | None
    after: float | None
    message: str


class Change(msgspec.Struct, frozen=True):
    """A grade that changes.

    Attributes:
        student: The student's id.
        before: Points that count so far.
        after: Points that the new grade gives.
        status_before: Status so far.
        status_after: Status now.
        reasons: Why: ``new submission``, ``changed checks``, ``changed release``, ``changed limits``,
            ``other versions``, or ``asked for`` where nothing differs.
        items: What changes, item by item.
        waits: Whether it is not recorded unless it is accepted: a submission that is the same as before would lose.
    """

    student: str
    before: float
    after: float
    status_before: str
    status_after: str
    reasons: tuple[str, ...]
    items: tuple[ItemChange, ...]
    waits: bool


def change_of(student: str, before: Record, after: Record) -> Change | None:
    """What changes from one record to the other; None where no point and no status does."""
    items = tuple(_items(before.result, after.result))
    if not items and before.result.status == after.result.status:
        return None
    differing = after.provenance.changed_since(before.provenance)
    lower = after.result.score < before.result.score - 1e-9
    return Change(
        student,
        before.result.score,
        after.result.score,
        before.result.status,
        after.result.status,
        tuple(_REASONS[name] for name in differing) or ("asked for",),
        items,
        waits=lower and "submission" not in differing,
    )


def _items(before: Result, after: Result) -> Iterator[ItemChange]:
    old, new = _points(before), _points(after)
    messages = {(name, item.id): item.message for name, one in after.functions.items() for item in one.items}
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield ItemChange(*key, old.get(key), new.get(key), messages.get(key, ""))


def _points(result: Result) -> dict[tuple[str, str], float]:
    return {
        (name, item.id): item.points if item.passed else 0.0
        for name, function in result.functions.items()
        for item in function.items
    }
