"""How a template is started: its command, its environment, and what it must turn out to be."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

UNPRIVILEGED: Final = 65534  # the user ("nobody") that student code runs as where the grader is root


@dataclass(frozen=True, slots=True)
class Launch:
    """A template to be started.

    Attributes:
        words: The command.
        environment: Its environment, all of it.
        expected: What its greeting must say.
        walls: What it puts around submissions, as its greeting is asked for.
        folder: A folder to be removed with it, or None.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str]
    expected: Mapping[str, Any]
    walls: Mapping[str, Any]
    folder: Path | None = field(default=None)


def environment(packages: str, home: str, temporary: str) -> dict[str, str]:
    """The environment of student code, and of what it starts.

    Args:
        packages: Folder of what it may import.
        home: Its work folder.
        temporary: Where temporary files belong.
    """
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": temporary,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # the order of sets must be the same in every template
        "PYTHONDONTWRITEBYTECODE": "1",
        "NBGRADER_EXECUTION": "autograde",  # as nbgrader tells the code that it runs
        "PYTHONPATH": packages,  # for interpreters that student code starts
        # OpenBLAS's threads would make the kernel refuse a new user namespace, and break in forks.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "IPYTHONDIR": f"{temporary}/.ipython",
        "MPLCONFIGDIR": f"{temporary}/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def start_command(program: str, start: str, channel: int, level: str, user: int) -> tuple[str, ...]:
    """The command that runs ``inside/start.py``.

    Args:
        program: The interpreter.
        start: Path of the script.
        channel: Descriptor of the template's end of its channel.
        level: Name of the level of isolation.
        user: The user to become at once, or -1.
    """
    # Not -I: it would ignore PYTHONHASHSEED. The environment is ours alone.
    return (program, "-P", "-s", "-S", "-B", start, str(channel), level, str(user))


def is_root() -> bool:
    """Whether this process is root's."""
    return os.geteuid() == 0
