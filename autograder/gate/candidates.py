"""What the gate tries on an assignment's checks: right answers, and mistakes by people and by a machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

from nbformat import NotebookNode

from autograder.course import Course, read_own_notebook
from autograder.errors import CourseError
from autograder.gate.mutants import mutants_of
from autograder.grading.catalogue import (
    Alternative,
    Edit,
    Equivalent,
    Misconception,
    load_alternatives,
    load_equivalents,
    load_misconceptions,
)
from autograder.notebooks import Kind, marked


class Origin(StrEnum):
    """Where a candidate comes from."""

    REFERENCE = "reference"
    STUB = "stub"
    ALTERNATIVE = "alternative"
    MISCONCEPTION = "misconception"
    MUTANT = "mutant"


MISTAKES: Final = (Origin.MISCONCEPTION, Origin.MUTANT)


@final
@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer to an assignment: the reference in all functions but one.

    Attributes:
        origin: Where it comes from.
        function: The function that it answers in its own way; empty for reference and stub, which answer all.
        name: What it is called in its catalogue; for a mutant what was done, and where.
        source: The text of that function's graded cell; empty for reference and stub.
        place: File and line where it is written, for messages; empty for what a machine made.
        diff: What a mutant changed, else empty.
    """

    origin: Origin
    function: str = ""
    name: str = ""
    source: str = ""
    place: str = ""
    diff: str = ""


@final
@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that stands beside an assignment's checks, and the reference that it is about.

    Attributes:
        cells: The graded cells of the source notebook, by function.
        alternatives: Right answers written another way.
        misconceptions: Mistakes as edits of those cells.
        equivalents: Edits that look like mistakes and are none.
    """

    cells: Mapping[str, str]
    alternatives: tuple[Alternative, ...]
    misconceptions: tuple[Misconception, ...]
    equivalents: tuple[Equivalent, ...]

    @classmethod
    def read(cls, course: Course, assignment: str) -> "Catalogue":
        """The catalogue of an assignment.

        Raises:
            CourseError: A file is missing or damaged, or an entry is about no graded function.
        """
        source = read_own_notebook(course.source_notebook(assignment), remedy="Write the source notebook")
        checks = course.checks_folder(assignment)
        catalogue = cls(
            graded_cells(source), load_alternatives(checks), load_misconceptions(checks), load_equivalents(checks)
        )
        entries: list[Alternative | Edit] = [*catalogue.alternatives, *catalogue.misconceptions, *catalogue.equivalents]
        for one in entries:
            if one.function not in catalogue.cells:
                raise CourseError(
                    f"'{one.name}' is about {one.function}, which is no graded function of the source",
                    where=one.place,
                    remedy=f"The graded functions are: {', '.join(catalogue.cells)}",
                )
        return catalogue

    def candidates(self) -> Iterator[Candidate]:
        """Reference, stub, alternatives, misconceptions and mutants, in this order.

        Raises:
            CourseError: A misconception's edit doesn't fit the reference.
        """
        yield Candidate(Origin.REFERENCE)
        yield Candidate(Origin.STUB)
        for right in self.alternatives:
            yield Candidate(Origin.ALTERNATIVE, right.function, right.name, right.source, right.place)
        for wrong in self.misconceptions:
            source = wrong.apply(self.cells[wrong.function])
            yield Candidate(Origin.MISCONCEPTION, wrong.function, wrong.name, source, wrong.place)
        for function, cell in self.cells.items():
            for mutant in mutants_of(function, cell):
                name = f"line {mutant.line}, {mutant.operator}"
                yield Candidate(Origin.MUTANT, function, name, mutant.source, diff=mutant.diff)


def graded_cells(source: NotebookNode) -> dict[str, str]:
    """The graded cells of a source notebook, by function."""
    return {mark.name: cell.source for mark, cell in marked(source.cells) if mark.kind is Kind.GRADED}
