"""What the executor gives up before it meets a line of student code, in the order in which it can."""

# ruff: noqa: S108  the sandbox's own, private /tmp

import os
import resource
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from . import kernel

WORK: Final = Path("/tmp/work")  # on a private tmpfs


def confine(limits: Mapping[str, int], keep: set[int]) -> None:
    """Confine this process and all that it will start.

    Args:
        limits: ``cpu_seconds``, ``memory_bytes``, ``processes``, ``file_bytes`` and ``open_files``.
        keep: File descriptors that stay open.

    Raises:
        OSError: The kernel refused one of the steps; nothing may run then.
    """
    kernel.close_all_but(keep)
    os.setsid()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    _limit_resources(limits)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    # Landlock and then seccomp belong here, last: both need no_new_privs, and seccomp forbids the calls above.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # lets the supervisor read how much memory is shared
    os.chdir(WORK)


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
