"""The parts of a submission that points are given for, each with all that its student should read about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from nbformat import NotebookNode

from autograder.grading.record import Record
from autograder.models import FunctionResult, ItemResult
from autograder.notebooks import Kind, Mark, read_mark
from autograder.reports.feedback.grades import CellComment, CellGrade, Marks

# nbgrader's own comment on a cell that is as it was handed out.
_NO_RESPONSE: Final = "No response."


@dataclass(frozen=True, slots=True)
class Part:
    """One graded function, written question or other graded cell.

    Attributes:
        name: The function's name, the written question's id, or nbgrader's id of the cell.
        kind: What it is.
        max_score: Points that it is worth.
        score: Points that count, or None while a person has yet to mark it.
        checked: Points from the checks alone, or None where none were recorded.
        manual: Points that a person gave in the checks' place, or None.
        extra: Extra credit in points, or 0.
        items: The function's check items, in order.
        missing: Whether there was no function of that name to call.
        common: What all failed items saw, where that is one thing; else empty.
        hint: That of the misconception that the function behaves like; else empty.
        comments: What a person said, as markdown.
        untouched: Whether the cell is as it was handed out.
        source: The student's own code or text; None where there is no cell for it.
        question: The written question, as markdown; else empty.
    """

    name: str
    kind: Literal["function", "written", "other"]
    max_score: float
    score: float | None
    checked: float | None = None
    manual: float | None = None
    extra: float = 0.0
    items: tuple[ItemResult, ...] = ()
    missing: bool = False
    common: str = ""
    hint: str = ""
    comments: tuple[str, ...] = ()
    untouched: bool = False
    source: str | None = None
    question: str = ""

    @property
    def anchor(self) -> str:
        """Its id in the page."""
        return f"{self.kind}-{self.name}"

    @property
    def passed(self) -> int:
        """How many check items passed."""
        return sum(item.passed for item in self.items)

    @property
    def verdict(self) -> Literal["full", "partial", "none", "waiting"]:
        """How much of its points it has."""
        if self.score is None:
            return "waiting"
        if self.score >= self.max_score:
            return "full"
        return "partial" if self.score > 0 else "none"


def parts(notebook: NotebookNode, record: Record | None, marks: Marks) -> tuple[Part, ...]:
    """The parts in the notebook's order; what only the gradebook knows comes last.

    Args:
        notebook: The autograded notebook.
        record: What grading recorded in it, if anything.
        marks: The gradebook's scores and comments.
    """
    cells = _GradedCells(notebook)
    found = [*_functions(cells, record, marks), *_others(cells, marks)]
    known = {f"check-{part.name}" for part in found} | {part.name for part in found} | set(cells.ids)
    found += [
        Part(name, "other", grade.max_score, _score(grade, None, None), None, grade.manual, grade.extra or 0.0)
        for name, grade in marks.grades.items()
        if name not in known
    ]
    return tuple(found)


class _GradedCells:
    """The cells of a notebook that matter here, by what they are."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.ids: dict[str, NotebookNode] = {}
        self.answers: dict[str, NotebookNode] = {}  # cells of graded functions, by the function's name
        self.checks: dict[str, str] = {}  # nbgrader's id of a function's check cell
        self.questions: dict[str, tuple[Mark, NotebookNode]] = {}  # by the id of the cell that answers
        question: tuple[Mark, NotebookNode] | None = None
        for cell in notebook.cells:
            mark, own = read_mark(cell), cell.metadata.get("nbgrader", {})
            name = str(own.get("grade_id", ""))
            if own.get("grade"):
                self.ids[name] = cell
                if question is not None:
                    self.questions[name] = question
            if mark is not None and mark.kind is Kind.GRADED:
                self.answers.setdefault(mark.name, cell)
            elif mark is not None and mark.kind is Kind.CHECK and own.get("grade"):
                self.checks.setdefault(mark.name, name)
            question = (mark, cell) if mark is not None and mark.kind is Kind.WRITTEN else None


def _functions(cells: _GradedCells, record: Record | None, marks: Marks) -> Iterator[Part]:
    results: Mapping[str, FunctionResult] = record.result.functions if record else {}
    failed = record is not None and record.result.status == "failed"
    for name in dict.fromkeys([*cells.answers, *results]):
        result = results.get(name)
        grade = marks.grades.get(cells.checks.get(name, f"check-{name}"))
        items = result.items if result else ()
        own = [marks.comments.get(name), marks.comments.get(cells.checks.get(name, ""))]
        cell = None if failed else cells.answers.get(name)
        yield Part(
            name=name,
            kind="function",
            max_score=grade.max_score if grade else result.max_score if result else 0.0,
            score=_score(grade, result, record),
            checked=grade.auto if grade else result.score if result else None,
            manual=grade.manual if grade else None,
            extra=(grade.extra if grade else None) or 0.0,
            items=items,
            missing=result is not None and result.status == "missing",
            common=_common(items),
            hint=record.hints.get(name, "") if record else "",
            comments=_said(own),
            untouched=_untouched(own),
            source=None if cell is None else str(cell.source),
        )


def _others(cells: _GradedCells, marks: Marks) -> Iterator[Part]:
    """Written questions, and whatever else a course has graded in its own way."""
    for name, cell in cells.ids.items():
        if name in cells.checks.values():
            continue
        grade = marks.grades.get(name)
        mark, question = cells.questions.get(name, (None, None))
        worth = float(cell.metadata.nbgrader.get("points", 0) or 0)
        own = [marks.comments.get(name)]
        yield Part(
            name=mark.name if mark else name,
            kind="written" if cell.cell_type == "markdown" else "other",
            max_score=grade.max_score if grade else worth,
            score=_score(grade, None, None),
            manual=grade.manual if grade else None,
            extra=(grade.extra if grade else None) or 0.0,
            comments=_said(own),
            untouched=_untouched(own),
            source=str(cell.source),
            question=str(question.source).split("\n", 1)[-1] if question is not None else "",
        )


def _score(grade: CellGrade | None, result: FunctionResult | None, record: Record | None) -> float | None:
    """The gradebook's score, else that of the checks; None where a person has yet to give one."""
    if grade is None:
        return result.score if result else (0.0 if record else None)
    return None if grade.waiting and grade.manual is None else grade.score


def _common(items: tuple[ItemResult, ...]) -> str:
    """What was seen, where more than one item failed and all saw the same."""
    seen = [item.message for item in items if not item.passed]
    return seen[0] if len(seen) > 1 and len(set(seen)) == 1 else ""


def _said(comments: list[CellComment | None]) -> tuple[str, ...]:
    texts = (one.manual if one.manual is not None else one.automatic for one in comments if one is not None)
    return tuple(text for text in texts if text and text.strip() and text != _NO_RESPONSE)


def _untouched(comments: list[CellComment | None]) -> bool:
    return any(one is not None and one.manual is None and one.automatic == _NO_RESPONSE for one in comments)
