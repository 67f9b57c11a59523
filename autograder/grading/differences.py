"""What a submission's cells were found to lack or to have changed: notes, and what a person should see."""

from nbformat import NotebookNode

from autograder.grading.matching import Match, grade_id_of, is_locked, text_differs
from autograder.notebooks import Mark, below_editors_lines, read_mark


def differences(match: Match) -> tuple[list[str], list[str]]:
    """Notes on what was mended, and suspicions of tampering: a line each, for the student and the instructor."""
    notes: list[str] = []
    suspicions: list[str] = []
    ours = [n for n, cell in enumerate(match.release) if grade_id_of(cell)]
    bare = bool(match.found) and all(not match.submitted[m].metadata.get("nbgrader") for m in match.found.values())
    if bare:
        suspicions.append(
            "The whole notebook had lost nbgrader's metadata, as some editors leave it; its cells were found by their "
            "first lines and by the functions that they define."
        )
    notes += [f"The cell of {name} was found by the function that it defines." for name in match.by_function]
    lacking = any(n not in match.found for n in ours)
    texts = ["\n".join(_lines(cell.source)) for cell in match.submitted if lacking and cell.cell_type == "code"]
    for n in ours:
        released, m = match.release[n], match.found.get(n)
        if m is None:
            note, suspicion = _missing(released, texts)
        else:
            note, suspicion = _changed(m, released, match)
            if not bare:
                suspicions += _forged(match.submitted[m], released)
                notes += _unmarked(match.submitted[m], released)
        notes += note
        suspicions += suspicion
    suspicions += _doubled(match)
    return notes, suspicions


def _missing(released: NotebookNode, texts: list[str]) -> tuple[list[str], list[str]]:
    """What to say of a cell that is not there, unless one of the texts holds it: a note, or a suspicion."""
    label = _label(released)
    if not is_locked(released):
        return [f"The cell {label} was missing and was put back."], []
    text = "\n".join(_lines(released.source))
    if any(text in whole for whole in texts):
        return [f"The locked cell {label} had been merged with another one; it was put back."], []
    return [], [f"The cell {label} was missing and was put back."]


def _changed(place: int, released: NotebookNode, match: Match) -> tuple[list[str], list[str]]:
    """What to say of a locked cell whose text is not the release's: a note, or a suspicion."""
    if not is_locked(released) or not text_differs(match.submitted[place], released):
        return [], []
    text, taken = _lines(released.source), set(match.found.values()) - {place}
    parts: list[str] = []
    for m in range(place, len(match.submitted)):
        if m in taken or len(parts) >= len(text):
            break
        parts += _lines(match.submitted[m].source)
        if parts == text:
            return [f"The locked cell {_label(released)} had been split; it was put together again."], []
    return [], [f"The locked cell {_label(released)} had been changed; it was restored."]


def _lines(text: str) -> list[str]:
    """Lines that are not blank, for cells that were merged or split."""
    return [line.rstrip() for line in below_editors_lines(text).splitlines() if line.strip()]


def _unmarked(cell: NotebookNode, released: NotebookNode) -> list[str]:
    """A note of a cell of the student's own that lost its metadata, as one does that is typed anew."""
    if cell.metadata.get("nbgrader") or is_locked(released):
        return []
    return [f"The cell {_label(released)} had lost nbgrader's metadata; it was put back."]


def _forged(cell: NotebookNode, released: NotebookNode) -> list[str]:
    claimed, true = cell.metadata.get("nbgrader") or {}, released.metadata.nbgrader
    if not claimed:
        lost = f"The locked cell {_label(released)} had lost nbgrader's metadata; it was put back."
        return [lost] * is_locked(released)
    wrong = [
        key
        for key in ("grade_id", "grade", "solution", "locked", "points", "task")
        if key in true and claimed.get(key, true[key] if key in ("task", "points") else None) != true[key]
    ]
    if cell.cell_type != released.cell_type:
        wrong.append("type")
    return [
        f"The marks of the cell {_label(released)} had been changed ({', '.join(wrong)}); they were restored."
    ] * bool(wrong)


def _doubled(match: Match) -> list[str]:
    ids = {grade_id_of(cell) for cell in match.release}
    extra = {grade_id_of(match.submitted[m]) for m in match.free()} & ids - {None}
    return [f"More than one cell claimed to be '{name}'; one of them was taken." for name in sorted(map(str, extra))]


def _label(released: NotebookNode) -> str:
    mark = read_mark(released)
    return f"'{mark.kind}: {mark.name}'" if isinstance(mark, Mark) else f"'{grade_id_of(released)}'"
