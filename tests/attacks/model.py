"""What an attack is: a submission, what shows on a naive grader that it works, and what must hold on ours."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from nbformat import NotebookNode

LEVELS = ("namespaces", "landlock", "process")

# Where the promise is kept by the process's walls, `process` (limits alone) promises nothing.
EVERYWHERE: Final = frozenset({"namespaces", "landlock", "process"})
WALLED: Final = frozenset({"namespaces", "landlock"})
NAMESPACED: Final = frozenset({"namespaces"})

MARKER: Final = "PLANTED-3f9c2e"  # begins every planted secret; no attack's own text contains it
NUMBER: Final = "27182818"  # stands in an expected array and nowhere else
INPUT: Final = 1618033.0  # stands in a hidden input
ROOT: Final = "@ROOT@"  # in an attack's text: the course's folder, which an attacker may well know

# The first cell of attacks that look for secrets: says what it finds, without containing it.
SPY: Final = """
import ctypes, gc, glob, os, re, socket, sys
def spy(data):
    data = data if isinstance(data, (bytes, bytearray)) else str(data).encode("utf-8", "replace")
    for found in sorted(set(re.findall(rb"PLANT[E]D-3f9c2e-[a-z]+|2718[2]818", data))):
        print("seen:", found.decode())
def spy_file(path):
    try:
        with open(path, "rb") as file:
            spy(file.read(1 << 22))
    except (OSError, ValueError):
        pass
"""

Habit = Literal[
    "allclose", "testing", "difference", "equal", "isinstance", "pickled", "unittest", "json", "drawn",
    "late-import", "cell", "outputs", "pipe", "own-checks", "helper", "lent-first", "fed", "elementwise", "timed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wins:
    """The naive grader of this habit gives the wrong answer full marks."""

    habit: Habit = "allclose"


@dataclass(frozen=True, slots=True)
class Shows:
    """The naive grader's output holds this text."""

    text: str = "seen: "
    habit: Habit = "allclose"


@dataclass(frozen=True, slots=True)
class Stops:
    """The naive grader gives no score any more: it hangs, or it is gone, and the rest of the class with it."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """A process of the submission outlives the naive grader's run."""


@dataclass(frozen=True, slots=True)
class Misleads:
    """A few lines that do what a naive grader does with a submitted folder are misled.

    Attributes:
        misled: Given the course's folder and the submission's, whether they were.
    """

    misled: Callable[[Path, Path], bool]


@dataclass(frozen=True, slots=True)
class Harmful:
    """There is no control run, since that would harm the machine; and how."""

    why: str


Control = Wins | Shows | Stops | Leaves | Misleads | Harmful


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile submission. Its answer to ``blend`` is wrong, so that a point for it is a forged one.

    Attributes:
        number: Its class.
        name: What it does, in a few words with hyphens.
        control: What shows that it works where nothing protects.
        cells: Cells in front of the graded ones.
        blend: The graded cell of ``blend``, where it is not the common wrong one.
        chain: The graded cell of ``chain``, where it is not the right one.
        last: Cells behind all others.
        edit: Changes the notebook once its cells are in place.
        content: The submitted file's bytes, where they are no notebook.
        folder: Makes the submitted folder by itself, from the course's folder and the submission's.
        student: The student's id, where that is part of the attack.
        friend: A cell of an earlier, right submission that helps this one.
        review: Whether a person is to be told.
        never: Texts that no output may hold.
        claims: Levels at which it must fail.
    """

    number: int
    name: str
    control: Control
    cells: tuple[str, ...] = ()
    blend: str | None = None
    chain: str | None = None
    last: tuple[str, ...] = ()
    edit: Callable[[NotebookNode], None] | None = None
    content: bytes | None = None
    folder: Callable[[Path, Path], None] | None = None
    student: str | None = None
    friend: str | None = None
    review: bool = False
    never: tuple[str, ...] = ()
    claims: frozenset[str] = EVERYWHERE

    @property
    def id(self) -> str:
        """Its name in the class and in the tests."""
        return f"{self.number:02}-{self.name}"

    @property
    def who(self) -> str:
        """The student's id."""
        return self.student or f"c{self.id}"
