"""The levels of isolation: what each of them is, and what it doesn't protect."""

from dataclasses import dataclass
from typing import Final

from autograder.errors import CourseError


@dataclass(frozen=True, slots=True)
class Level:
    """A level of isolation.

    Attributes:
        name: As it is asked for by ``c.Autograder.isolation`` and written into every result.
        made_of: What it is made of.
        open_to: What it doesn't protect, a sentence each.
    """

    name: str
    made_of: str
    open_to: tuple[str, ...]


NAMESPACES: Final = "namespaces"
LANDLOCK: Final = "landlock"
PROCESS: Final = "process"

LEVELS: Final = (
    Level(
        NAMESPACES,
        "bubblewrap with mount, process, network and IPC namespaces of its own, an unprivileged user, a filter of "
        "system calls, Landlock where the kernel has it, limits",
        ("The kernel is shared with the grader.",),
    ),
    Level(
        LANDLOCK,
        "Landlock, a filter of system calls, limits, a private folder; as root an unprivileged user as well",
        (
            "The kernel is shared with the grader, and so are its names of users, processes and machine.",
            "Names and sizes of files can be learned, though the files not opened.",
            "The system's programs and libraries can be read, with whatever is installed beside the interpreter.",
            "Bytes on disk and the number of processes are watched every tenth of a second rather than bounded.",
            "A submission can run for a moment longer than its supervisor where that is killed from outside.",
            "Named semaphores and locks (multiprocessing) don't work, nor does a literal /tmp.",
        ),
    ),
    Level(
        PROCESS,
        "limits and a private folder only",
        (
            "Student code can read and write every file that the grader's user can (as root: that everybody can), "
            "hidden checks and other submissions among them.",
            "It can reach the network.",
            "It can send signals to processes of the same user, the grader among them.",
            "It can read the memory of processes of the same user where the system allows that.",
            "Memory without a file, SysV memory and keys outlive it and are not counted.",
        ),
    ),
)


def level_named(name: str) -> Level:
    """The level of this name.

    Raises:
        CourseError: There is none.
    """
    for level in LEVELS:
        if level.name == name:
            return level
    names = ", ".join(level.name for level in LEVELS)
    raise CourseError(
        f"unknown level of isolation {name!r}", where="c.Autograder.isolation", remedy=f"Use one of {names}"
    )
