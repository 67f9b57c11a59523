"""Groups of submissions whose graded code is nearly equal, as a person should look at them side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autograder.reports.class_report.candidates import LEAST_SHARED, Code, Pair, Runs, alike_pairs, own_runs
from autograder.reports.class_report.model import Alike
from autograder.reports.class_report.side_by_side import Sides, compare

MOST_GROUPS: Final = 40
LEAST_SIMILAR: Final = 0.6  # by copydetect, of the graded code that is not the release's
_MOST_VIEWS: Final = 3  # pairs of one group that are shown side by side


@dataclass(frozen=True, slots=True)
class Group:
    """A group, with what its page shows.

    Attributes:
        alike: What the report says of it.
        views: Its most similar pairs, side by side.
    """

    alike: Alike
    views: tuple[Sides, ...]


def alike_groups(
    codes: Mapping[str, Code], failed: Mapping[str, Iterable[str]], stubs: Code, reference: Code
) -> tuple[tuple[Group, ...], int]:
    """Groups of nearly equal submissions, the most alike first, and how many more there are than are shown.

    Args:
        codes: The text of each graded function, by student.
        failed: Ids of the items that each student failed.
        stubs: The release's graded cells.
        reference: The reference's graded cells.
    """
    members, own = _same_texts(codes, [*stubs.values(), *reference.values()])
    pairs = alike_pairs(own)
    joined = _joined(pairs)
    paired = {first for firsts in joined for first in firsts}
    joined += [[first] for first, students in members.items() if len(students) > 1 and first not in paired]
    groups = []
    for firsts in joined[:MOST_GROUPS]:
        students = [student for first in firsts for student in members[first]]
        best = [pair for pair in pairs if pair.first in firsts]
        best = best or [Pair(students[0], students[1], len(own[students[0]]), 1.0)]
        group = _group(students, best, codes, failed, stubs)
        if group.alike.similarity >= LEAST_SIMILAR:
            groups.append(group)
    groups.sort(key=lambda one: (not one.alike.same_text, -one.alike.similarity, one.alike.students))
    return tuple(groups), max(0, len(joined) - MOST_GROUPS)


def _group(
    students: Sequence[str],
    pairs: Sequence[Pair],
    codes: Mapping[str, Code],
    failed: Mapping[str, Iterable[str]],
    stubs: Code,
) -> Group:
    views = tuple(compare(one.first, one.second, codes, stubs) for one in pairs[:_MOST_VIEWS])
    best = max(views, key=lambda view: view.similarity)
    common = set.intersection(*(set(failed[student]) for student in students))
    alike = Alike(
        tuple(sorted(students)),
        round(best.similarity, 3),
        max(pair.shared for pair in pairs),
        len({_text(codes[student]) for student in students}) == 1,
        tuple(item for item in failed[students[0]] if item in common),
    )
    return Group(alike, views)


def _same_texts(codes: Mapping[str, Code], known: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, Runs]]:
    """Students of each text, and its own runs, by the first of them; those with little of their own are left out."""
    by_text: dict[str, list[str]] = defaultdict(list)
    for student, code in codes.items():
        by_text[_text(code)].append(student)
    runs = own_runs((codes[students[0]] for students in by_text.values()), known)
    own = {
        students[0]: found
        for students, found in zip(by_text.values(), runs, strict=True)
        if len(found) >= LEAST_SHARED
    }
    return {students[0]: students for students in by_text.values() if students[0] in own}, own


def _text(code: Code) -> str:
    return "\n".join(line.rstrip() for text in code.values() for line in text.splitlines() if line.strip())


def _joined(pairs: Iterable[Pair]) -> list[list[str]]:
    """Groups of students that pairs connect, in the order of their first pair."""
    leader: dict[str, str] = {}

    def find(student: str) -> str:
        while leader.setdefault(student, student) != student:
            student = leader[student]
        return student

    order: dict[str, None] = {}
    for pair in pairs:
        order |= {pair.first: None, pair.second: None}
        leader[find(pair.second)] = find(pair.first)
    groups: dict[str, list[str]] = defaultdict(list)
    for student in order:
        groups[find(student)].append(student)
    return list(groups.values())
