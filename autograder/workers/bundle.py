"""All that grading an assignment takes, as one value that can be sent to another process or machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor

from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import write_atomically
from autograder.grading.attempts import Options
from autograder.grading.plugin import CONFIG_FILE
from autograder.grading.record import Provenance, provenance

_CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Step:
    """A preprocessor that a graded notebook goes through, as the course configured it.

    Attributes:
        kind: Its class, one that every grading process can import.
        options: Its configurable traits.
    """

    kind: type[Preprocessor]
    options: Mapping[str, Any]

    def made(self) -> Preprocessor:
        """The preprocessor."""
        return self.kind(**self.options)


@dataclass(frozen=True, slots=True)
class Bundle:
    """An assignment as it was on disk at one moment: an edit while a class is graded changes none of its grades.

    Attributes:
        assignment: The assignment's name.
        places: Folders of the course, by the names that they have where the bundle is unpacked: messages name
            the course's own.
        files: Released files, checks and reference: bytes by path in the unpacked course.
        options: What the course set.
        made_from: What its grades follow from, but for the submission.
        steps: What graded notebooks go through.
    """

    assignment: str
    places: Mapping[str, str]
    files: Mapping[str, bytes]
    options: Options
    made_from: Provenance
    steps: tuple[Step, ...] = ()

    def is_like(self, other: "Bundle") -> bool:
        """Whether the other grades the same in every way."""
        return (self.made_from, self.places, self.steps) == (other.made_from, other.places, other.steps)

    def unpack(self, folder: Path) -> Course:
        """Write the files into an empty folder, as a course."""
        for name, content in self.files.items():
            write_atomically(folder / name, content)
        write_atomically(folder / CONFIG_FILE, "")  # by which the checks find their course
        return Course(folder, _CHECKS)

    def in_the_course(self, text: str, folder: Path) -> str:
        """A message about the unpacked course, as one about the course itself."""
        for name, place in self.places.items():
            text = text.replace(str(folder / name), place)
        return text.replace(str(folder), self.places[""])


def pack(course: Course, assignment: str, options: Options, steps: tuple[Step, ...] = ()) -> Bundle:
    """Read an assignment from a course's folder; options and steps are the bundle's.

    Raises:
        CourseError: The release is missing, or a file cannot be read.
    """
    course.read_release(assignment)
    solutions = course.solutions_module(assignment)
    release, checks = course.release_notebook(assignment).parent, course.checks_folder(assignment)
    try:
        files = {
            **dict(_read(release, f"release/{assignment}")),
            **dict(_read(checks, f"{_CHECKS}/{assignment}")),
            **({f"solutions/{assignment}.py": solutions.read_bytes()} if solutions.is_file() else {}),
        }
        made_from = provenance(course, assignment, options)
    except OSError as error:
        raise CourseError(f"the file cannot be read ({error.strerror})", where=str(error.filename)) from error
    places = {
        f"{_CHECKS}/{assignment}": str(checks),
        f"release/{assignment}": str(release),
        "solutions": str(solutions.parent),
        "": str(course.root),
    }
    return Bundle(assignment, places, files, options, made_from, steps)


def _read(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
            yield f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes()
