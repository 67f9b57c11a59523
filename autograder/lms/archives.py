"""The names that Canvas and Moodle give submitted files in the archives that they hand out.

Canvas ("How do I download all student submissions for an assignment?", and its `ContentZipper`) names a file
``lovelaceada_LATE_12345_678910_optimization-1.ipynb``: the sortable name in small letters without spaces and
punctuation, LATE if it was, the user's ID, the file's ID, the name that the student gave it, and ``-1`` or a UUID after
that where the name was taken already, as when somebody hands in again. Files' IDs grow with time. Anonymous grading
writes ``anon_Ab3xY`` for name and ID.

Moodle ("Using Assignment", MoodleDocs, and its `download_submissions`) makes a folder
``Ada Lovelace_123456_assignsubmission_file_/`` (newer ones ``..._file/``; before 3.1 a prefix of the file's name): the
full name in the site's order, and the number that the assignment's grading worksheet has as ``Participant 123456``. It
is no user's ID. A group's name may stand before the person's, with a hyphen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CANVAS = re.compile(r"(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<given>.+)")
_ANONYMOUS = re.compile(r"(?:LATE_)?anon_[A-Za-z0-9]+_\d+_.+")
_MOODLE = re.compile(r"(?P<name>.*?)_(?P<participant>\d+)_assignsubmission_file(?:_(?P<given>.*))?")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_REPEATED = re.compile(rf"(?:-(?:{_UUID}|\d{{1,2}})| ?\(\d+\)|-Copy\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file of an archive, as its name tells of it.

    Attributes:
        vendor: ``canvas`` or ``moodle``.
        name: Name of the student or group as the vendor wrote it.
        number: Canvas' user ID, or Moodle's number of the participant in this assignment.
        given: The name that the student gave the file, with folders in front where there were some.
        order: Grows with time among the files of a student.
        late: Whether Canvas says that it was late.
    """

    vendor: str
    name: str
    number: str
    given: str
    order: int = 0
    late: bool = False


def read_name(parts: Sequence[str]) -> ArchivedFile | None:
    """What a path inside an archive tells, or None where neither vendor writes such names.

    The outermost name counts: what lies in a folder or an archive that a student handed in has names that the student
    chose, and could claim to be somebody else's.

    Args:
        parts: The folders from the archive's top to the file, and the file's name.

    >>> read_name(["Ada Lovelace_42_assignsubmission_file_", "optimization.ipynb"]).number
    '42'
    """
    for at, part in enumerate(parts):
        below = "/".join(parts[at + 1 :])
        moodle = _MOODLE.fullmatch(part)
        if moodle and (below or moodle["given"]):
            return ArchivedFile("moodle", moodle["name"], moodle["participant"], below or moodle["given"])
        canvas = _CANVAS.fullmatch(part)
        if canvas:
            order, late = int(canvas["file"]), bool(canvas["late"])
            return ArchivedFile("canvas", canvas["name"] or "", canvas["user"], below or canvas["given"], order, late)
    return None


def is_anonymous(parts: Sequence[str]) -> bool:
    """Whether Canvas left the student's name and ID away."""
    return any(_ANONYMOUS.fullmatch(part) for part in parts)


def stems(given: str) -> tuple[str, ...]:
    """What a notebook may have been called before an LMS or a browser numbered it: as it is, then without numbers.

    >>> stems("optimization-1-2.ipynb")
    ('optimization-1-2', 'optimization-1', 'optimization')
    """
    found = [re.sub(r"\.ipynb$", "", given.rsplit("/", 1)[-1], flags=re.IGNORECASE).strip()]
    while _REPEATED.search(found[-1]):
        found.append(_REPEATED.sub("", found[-1]))
    return tuple(found)
