"""One page of feedback, from the bytes of an autograded notebook and the gradebook's marks."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from markupsafe import Markup, escape
from nbformat import NotebookNode
from nbformat.v4 import reads_json

from autograder.course import is_ours
from autograder.errors import CourseError
from autograder.grading.record import Record, record_in
from autograder.pages import make_inert
from autograder.reports.feedback.cells import Cell, shown_cells
from autograder.reports.feedback.code import code
from autograder.reports.feedback.grades import Marks
from autograder.reports.feedback.parts import Part, parts
from autograder.reports.feedback.prose import prose
from autograder.reports.templates import template

MAX_BYTES: Final = 1_000_000
_DIGEST: Final = '<meta name="autograder" content="{}">'
HEAD: Final = 1000  # bytes of a page in which its digest stands
_SHORT: Final = 3000  # characters of a code or an answer, where the page would be too large else
_TICKS: Final = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Sum:
    """The points of the whole notebook.

    Attributes:
        score: What counts, the late penalty taken off.
        max_score: What there is to earn.
        penalty: Points taken off for being late.
        waiting: Points that a person has yet to give or not.
    """

    score: float
    max_score: float
    penalty: float
    waiting: float

    @classmethod
    def of(cls, found: tuple[Part, ...], penalty: float | None) -> "Sum":
        """The sum over all parts, as nbgrader makes it."""
        earned = sum(part.extra if part.score is None else part.score for part in found)
        off = max(penalty or 0.0, 0.0)
        waiting = sum(part.max_score for part in found if part.score is None)
        return cls(max(earned - off, 0.0), sum(part.max_score for part in found), off, waiting)


def digest(content: bytes, marks: Marks) -> str:
    """A digest of all that a page follows from: the notebook, the marks, and this package."""
    found = hashlib.sha256(_platform())
    found.update(msgspec.json.encode(marks, order="sorted"))
    found.update(content)
    return found.hexdigest()


def is_current(head: bytes, content: bytes, marks: Marks) -> bool:
    """Whether a page that begins with ``head`` is what `page` would make."""
    return _DIGEST.format(digest(content, marks)).encode() in head[:HEAD]


def page(content: bytes, marks: Marks) -> str | None:
    """The page, or None where the notebook is none of ours.

    Args:
        content: The autograded notebook.
        marks: What the gradebook holds about it.

    Raises:
        CourseError: The autograded notebook is damaged.
    """
    try:
        notebook: NotebookNode = reads_json(content.decode())
        if not is_ours(notebook):
            return None
        record = record_in(notebook)
        return _rendered(make_inert(notebook), record, marks, digest(content, marks))
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise CourseError(
            f"the autograded notebook is damaged ({type(error).__name__}: {error})",
            where=marks.student,
            remedy=f"Run: autograder grade {marks.assignment} --student {marks.student} --force",
        ) from error


def _rendered(notebook: NotebookNode, record: Record | None, marks: Marks, key: str) -> str:
    """The page; one that would be too large goes without the notebook, and then with the beginning of each text."""
    found = parts(notebook, record, marks)
    failed = record is not None and record.result.status == "failed"
    text = _filled(found, record, marks, key, () if failed else shown_cells(notebook))
    if len(text.encode()) >= MAX_BYTES:
        text = _filled(found, record, marks, key, (), left_out=True)
    if len(text.encode()) >= MAX_BYTES:
        short = tuple(replace(part, source=part.source and _beginning(part.source)) for part in found)
        text = _filled(short, record, marks, key, (), left_out=True)
    return text


def _beginning(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}\n# [The rest is left out of this page.]"


def _filled(
    found: tuple[Part, ...],
    record: Record | None,
    marks: Marks,
    key: str,
    cells: tuple[Cell, ...],
    *,
    left_out: bool = False,
) -> str:
    return template(__package__, "page.html.j2", prose, code, ticked, moment, span).render(
        digest=key,
        marks=marks,
        parts=found,
        sum=Sum.of(found, marks.penalty),
        status=record.result.status if record else "",
        notes=record.result.notes if record else (),
        cells=cells,
        left_out=left_out,
    )


@cache
def _platform() -> bytes:
    """A digest of the files that make a page, so that a new version makes all pages anew."""
    found = hashlib.sha256()
    for package in ("autograder.reports", __package__):
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.is_file():
                found.update(file.read_bytes())
    return found.digest()


def ticked(text: str) -> Markup:
    """A line of text, what stands between backticks as code."""
    return Markup(_TICKS.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just now


def moment(when: datetime) -> str:
    """A time for people: ``30 January 2026, 18:00 UTC``."""
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def span(length: timedelta) -> str:
    """A length of time for people, in its two largest units: ``2 days 3 hours``."""
    minutes = max(1, round(length.total_seconds() / 60))
    counts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    told = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counts if count]
    return " ".join(told[:2])
