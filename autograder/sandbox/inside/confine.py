"""What the executor gives up before it meets a line of student code, in the order in which it can."""

import os
import resource
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import kernel, landlock

NAMESPACES: Final = "namespaces"
PROCESS: Final = "process"


@dataclass(frozen=True, slots=True)
class Walls:
    """What stands around every submission of a template besides its limits.

    Attributes:
        level: Name of the level of isolation.
        user: The user to become, or -1.
        folder: Where a submission's folder is: itself with namespaces, which make it private, else above it.
        readable: Places to be read.
        writable: Places to be written, besides the submission's folder.
        filter: The filter of system calls, as the kernel takes it; none at the level ``process``.
        landlock: The version of Landlock without which nothing may run.
    """

    level: str
    user: int
    folder: str
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    filter: bytes
    landlock: int

    @property
    def private(self) -> bool:
        """Whether a submission has namespaces of its own."""
        return self.level == NAMESPACES

    def clear(self) -> None:
        """Remove what the template made, or its submissions did: a grader that was killed can't do it any more."""
        if not self.private:
            shutil.rmtree(Path(self.folder).parent, ignore_errors=True)


def confine(limits: Mapping[str, int], keep: set[int], walls: Walls, folder: Path) -> None:
    """Confine this process and all that it will start.

    Args:
        limits: ``cpu_seconds``, ``memory_bytes``, ``processes``, ``file_bytes`` and ``open_files``.
        keep: File descriptors that stay open.
        walls: What to put up.
        folder: The submission's own folder, in which its work folder is.

    Raises:
        OSError: The kernel refused one of the steps; nothing may run then.
    """
    kernel.close_all_but(keep)
    os.setsid()
    _limit_resources(limits)
    os.chdir(folder / "work")
    if walls.level != PROCESS:
        kernel.drop_bounding_set()
    _become(walls.user)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which forgets it
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # lets the supervisor read how much memory is shared
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if walls.level != PROCESS:
        kernel.drop_capabilities()
        if landlock.version() < walls.landlock:
            raise OSError("Landlock is not there any more")
        landlock.restrict(walls.readable, (*walls.writable, str(folder)))
        kernel.filter_calls(walls.filter)  # last: it forbids most of the above


def _become(user: int) -> None:
    if user < 0:
        return
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    for path in (os.__file__, __file__):
        if not os.access(path, os.R_OK):
            raise PermissionError(f"student code's user can't read {path}")


def _limit_resources(limits: Mapping[str, int]) -> None:
    # One second between the soft and the hard limit: the first ends the process by a signal that tells why.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
    for kind, value in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
