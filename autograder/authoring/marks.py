"""First lines that were meant as marks and are none, and marks that lack their counterpart."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.authoring.places import Place
from autograder.notebooks import Kind, first_line

_CLOSE = 0.8  # difflib's ratio from which a word is taken for a mistyped keyword: one letter off in five
_ONE_WORD = (Kind.GIVEN.value, Kind.CHECK.value, Kind.DEMO.value)
_STRICT_MARK = re.compile(r"^#[ \t]*(GRADED FUNCTION|CHECK)[ \t]*:[ \t]*[A-Za-z_]\w*[ \t]*$", re.MULTILINE)
_WRITE_WRITTEN = "Write <!-- WRITTEN: id, 3 points -->"


@dataclass(frozen=True, slots=True)
class _Fault:
    """Something wrong with a first line; one that is not sure counts only in a notebook with marks."""

    what: str
    remedy: str
    sure: bool = True


def refuse_malformed(places: Sequence[Place]) -> None:
    """Refuse first lines that were meant as marks and cannot be read as such.

    In a notebook without any mark, which may be a stock nbgrader assignment, only a line that can
    mean nothing else is refused.

    Raises:
        CourseError: There is one.
    """
    ours = any(place.mark is not None for place in places)
    for place in places:
        fault = _hidden_mark(place) or (_fault(place) if place.mark is None else None)
        if fault is not None and (ours or fault.sure):
            raise place.error(fault.what, fault.remedy)


def refuse_unpaired(places: Sequence[Place]) -> None:
    """Refuse a graded function without exactly one check below it, a check without its function.

    Raises:
        CourseError: There is one.
    """
    seen: dict[Kind, dict[str, Place]] = {Kind.GRADED: {}, Kind.CHECK: {}}
    for place in places:
        mark = place.mark
        if mark is None or mark.kind not in seen:
            continue
        if mark.name in seen[mark.kind]:
            raise place.error(f"there are two cells '{mark.kind}: {mark.name}'", "Rename or remove one")
        if mark.kind is Kind.CHECK and mark.name not in seen[Kind.GRADED]:
            raise place.error(
                "a check without its function above it", f"Write a cell # GRADED FUNCTION: {mark.name} above it"
            )
        seen[mark.kind][mark.name] = place
    for name, place in seen[Kind.GRADED].items():
        if name not in seen[Kind.CHECK]:
            raise place.error("a graded function without a check cell", f"Write a cell # CHECK: {name} below it")


def _hidden_mark(place: Place) -> _Fault | None:
    """A mark that is not where marks are read: below the first line, or in a cell of another type."""
    if place.cell.cell_type != "code":
        found = _STRICT_MARK.match(first_line(place.cell))
        if found is None:
            return None
        return _Fault("a mark of code cells in another kind of cell", "Make it a code cell", found[1] != "CHECK")
    below = str(place.cell.source).lstrip().partition("\n")[2]
    found = _STRICT_MARK.search(below)
    if found is None:
        return None
    return _Fault(
        f"'{found[0].strip()}' stands below the cell's first line",
        "Make it the first line, of a cell of its own",
        found[1] != "CHECK",
    )


def _fault(place: Place) -> _Fault | None:
    line = first_line(place.cell)
    if line.startswith("<!--"):
        return _fault_of_question(line, place.cell.cell_type)
    if place.cell.cell_type == "code" and line.startswith("#"):
        return _fault_of_code(line)
    return None


def _fault_of_question(line: str, cell_type: str) -> _Fault | None:
    word = next(iter(re.findall(r"[A-Za-z]+", line)), "")
    if not _resembles(word, Kind.WRITTEN.value) or not (word.isupper() or ":" in line):
        return None
    if cell_type != "markdown":
        return _Fault("the mark of a written question in another kind of cell", "Make it a markdown cell")
    return _Fault("this mark of a written question cannot be read", _WRITE_WRITTEN)


def _fault_of_code(line: str) -> _Fault | None:
    head, colon, rest = line.lstrip("# \t").partition(":")
    words = re.findall(r"[A-Za-z]+", head)[:2]
    if not words:
        return None
    both, first = " ".join(words), words[0]
    # "GRADED: f" lacks a word, every other slip is a matter of letters.
    if _resembles(both, Kind.GRADED.value) or (colon and first.upper() == "GRADED" and len(words) == 1):
        if both.isupper() or colon:
            return _Fault("this first line cannot be read", f"Write # {Kind.GRADED}: and the function's name")
        return None
    keyword = next((one for one in _ONE_WORD if _resembles(first, one)), None)
    if keyword is None or not (first.isupper() or _names_something(head, colon, rest)):
        return None
    return _Fault(
        "this first line cannot be read", f"Write # {keyword}: name, or begin the comment in another way", False
    )


def _names_something(head: str, colon: str, rest: str) -> bool:
    """Whether it is one word and a name, as ``check: f``: more words make an ordinary comment."""
    return bool(colon) and len(head.split()) == 1 and (not rest.strip() or rest.strip().isidentifier())


def _resembles(words: str, keyword: str) -> bool:
    return difflib.SequenceMatcher(None, words.upper(), keyword).ratio() >= _CLOSE
