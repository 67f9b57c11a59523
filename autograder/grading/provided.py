"""What a check item is given by name: the functions under check, the reference, random numbers, pinned results."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import CourseError
from autograder.grading.items import CheckItem
from autograder.grading.pinned import PinnedResults
from autograder.grading.reference import Reference
from autograder.grading.student import Callee, Student

NAMES = frozenset({"student", "reference", "draw", "pinned"})


@dataclass(slots=True)
class Folder:
    """One assignment's folder of checks while its items run.

    Attributes:
        reference: The assignment's reference solutions.
        pinned: Its pinned results.
        callee_for: Who answers the calls of an item: by default the reference, loaded a second time, so that a
            function of the reference lent to it is not replaced by itself.
        shift: How far the items' seeds are moved. Where they are, the inputs are fresh ones for which nothing is
            pinned, and the reference answers instead.
        generator: What an item draws from, seeded anew for each: to make one takes a hundred times as long.
    """

    reference: Reference
    pinned: PinnedResults
    shift: int = 0
    generator: np.random.RandomState = field(default_factory=np.random.RandomState)
    callee_for: Callable[[CheckItem], Callee] = field(init=False)

    def __post_init__(self) -> None:
        under_check = Reference(self.reference.path)
        self.callee_for = lambda _item: under_check


def open_folder(checks: Path, root: Path) -> Folder:
    """A folder of checks with the reference and the pinned results that belong to it."""
    return Folder(Reference(root / "solutions" / f"{checks.name}.py"), PinnedResults(checks / "expected.npz"))


def seed_generators(folder: Folder, item: CheckItem) -> None:
    """Start an item from its own seed, whatever ran before it."""
    random.seed(_seed(folder, item))
    np.random.seed(_seed(folder, item))


def _seed(folder: Folder, item: CheckItem) -> int:
    return (item.seed + folder.shift) % 2**32


@contextmanager
def lent_openly(folder: Folder, item: CheckItem) -> Iterator[Student]:
    """The functions under check, for one item.

    Raises:
        CourseError: The item lent functions though its own text does not show that it does.
    """
    view = Student(folder.callee_for(item))
    yield view
    if view.lent and not item.lends:
        raise CourseError(
            "this item lends functions to the notebook in a way that its own text does not show",
            where=item.id,
            remedy="Add lends=True to its graded mark",
        )


def generator_of(folder: Folder, item: CheckItem) -> np.random.RandomState:
    """A random generator seeded by the item's name, whose stream numpy promises never to change."""
    folder.generator.seed(_seed(folder, item))
    return folder.generator


def draws(item: CheckItem) -> bool:
    """Whether an item draws its inputs, so that another seed makes fresh ones."""
    return "draw" in item.node.fixturenames


def pinned_of(folder: Folder, item: CheckItem, *, pin: bool = False) -> Callable[..., Any]:
    """Looks pinned results up, numbered within the item; or pins them, when they are made."""
    calls = 0

    def result(function: str, *args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        key = f"{item.id}/{calls}"
        if not pin and not folder.shift:
            return folder.pinned.look_up(key)
        value = folder.reference.call(function, args, kwargs, {}).value
        if pin:
            folder.pinned.pin(key, value)
        return value

    return result


def run_directly(folder: Folder, item: CheckItem) -> None:
    """Run an item that asks for nothing but what is provided here, without pytest's protocol (0.4 ms)."""
    seed_generators(folder, item)
    wanted = item.node._fixtureinfo.argnames
    parameters = item.node.callspec.params if hasattr(item.node, "callspec") else {}
    with lent_openly(folder, item) as student:
        provided = {
            "student": student,
            "reference": folder.reference,
            "draw": generator_of(folder, item),
            "pinned": pinned_of(folder, item),
            **parameters,
        }
        item.node.obj(**{name: provided[name] for name in wanted})


def runs_directly(item: CheckItem) -> bool:
    """Whether an item is a plain function with our mark, our names and parameters of its own, nothing else."""
    node = item.node
    parameters = set(node.callspec.params) if hasattr(node, "callspec") else set()
    asked = set(node._fixtureinfo.argnames)
    through_fixtures = set(node._fixtureinfo.name2fixturedefs)
    marks = {mark.name for mark in node.iter_markers()}
    return (
        node.cls is None
        and marks <= {"graded", "parametrize"}
        and asked <= NAMES | parameters
        and set(node.fixturenames) <= NAMES | parameters | {"request"}  # which ours ask for, no other
        and through_fixtures <= NAMES
    )
