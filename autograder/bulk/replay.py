"""One grade repeated as it was made, and a folder about it that can be attached to an appeal."""

import glob
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from nbgrader.coursedir import CourseDirectory

from autograder.bulk.difference import Change, change_of
from autograder.bulk.submissions import submitted_folders
from autograder.errors import AutograderError
from autograder.frame.engines import grader_for
from autograder.frame.options import Autograder
from autograder.grading.reading import UnreadableNotebookError
from autograder.grading.record import Provenance, Record, provenance, read_record
from autograder.models import Result


@dataclass(frozen=True, slots=True)
class Replay:
    """A grade, and the same work graded once more.

    Attributes:
        recorded: What counts.
        repeated: What the same bytes got now.
        folder: Where both lie, with the submission.
    """

    recorded: Record
    repeated: Record
    folder: Path

    @property
    def differing(self) -> tuple[str, ...]:
        """Parts of what a grade follows from that are no longer as they were: with any, the repetition is not exact."""
        return self.repeated.provenance.changed_since(self.recorded.provenance)

    @property
    def change(self) -> Change | None:
        """What the repetition gave otherwise; None where every item and the status are the same."""
        return change_of("", self.recorded, self.repeated)


def replay(coursedir: CourseDirectory, options: Autograder, assignment: str, student: str) -> Replay:
    """Grade a recorded submission again, with its bytes, seeds and limits; the gradebook is not touched.

    Args:
        coursedir: nbgrader's folders.
        options: The platform's options.
        assignment: The assignment's name.
        student: The student's id.

    Raises:
        AutograderError: There is no submission or no recorded grade of it, or the folder cannot be written.
    """
    submission = submitted_folders(coursedir, assignment, glob.escape(student))[0]
    recorded = read_record(submission.autograded / submission.notebook.name)
    if recorded is None:
        raise AutograderError(
            "there is no recorded grade to repeat",
            where=f"{student}, {assignment}",
            remedy=f"Run: autograder grade {assignment} --student {student}",
        )
    course, grading = options.course(coursedir), options.grading()
    submitted = submission.read(grading.max_bytes)
    made_from = provenance(course, assignment, grading).of(submitted, submission.folder)
    repeated = grader_for(course, assignment, grading).grade(submitted).result
    folder = Path(coursedir.root) / "appeals" / student / assignment
    made = Replay(recorded, Record(repeated, made_from), folder)
    _write(made, submitted.content, student)
    return made


def _write(made: Replay, content: bytes | UnreadableNotebookError, student: str) -> None:
    partial = made.folder.with_name(f".{made.folder.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        if isinstance(content, bytes):
            (partial / "submission.ipynb").write_bytes(content)
        (partial / "recorded.json").write_bytes(_json(made.recorded))
        (partial / "repeated.json").write_bytes(_json(made.repeated))
        (partial / "README.md").write_text("\n".join(_page(made, student)) + "\n", encoding="utf-8")
        shutil.rmtree(made.folder, ignore_errors=True)
        partial.rename(made.folder)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise AutograderError(
            f"the folder for the appeal cannot be written ({error.strerror})", where=str(made.folder)
        ) from error


class _Shown(msgspec.Struct):
    made_from: Provenance
    result: Result


def _json(record: Record) -> bytes:
    return msgspec.json.format(msgspec.json.encode(_Shown(record.provenance, record.result)))


def _page(made: Replay, student: str) -> Iterator[str]:
    before, now = made.recorded.result, made.repeated.result
    yield f"# {before.assignment}: the grade of {student}, repeated\n"
    yield f"Repeated on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC with {made.repeated.provenance.versions}.\n"
    if made.differing:
        yield f"Not an exact repetition: since the grade was recorded, this changed: {', '.join(made.differing)}.\n"
    else:
        yield "Same submission, release, checks, limits and versions as when the grade was recorded.\n"
    yield f"Recorded: {before.score:g} of {before.max_score:g} points ({before.status})."
    yield f"Repeated: {now.score:g} of {now.max_score:g} points ({now.status}).\n"
    if made.change is None:
        yield "Every check item gave the same result.\n"
    for item in made.change.items if made.change else ():
        yield f"- {item.function}, {item.id}: {item.before} before, {item.after} now. {item.message}"
    yield "| function | check | points | result | what was seen |\n|---|---|---|---|---|"
    for name, function in now.functions.items():
        for one in function.items:
            cells = (name, one.line, f"{one.points:g}", "passed" if one.passed else "failed", one.message)
            yield "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
