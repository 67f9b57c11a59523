"""The four assignments of the course and their check items, answered in this process by the course's own code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from commands import PROJECT

from autograder.authoring import solutions_module
from autograder.grading.catalogue import Alternative, Misconception, load_alternatives, load_misconceptions
from autograder.grading.reference import Reference
from autograder.grading.suite import Suite, Verdict
from autograder.notebooks import Kind, marked

NAMES = ("initialization", "regularization", "gradient_checking", "optimization")
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)

Cells = dict[str, str]


@dataclass(frozen=True)
class Assignment:
    """A source notebook and the catalogue beside its checks.

    Attributes:
        name: The assignment's name.
        checks: Its folder of checks.
        reference: The text of its reference solutions, made from the source as it is now.
        cells: The graded cells, by function.
        examples: The learner's own cell after each graded one, by function.
        visible: The visible checks, by function.
        alternatives: Right answers written another way.
        misconceptions: Mistakes as edits of the graded cells.
    """

    name: str
    checks: Path
    reference: str
    cells: Cells
    examples: Cells
    visible: Cells
    alternatives: tuple[Alternative, ...]
    misconceptions: tuple[Misconception, ...]

    def mistaken(self, name: str) -> Cells:
        """The graded cell with a mistake of the catalogue, by its function."""
        one = next(one for one in self.misconceptions if one.name == name)
        return {one.function: one.apply(self.cells[one.function])}

    def written(self, function: str, name: str) -> Cells:
        """The graded cell of an alternative, by its function."""
        named = {one.name: one.source for one in self.alternatives if one.function == function}
        return {function: named[name]}

    def solution(self, function: str) -> list[str]:
        """The lines between a graded cell's two marks, without blank ones."""
        (lines,) = SOLUTION.findall(self.cells[function])
        return [line for line in lines.splitlines() if line.strip()]

    def stub(self, function: str) -> str:
        """The graded cell as nobody has written it."""
        return SOLUTION.sub("raise NotImplementedError", self.cells[function])


@cache
def read(name: str) -> Assignment:
    """An assignment as it stands in the course."""
    source = nbformat.read(PROJECT / "source" / name / f"{name}.ipynb", as_version=4)
    checks = PROJECT / "autograder" / "checks" / name
    texts = [cell.source for cell in source.cells]
    visible = {mark.name: cell.source for mark, cell in marked(source.cells) if mark.kind is Kind.CHECK}
    return Assignment(
        name,
        checks,
        solutions_module(source, name),
        {mark.name: cell.source for mark, cell in marked(source.cells) if mark.kind is Kind.GRADED},
        {function: texts[texts.index(text) - 2] for function, text in visible.items()},
        visible,
        load_alternatives(checks),
        load_misconceptions(checks),
    )


@dataclass(frozen=True)
class Trial:
    """What the items said of an answer.

    Attributes:
        verdicts: What each item found, by its id.
        errors: The largest error that each item met in a compared number, in units of its tolerance.
        scores: Points of each function.
    """

    verdicts: Mapping[str, Verdict]
    errors: Mapping[str, float]
    scores: Mapping[str, float]

    @property
    def failures(self) -> dict[str, str]:
        """Messages of the items that failed, by the items' ids."""
        return {item: verdict.message for item, verdict in self.verdicts.items() if not verdict.passed}

    @property
    def spoiled(self) -> set[str]:
        """The functions that lost points."""
        return {function for function, score in self.scores.items() if score < 10}


class Grader:
    """The check items of an assignment, and answers to put to them.

    Args:
        assignment: The assignment.
        root: An empty folder.
    """

    def __init__(self, assignment: Assignment, root: Path) -> None:
        (root / "solutions").mkdir()
        (root / "solutions" / f"{assignment.name}.py").write_text(assignment.reference)
        self.assignment = assignment
        self.suite = Suite(assignment.checks, root)
        self.mistaken = cache(self._mistaken)

    def try_(self, cells: Cells, function: str = "") -> Trial:
        """Run the items, of all functions or of one, with some graded cells replaced."""
        answers = Reference(self.suite.solutions, "\n\n".join(cells.values()))  # what is defined last holds
        assert answers.module  # else a cell that cannot run would be taken for one that earns nothing
        verdicts, errors = {}, {}
        scores = dict.fromkeys([function] if function else self.assignment.cells, 0.0)
        for item in (self.suite.about(function) if function else self.suite).items:
            verdicts[item.id] = self.suite.run(item, answers)
            errors[item.id] = verdicts[item.id].error
            scores[item.function] += item.points if verdicts[item.id].passed else 0
        return Trial(verdicts, errors, scores)

    def _mistaken(self, name: str) -> Trial:
        """All items on the notebook with one mistake of the catalogue; one run serves all tests about it."""
        return self.try_(self.assignment.mistaken(name))
