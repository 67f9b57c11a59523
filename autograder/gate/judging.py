"""The gate's judgement of an assignment: whether right answers pass, mistakes cost, and by what margin."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from autograder.gate.candidates import MISTAKES, Candidate, Origin
from autograder.gate.trials import Trial
from autograder.grading.catalogue import Equivalent
from autograder.grading.fresh import Disagreement
from autograder.grading.items import CheckItem

MARGIN: Final = 100.0  # between a right answer's error, the tolerance, and a wrong answer's error
EQUIVALENT_SHARE: Final = 0.05  # of a reference's mutants that may be equivalent to it


class Survivor(msgspec.Struct, frozen=True):
    """A mutant that no check item failed.

    Attributes:
        function: The graded function.
        where: Its line in the graded cell, and what was done there.
        diff: The lines that were changed.
        reason: Why it is no mistake, where the catalogue lists it; else empty.
    """

    function: str
    where: str
    diff: str
    reason: str


class FunctionReport(msgspec.Struct, frozen=True):
    """How the items of one function fared.

    Attributes:
        name: The graded function.
        items: How many items it has.
        points: Their points.
        alternatives: How many alternatives there are, and how many of them got full marks.
        misconceptions: How many there are, and how many lost points in this function and in no other.
        mutants: How many there are, and how many lost points.
        equivalents: How many of the others are listed as no mistake.
    """

    name: str
    items: int
    points: float
    alternatives: tuple[int, int]
    misconceptions: tuple[int, int]
    mutants: tuple[int, int]
    equivalents: int


class Report(msgspec.Struct, frozen=True):
    """The gate's judgement of one assignment.

    Attributes:
        assignment: Its name.
        faults: Why it may not be released, a line each; none where the gate is open.
        functions: A report for each graded function.
        survivors: Mutants that no item failed, the equivalent ones among them.
        never_lost: Items that no mutant fails, with their points.
        never_alone: Items without which every mutant would still be caught.
        right_margin: How many times the largest error of a right answer fits into the tolerance; None without errors.
        wrong_margin: How many times the tolerance fits into the smallest error of a wrong answer; None without any.
        seconds: How long the trials took, in seconds.
    """

    assignment: str
    faults: tuple[str, ...]
    functions: tuple[FunctionReport, ...]
    survivors: tuple[Survivor, ...]
    never_lost: tuple[tuple[str, float], ...]
    never_alone: tuple[str, ...]
    right_margin: float | None
    wrong_margin: float | None
    seconds: float = 0.0

    @property
    def open(self) -> bool:
        """Whether the assignment may be released."""
        return not self.faults


def judged(
    assignment: str,
    items: Sequence[CheckItem],
    trials: Sequence[Trial],
    equivalents: Sequence[tuple[Equivalent, str]],
    other_faults: Sequence[str],
) -> Report:
    """Judge an assignment by its trials.

    Args:
        assignment: Its name.
        items: Its check items.
        trials: What became of all candidates.
        equivalents: Edits that the catalogue lists as no mistake, each with the text of the edited cell.
        other_faults: What else speaks against a release, a line each.
    """
    functions = list(dict.fromkeys(item.function for item in items))
    survivors = [_survivor(one, equivalents) for one in trials if _is(one, Origin.MUTANT) and not one.failed]
    lost = Counter(item for one in trials if _is(one, Origin.MUTANT) for item in one.failed)
    mistaken = Counter(item for one in trials if _is(one, *MISTAKES) for item in one.failed)
    alone = {item for one in trials if _is(one, Origin.MUTANT) and len(one.failed) == 1 for item in one.failed}
    right = max((one.error for one in trials if not _is(one, Origin.STUB, *MISTAKES)), default=0.0)
    wrong = min((one.error for one in trials if _is(one, *MISTAKES) and one.error > 1), default=math.inf)
    reports = tuple(_function_report(name, items, trials, survivors) for name in functions)
    faults = [
        *_faults_of_trials(items, trials),
        *_faults_of_functions(reports),
        *(f"{one.function}, {one.where}: no check item fails this mutant" for one in survivors if not one.reason),
        *_stale(equivalents, trials),
        *(f"{one.place}: no mistake ever fails {one.id}" for one in items if not mistaken[one.id]),
        *_faults_of_margins(right, wrong, trials),
        *other_faults,
    ]
    return Report(
        assignment,
        tuple(faults),
        reports,
        tuple(survivors),
        tuple((item.id, item.points) for item in items if not lost[item.id]),
        tuple(item.id for item in items if item.id not in alone),
        1 / right if 0 < right < math.inf else None,
        wrong if wrong < math.inf else None,
    )


def _is(trial: Trial, *origins: Origin) -> bool:
    return trial.candidate.origin in origins


def _survivor(trial: Trial, equivalents: Sequence[tuple[Equivalent, str]]) -> Survivor:
    one = trial.candidate
    reason = next((listed.reason for listed, source in equivalents if source == one.source), "")
    return Survivor(one.function, one.name, one.diff, reason)


def _function_report(
    name: str, items: Sequence[CheckItem], trials: Sequence[Trial], survivors: Sequence[Survivor]
) -> FunctionReport:
    own = {item.id for item in items if item.function == name}

    def count(origin: Origin) -> tuple[int, int]:
        tried = [one for one in trials if _is(one, origin) and one.candidate.function == name]
        as_wished = sum(not one.failed if origin is Origin.ALTERNATIVE else _spoils_its_own(one, own) for one in tried)
        return len(tried), as_wished

    return FunctionReport(
        name,
        len(own),
        sum(item.points for item in items if item.id in own),
        count(Origin.ALTERNATIVE),
        count(Origin.MISCONCEPTION),
        count(Origin.MUTANT),
        sum(one.function == name and bool(one.reason) for one in survivors),
    )


def _spoils_its_own(trial: Trial, own: set[str]) -> bool:
    return bool(trial.failed) and trial.failed <= own


def _faults_of_trials(items: Sequence[CheckItem], trials: Sequence[Trial]) -> Iterator[str]:
    by_id = {item.id: item for item in items}
    for trial in trials:
        one = trial.candidate
        first = next((item for item in trial.verdicts if item in trial.failed), "")
        match one.origin:
            case Origin.REFERENCE if first:
                yield f"{by_id[first].place}: the reference fails {first}: {trial.verdicts[first].message}"
            case Origin.STUB:
                passed = [item for item in trial.verdicts if item not in trial.failed]
                yield from (f"{by_id[item].place}: the bare stub passes {item}" for item in passed)
            case Origin.ALTERNATIVE if first:
                yield (
                    f"{one.place}: the alternative '{one.name}' of {one.function} fails {first}: "
                    f"{trial.verdicts[first].message}"
                )
            case Origin.ALTERNATIVE if trial.fresh:
                yield _fault_on_fresh_inputs(one, trial.fresh[0], by_id[trial.fresh[0].item])
            case Origin.MISCONCEPTION:
                yield from _faults_of_misconception(one, trial, by_id)


def _fault_on_fresh_inputs(one: Candidate, found: Disagreement, item: CheckItem) -> str:
    who = f"{one.place}: the alternative '{one.name}' of {one.function}"
    if found.unfit:
        who = f"{item.place}: the reference"
    return f"{who} fails {item.id} with the seed {item.seed + found.shift}: {found.message}"


def _faults_of_misconception(one: Candidate, trial: Trial, by_id: dict[str, CheckItem]) -> Iterator[str]:
    spoiled = {by_id[item].function: item for item in trial.failed}
    if one.function not in spoiled:
        yield f"{one.place}: the misconception '{one.name}' loses no point in {one.function}"
    for function, item in spoiled.items():
        if function != one.function:
            yield f"{one.place}: the misconception '{one.name}' of {one.function} also fails {item} of {function}"


def _faults_of_functions(reports: Sequence[FunctionReport]) -> Iterator[str]:
    for one in reports:
        for kind, (count, _) in (("alternative", one.alternatives), ("misconception", one.misconceptions)):
            if not count:
                yield f"{one.name} has no {kind}: nobody knows whether its items judge rightly"
        if one.equivalents > EQUIVALENT_SHARE * one.mutants[0] and one.equivalents > 1:
            yield (
                f"{one.name}: {one.equivalents} of {one.mutants[0]} mutants are listed as equivalent, more than "
                f"{EQUIVALENT_SHARE:.0%}. Let the items look closer, or write the reference more simply"
            )


def _stale(equivalents: Sequence[tuple[Equivalent, str]], trials: Sequence[Trial]) -> Iterator[str]:
    alive = {one.candidate.source for one in trials if _is(one, Origin.MUTANT) and not one.failed}
    for listed, source in equivalents:
        if source not in alive:
            yield f"{listed.place}: '{listed.name}' is listed as equivalent and is no surviving mutant. Take it out"


def _faults_of_margins(right: float, wrong: float, trials: Sequence[Trial]) -> Iterator[str]:
    if right * MARGIN > 1:
        one = next(one for one in trials if one.error == right).candidate
        who = f"the alternative '{one.name}' of {one.function}" if one.function else "the reference"
        where = f"{one.place}: " if one.place else ""
        yield (
            f"{where}{who} is right and uses {right:.2g} of the tolerance: under a factor of {MARGIN:g}. "
            "Choose inputs that round less, or a wider tolerance"
        )
    if wrong < MARGIN:
        one = next(trial.candidate for trial in trials if trial.error == wrong)
        where = f"{one.place}: " if one.place else ""
        yield (
            f"{where}{one.function}, {one.name}: this is wrong by only {wrong:.3g} times the tolerance, under a factor "
            f"of {MARGIN:g}. Choose inputs on which it matters more, or a tighter tolerance"
        )
