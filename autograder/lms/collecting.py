"""``nbgrader zip_collect`` for the archives of Canvas and Moodle: each file to the student whom the roster knows.

nbgrader asks its collector for one file after the other. This one looks at all of them when it is asked first, so that
it can tell the newest of several and say once what it cannot place; what it cannot place stays in ``extracted/``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks

from autograder.errors import AutograderError
from autograder.lms.archives import ArchivedFile, stems
from autograder.lms.enrolling import opened
from autograder.lms.matching import People
from autograder.lms.placing import Places

_RUBBISH = ("__MACOSX", ".DS_Store", "Thumbs.db")
_TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that has a student, and the name under which it is collected."""

    path: str
    file: ArchivedFile
    student: str
    target: str


class ArchiveCollector(FileNameCollectorPlugin):
    """``c.ZipCollectApp.collector_plugin``: collects what Canvas and Moodle name as they do.

    Where the course gives nbgrader's own ``named_regexp``, that counts.
    """

    _chosen: Mapping[str, Placed] | None = None

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Whose a file is and what it is called; None for one that is left where it is.

        Args:
            submitted_file: Absolute path of the file in the folder of extracted files.
        """
        if self.named_regexp:
            stock: dict[str, str] | None = super().collect(submitted_file)
            return stock
        if self._chosen is None:
            try:
                self._chosen = {one.path: one for one in self._choose()}
            except AutograderError as error:
                self.parent.fail(str(error))
        placed = (self._chosen or {}).get(submitted_file)
        return None if placed is None else {"student_id": placed.student, "file_id": placed.target}

    def _choose(self) -> Iterator[Placed]:
        """The files to collect: of each student's files with one name, the newest."""
        coursedir = self.parent.coursedir
        root = self._folder(self.parent.extracted_directory)
        with opened(coursedir.db_url, coursedir.course_id) as gradebook:
            students = list(gradebook.students)
            if not students:
                raise AutograderError(
                    "the gradebook has no students, by whom files could be told apart",
                    remedy="Export the roster from the LMS and run: autograder roster FILE",
                )
            placed = list(self._placed(root, Places(People(students), root, self._archives())))
        self._say_late(placed)
        by_student: dict[str, list[Placed]] = defaultdict(list)
        for one in placed:
            by_student[one.student].append(one)
        released = coursedir.format_path(coursedir.release_directory, ".", coursedir.assignment_id)
        names = {Path(path).stem for path in find_all_notebooks(released)}
        for files in by_student.values():
            yield from self._newest(self._named(files, names))

    def _folder(self, step: str) -> Path:
        return Path(self.parent._format_collect_path(step))

    def _archives(self) -> set[tuple[str, ...]]:
        """Where nbgrader extracts the archives that the instructor laid down, inside of the extracted folder."""
        folder = self._folder(self.parent.archive_directory)
        found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {(*path.parent.parts, path.name.removesuffix(path.suffix).removesuffix(".tar")) for path in found}

    def _placed(self, root: Path, places: Places) -> Iterator[Placed]:
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            if not path.is_file() or any(part in _RUBBISH or part.startswith("._") for part in inside.parts):
                continue
            if path in places.worksheets:
                self.log.info("The grading worksheet %s tells the numbers of participants", inside)
            elif path.is_symlink() or path.name == _TIMESTAMP:
                self._leave(inside, "a link, or a time that the student wrote")
            elif path.suffix not in self.valid_ext:
                self._leave(inside, f"only {', '.join(self.valid_ext)} is collected (c.ArchiveCollector.valid_ext)")
            elif isinstance(whose := places.whose(inside.parts), str):
                self._leave(inside, whose)
            else:
                yield Placed(str(path), whose[1], whose[0], whose[1].given)

    def _named(self, files: list[Placed], released: set[str]) -> list[Placed]:
        """A student's files under the names of the released notebooks, as far as they can be told.

        A single notebook with a name of its own is the assignment's when that has one notebook only.
        """
        named = [replace(one, target=_target(one, released)) for one in files]
        notebooks = [one for one in named if one.path.endswith(".ipynb")]
        if len(notebooks) != 1 or len(released) != 1:
            return named
        (one,), target = notebooks, f"{next(iter(released))}.ipynb"
        if one.target != target:
            self.log.warning("%s handed in one notebook, %r: it is taken for %s", one.student, one.file.given, target)
        return [replace(other, target=target) if other is one else other for other in named]

    def _newest(self, files: Iterable[Placed]) -> Iterator[Placed]:
        newest: dict[str, Placed] = {}
        for one in sorted(files, key=_age):
            older = newest.get(one.target)
            if older is not None:
                self._leave(Path(older.file.given), f"{one.student} has a newer one, {one.file.given!r}")
            newest[one.target] = one
        yield from newest.values()

    def _leave(self, inside: Path, why: str) -> None:
        self.log.warning("Not collected: %r: %s", inside.as_posix(), why)

    def _say_late(self, placed: list[Placed]) -> None:
        late = sorted({one.student for one in placed if one.file.late})
        if late:
            self.log.warning(
                "Canvas says that these were late, but not when; for a late penalty, write the time into %s beside "
                "each notebook: %s",
                _TIMESTAMP,
                ", ".join(late),
            )


def _target(one: Placed, released: set[str]) -> str:
    """The released notebook that a file's name means, else the name that the student gave it."""
    by_case = {name.casefold(): name for name in released}
    known = next((by_case[stem.casefold()] for stem in stems(one.file.given) if stem.casefold() in by_case), None)
    return f"{known}.ipynb" if known and one.path.endswith(".ipynb") else one.file.given


def _age(one: Placed) -> tuple[int, int, str]:
    """What grows with time: Canvas' file IDs; elsewhere the number that was added to a name."""
    numbers = re.findall(r"\d+", one.file.given)
    again = int(numbers[-1]) if numbers and len(stems(one.file.given)) > 1 else 0
    return one.file.order, again, one.path
