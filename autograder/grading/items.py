"""A check item: what its ``graded`` mark, its docstring and its name say, read from a collected pytest item."""

import inspect
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.errors import CourseError

MARK = "graded"
_CLOSER = {"arguments", "shares"}  # what an item reads of `Student` beside the value


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One hidden check.

    Attributes:
        id: Its name with its parameters; unique within the assignment.
        function: The graded function that it is about.
        points: What it is worth, in points.
        line: Its docstring's first paragraph: the line that the student reads.
        lends: Whether it puts functions of its own in the place of the notebook's. Such items run
            after all others: the lent function may be the reference of one of those.
        looks_closer: Whether it looks at what a call did to its arguments, or at whether its value shares arrays.
        node: The collected pytest item.
    """

    id: str
    function: str
    points: float
    line: str
    lends: bool
    looks_closer: bool
    node: pytest.Function

    @property
    def seed(self) -> int:
        """The item's own seed, which follows from its id alone."""
        return zlib.crc32(self.id.encode())

    @property
    def place(self) -> str:
        """The file and the line where it is written."""
        return _place(self.node)


def is_graded(node: pytest.Item) -> bool:
    """Whether a collected item carries our mark."""
    return node.get_closest_marker(MARK) is not None


def _read_item(node: pytest.Item) -> CheckItem:
    """What a collected item says of itself."""
    marker = node.get_closest_marker(MARK)
    where = f"{_place(node)} {node.name}"
    if marker is None or not isinstance(node, pytest.Function):
        raise CourseError(
            "a check item without points",
            where=where,
            remedy=f'Put @pytest.mark.{MARK}("function_name", points=2) above it',
        )
    function, points = (marker.args or (None,))[0], marker.kwargs.get("points")
    if not isinstance(function, str) or not function.isidentifier():
        raise CourseError(
            f"the {MARK} mark names no function",
            where=where,
            remedy=f'Write @pytest.mark.{MARK}("function_name", points=2)',
        )
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points < float("inf"):
        raise CourseError(
            "a check item without points", where=where, remedy=f'Write @pytest.mark.{MARK}("{function}", points=2)'
        )
    line = " ".join(inspect.cleandoc(node.function.__doc__ or "").split("\n\n", 1)[0].split())
    if not line:
        raise CourseError(
            "a check item without a docstring",
            where=where,
            remedy="Give it one: it is the line that the student reads",
        )
    names = node.function.__code__.co_names
    lends = "replaced" in names or bool(marker.kwargs.get("lends"))
    return CheckItem(node.name, function, float(points), line, lends, not _CLOSER.isdisjoint(names), node)


def read_items(nodes: Sequence[pytest.Item]) -> tuple[CheckItem, ...]:
    """All items of one assignment, in the order of the files.

    Raises:
        CourseError: One has no points, no function or no docstring, or two have the same name; with file and line.
    """
    items: dict[str, CheckItem] = {}
    for node in nodes:
        item = _read_item(node)
        if item.id in items:
            where = f"{item.place} {node.name}"
            raise CourseError("two check items have the same name", where=where, remedy="Rename one")
        items[item.id] = item
    return tuple(items.values())


def in_grading_order(items: Iterable[CheckItem]) -> list[CheckItem]:
    """Function by function as they first appear, the items that lend functions last."""
    items = list(items)
    rank = {function: n for n, function in enumerate(dict.fromkeys(item.function for item in items))}
    return sorted(items, key=lambda item: (item.lends, rank[item.function]))


def _place(node: pytest.Item) -> str:
    path, line, _ = node.location
    return f"{Path(path).name}:{(line or 0) + 1}"
