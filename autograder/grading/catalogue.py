"""The catalogue that stands beside an assignment's checks: right answers written another way, and named mistakes.

The release gate grades all of them; the mistakes also tell what a wrong submission may have in mind.
"""

import ast
import runpy
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar, final

from autograder.errors import CourseError

ALTERNATIVES_FILE = "alternatives.py"
MISCONCEPTIONS_FILE = "misconceptions.py"
EQUIVALENTS_FILE = "equivalents.py"
HINT_WORDS = range(20, 61)


@final
@dataclass(frozen=True, slots=True)
class Alternative:
    """A right answer by another author's habits; it must get full marks.

    Attributes:
        function: The graded function.
        name: What is different about it, in a few words.
        source: The whole text of the graded cell, from its first line ``# GRADED FUNCTION: f`` on.
        place: File and line where it is written, for messages; set when it is loaded.
    """

    function: str
    name: str
    source: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one place in the reference's graded cell.

    Attributes:
        name: What it is, in a few words with hyphens; unique within the assignment.
        function: The graded function.
        find: Text of the reference's cell that the edit replaces; it occurs there exactly once.
        replace: What stands there instead.
        place: File and line where it is written, for messages; set when it is loaded.
    """

    name: str
    function: str
    find: str
    replace: str
    place: str = field(default="", kw_only=True)

    def apply(self, source: str) -> str:
        """The reference's graded cell with this edit.

        Args:
            source: The text of the function's graded cell in the source notebook.

        Raises:
            CourseError: The text to replace doesn't occur exactly once, or the result isn't Python.
        """
        where = f"{self.place or MISCONCEPTIONS_FILE}, {self.name}"
        count = source.count(self.find) if self.find else 0
        if count != 1:
            raise CourseError(
                f"the text to replace occurs {count} times in the reference's {self.function}",
                where=where,
                remedy="Choose a text that occurs there exactly once",
            )
        edited = source.replace(self.find, self.replace)
        try:
            ast.parse(edited)
        except (SyntaxError, ValueError) as error:
            raise CourseError(
                f"the edited {self.function} isn't Python ({error})", where=where, remedy="Mend the edit"
            ) from error
        return edited


@final
@dataclass(frozen=True, slots=True)
class Misconception(Edit):
    """A mistake that learners make; it must lose marks in its function alone.

    Attributes:
        hint: 20 to 60 words for the student that point at the idea and don't give the line.
    """

    hint: str


@final
@dataclass(frozen=True, slots=True)
class Equivalent(Edit):
    """An edit that changes nothing of what counts, though it looks like a mistake.

    The release gate makes such edits by itself and asks for the reason of each that no check item fails.

    Attributes:
        reason: Why no result that counts can differ.
    """

    reason: str


_Entry = TypeVar("_Entry", Alternative, Misconception, Equivalent)


def load_alternatives(checks: Path) -> tuple[Alternative, ...]:
    """The tuple ``ALTERNATIVES`` of a folder of checks.

    Raises:
        CourseError: The file is missing, can't be loaded, or an entry isn't as it must be.
    """
    file = checks / ALTERNATIVES_FILE
    entries = _entries(file, Alternative)
    for one in entries:
        mark = f"# GRADED FUNCTION: {one.function}"
        if one.source.split("\n", 1)[0].rstrip() != mark:
            raise CourseError(
                "the cell doesn't begin with its graded line",
                where=f"{one.place}, {one.name}",
                remedy=f"Let it begin with: {mark}",
            )
    return entries


def load_misconceptions(checks: Path) -> tuple[Misconception, ...]:
    """The tuple ``MISCONCEPTIONS`` of a folder of checks.

    Raises:
        CourseError: The file is missing, can't be loaded, or an entry isn't as it must be.
    """
    file = checks / MISCONCEPTIONS_FILE
    entries = _entries(file, Misconception)
    for one in entries:
        if len(one.hint.split()) not in HINT_WORDS:
            raise CourseError(
                f"the hint has {len(one.hint.split())} words",
                where=f"{one.place}, {one.name}",
                remedy=f"Write {HINT_WORDS[0]} to {HINT_WORDS[-1]}",
            )
    return entries


def load_equivalents(checks: Path) -> tuple[Equivalent, ...]:
    """The tuple ``EQUIVALENTS`` of a folder of checks; none where the file is missing.

    Raises:
        CourseError: The file can't be loaded, or an entry isn't as it must be.
    """
    file = checks / EQUIVALENTS_FILE
    return _entries(file, Equivalent) if file.is_file() else ()


def _entries(file: Path, kind: type[_Entry]) -> tuple[_Entry, ...]:
    variable = file.stem.upper()
    entries = _value(file, variable)
    if not isinstance(entries, tuple | list) or not all(isinstance(one, kind) for one in entries):
        raise CourseError(
            f"the file doesn't define {variable} as a tuple of {kind.__name__}",
            where=str(file),
            remedy=f"Write: {variable} = ({kind.__name__}(...), ...)",
        )
    for number, one in enumerate(entries, start=1):
        if not all(isinstance(getattr(one, part.name), str) for part in fields(kind)) or not one.name.strip():
            raise CourseError(
                f"entry {number} has no name, or a part that isn't text", where=str(file), remedy="Mend it"
            )
    _refuse_doubles(file, entries)
    lines = _lines(file, {one.name for one in entries})
    return tuple(
        replace(one, place=f"{file}:{lines[one.name].pop(0)}" if lines.get(one.name) else str(file)) for one in entries
    )


def _lines(file: Path, names: Collection[str]) -> dict[str, list[int]]:
    """Where the entries of these names are written: lines from 1, in order."""
    found: dict[str, list[int]] = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names:
            found.setdefault(node.value, []).append(node.lineno)
    return {name: sorted(numbers) for name, numbers in found.items()}


def _refuse_doubles(file: Path, entries: Iterable[_Entry]) -> None:
    """Refuse two entries of one name; alternatives of two functions may share one."""
    seen: set[str] = set()
    for one in entries:
        called = f"{one.function}, {one.name}" if isinstance(one, Alternative) else one.name
        if called in seen:
            lines = _lines(file, {one.name}).get(one.name, [])
            raise CourseError(
                f"two entries are called '{called}' (lines {', '.join(map(str, lines))})",
                where=str(file),
                remedy="Rename one",
            )
        seen.add(called)


def _value(file: Path, variable: str) -> Any:
    """What a variable of a file holds, or None."""
    if not file.is_file():
        raise CourseError("the file is missing", where=str(file), remedy=f"Write it; it defines {variable}")
    try:
        return runpy.run_path(str(file)).get(variable)
    except Exception as error:  # whatever the course's own module raises, the user needs one line
        raise CourseError(
            f"the file can't be loaded ({type(error).__name__}: {error})", where=str(file), remedy="Mend it"
        ) from error
