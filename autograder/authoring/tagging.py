"""nbgrader's cell metadata, from the first lines of a source notebook's cells."""

import copy
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from autograder.authoring.ids import give_ids
from autograder.authoring.marks import refuse_malformed, refuse_unpaired
from autograder.authoring.places import Place, places_of
from autograder.authoring.regions import RegionError, fault_of_function, is_marker, regions
from autograder.errors import CourseError
from autograder.notebooks import Kind, Mark

_NBGRADER_ID = re.compile(r"[a-zA-Z0-9_-]+")  # nbgraderformat/v3.json
_ROLES = ("grade", "solution", "locked", "task")
_OTHER_MARKERS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME", "END MARK SCHEME")

Metadata = dict[str, Any]


def tag(notebook: NotebookNode, points: Mapping[str, float], *, file: str = "source notebook") -> NotebookNode:
    """A copy of a source notebook whose marked cells carry nbgrader's metadata.

    A notebook without any mark comes back as it is. Tagging twice is tagging once.

    Args:
        notebook: The source notebook, of format 4.
        points: Points of each graded function: the sum of its hidden check items.
        file: The notebook's name, for messages.

    Raises:
        CourseError: A mark is malformed or lacks its counterpart, a cell is not as its mark demands,
            an id is there twice, metadata set by hand disagrees, or check items name a function that
            the notebook doesn't grade.
    """
    tagged = copy.deepcopy(notebook)
    places = places_of(tagged, file)
    refuse_malformed(places)
    if all(place.mark is None for place in places):
        return tagged
    refuse_unpaired(places)
    _refuse_strangers(places, points, file)
    wanted = [_wanted(place, places, points) for place in places]
    _refuse_doubles(places, wanted)
    for place, metadata in zip(places, wanted, strict=True):
        _refuse_stray_markers(place, metadata)
        _refuse_disagreement(place, metadata)
        _apply(place.cell, metadata)
    give_ids(tagged)
    return tagged


def _wanted(place: Place, places: Sequence[Place], points: Mapping[str, float]) -> Metadata | None:
    """The nbgrader metadata that a cell must have, or None for an ordinary cell."""
    mark = place.mark
    if mark is None:
        question = places[place.number - 2].mark if place.number > 1 else None
        return _answer(place, question) if question is not None and question.kind is Kind.WRITTEN else None
    match mark.kind:
        case Kind.DEMO:
            return None
        case Kind.GRADED:
            fault = fault_of_function(place.cell.source, mark.name)
            if fault is not None:
                raise place.error(*fault)
            return _metadata(place, mark.grade_id, solution=True)
        case Kind.CHECK:
            return _metadata(place, mark.grade_id, grade=True, locked=True, points=_points(place, mark, points))
        case Kind.WRITTEN:
            _refuse_no_answer(place, places)
    return _metadata(place, mark.grade_id or _own_id(place), locked=True)


def _answer(place: Place, question: Mark) -> Metadata:
    """The answer of a written question: graded by hand."""
    value = float(question.points or 0)
    if not math.isfinite(value):
        raise place.error("the question above has more points than can be counted", "Give it fewer")
    return _metadata(place, f"answer-{question.name}", grade=True, solution=True, points=value)


def _metadata(place: Place, grade_id: str | None, **changes: Any) -> Metadata:
    if grade_id is None or not _NBGRADER_ID.fullmatch(grade_id):
        raise place.error(
            f"nbgrader takes no cell called '{grade_id}'", "Use a name of unaccented letters, digits, - and _ only"
        )
    return {"schema_version": 3, "grade_id": grade_id, **dict.fromkeys(_ROLES, False), **changes}


def _own_id(place: Place) -> str:
    """What given helpers without a name are called: after the source cell's own id, never by a counter."""
    if "id" not in place.cell:
        raise place.error("given helpers without a name, in a cell without an id", "Write # GIVEN: and a name")
    return f"given-{place.cell.id}"


def _points(place: Place, mark: Mark, points: Mapping[str, float]) -> float:
    value = float(points.get(mark.name, 0))
    if not (math.isfinite(value) and value > 0):
        raise place.error(
            f"there are no points from hidden check items for {mark.name}",
            f'Write an item marked @pytest.mark.graded("{mark.name}", points=...)',
        )
    return value


def _refuse_strangers(places: Sequence[Place], points: Mapping[str, float], file: str) -> None:
    """Check items of a function that no cell grades, unless the notebook grades nothing at all."""
    graded = {place.mark.name for place in places if place.mark and place.mark.kind is Kind.GRADED}
    strangers = [name for name in points if name not in graded]
    if graded and strangers:
        raise CourseError(
            f"check items grade {strangers[0]}, which the notebook does not have",
            where=file,
            remedy=f"Correct their mark, or write a cell # GRADED FUNCTION: {strangers[0]}",
        )


def _refuse_no_answer(place: Place, places: Sequence[Place]) -> None:
    after = places[place.number] if place.number < len(places) else None
    if after is None or after.cell.cell_type != "markdown" or after.mark is not None:
        raise place.error("a written question without an answer", "Put a markdown cell for the answer below it")


def _refuse_doubles(places: Sequence[Place], wanted: Sequence[Metadata | None]) -> None:
    seen: set[str] = set()
    for place, metadata in zip(places, wanted, strict=True):
        if metadata is None:
            continue
        if metadata["grade_id"] in seen:
            raise place.error(f"two cells have the id '{metadata['grade_id']}'", "Rename one")
        seen.add(metadata["grade_id"])


def _refuse_stray_markers(place: Place, metadata: Metadata | None) -> None:
    """Markers that nbgrader would stumble over, or drop together with tests that nobody would run."""
    source: str = place.cell.source
    other = next((marker for marker in _OTHER_MARKERS if marker in source), None)
    if other is not None:
        raise place.error(f"{other} has no meaning here", "Write hidden checks as check items, with pytest")
    if metadata is None or not metadata["solution"]:
        if any(map(is_marker, source.split("\n"))):
            raise place.error("a solution outside of a graded function", "Move it below a # GRADED FUNCTION line")
        return
    try:
        regions(source)
    except RegionError as error:
        raise place.error(str(error), "Correct the markers") from error


def _refuse_disagreement(place: Place, metadata: Metadata | None) -> None:
    """Metadata set by hand has to say what the first line says."""
    by_hand = place.cell.metadata.get("nbgrader") or {}
    remedy = "Remove nbgrader's metadata from the cell"
    if not isinstance(by_hand, Mapping):
        raise place.error("nbgrader's metadata is damaged", remedy)
    expected = metadata or dict.fromkeys(_ROLES, False)
    for key in (*_ROLES, "grade_id", "points"):
        if key in by_hand and by_hand[key] != expected.get(key, by_hand[key]):
            raise place.error(
                f"metadata set by hand says {key} = {by_hand[key]!r}, the first line means {expected[key]!r}",
                remedy,
            )


def _apply(cell: NotebookNode, metadata: Metadata | None) -> None:
    if metadata is None:
        cell.metadata.pop("nbgrader", None)
    else:
        cell.metadata["nbgrader"] = NotebookNode(metadata)
