"""The levels without namespaces: a folder of the template's own on the machine as it is."""

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from autograder.errors import IsolationError
from autograder.sandbox.inside import landlock
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.launch import Launch, environment, is_root, start_command
from autograder.sandbox.levels import LANDLOCK
from autograder.sandbox.seccomp import filter_program

_PROCESSES: Final = Path("/proc/self/stat")
_INSIDE: Final = Path(__file__).parent / "inside"
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES: Final = ("/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
# systemd's range for users that exist for a moment. One for each template of a process, so that classes graded
# side by side neither count towards each other's limit of processes nor may touch each other's.
_USERS: Final = range(61184, 65520)
_turn = itertools.count()
_NOT_SHOWN: Final = shutil.ignore_patterns("site-packages", "test", "idlelib", "config-*")


def launch(level: str, interpreter: Interpreter, packages: Mapping[str, Path], channel: int) -> Launch:
    """A template beside the grader's own processes.

    Args:
        level: ``landlock`` or ``process``.
        interpreter: The Python to run.
        packages: What student code may import, by its name.
        channel: Descriptor of the template's end of its channel.

    Raises:
        IsolationError: The kernel lacks what the level is made of.
    """
    if level == LANDLOCK:
        _require_landlock()
    if not _PROCESSES.exists():
        raise IsolationError(
            "a submission's processes can't be found here: this system has no /proc as Linux has it",
            remedy="Grade on Linux; a container or a virtual machine will do.",
        )
    folder = _new_folder()
    try:
        prefix = _reachable_prefix(interpreter, folder)
        shown = _show(packages, folder)
        home = folder / "template"
        home.mkdir(mode=0o700)
        (folder / "submissions").mkdir(mode=0o711)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise IsolationError(
            f"a folder for student code cannot be made ({error.strerror})",
            where=str(folder),
            remedy="Make room there, or set TMPDIR to another folder.",
        ) from error
    variables = environment(f"{folder}/packages", str(home), str(home))
    if interpreter.bound_from is not None:
        variables["LD_LIBRARY_PATH"] = f"{prefix}/lib"
    program = f"{prefix}/bin/{Path(interpreter.program).name}"
    start = start_command(program, f"{folder}/sandbox/inside/start.py", channel, level, -1)
    expected = {"prefix": prefix, "numpy": f"{folder}/packages/numpy/__init__.py", "uid": os.geteuid()}
    return Launch(start, variables, expected, _walls(level, folder, [prefix, *shown]), folder)


def _walls(level: str, folder: Path, readable: list[str]) -> dict[str, Any]:
    walled = level == LANDLOCK
    own = (f"{folder}/packages", f"{folder}/sandbox", str(_INSIDE))
    return {
        "level": level,
        "user": _USERS[(os.getpid() + next(_turn)) % len(_USERS)] if is_root() else -1,
        "folder": f"{folder}/submissions",
        "readable": [*_SYSTEM, *_DEVICES, *own, *readable],
        "writable": ["/dev/null"],
        "filter": filter_program() if walled else b"",
        "landlock": landlock.SCOPES if walled else 0,
    }


def _require_landlock() -> None:
    known = landlock.version() if sys.platform == "linux" else 0
    if known < landlock.SCOPES:
        has = f"version {known} of Landlock" if known else "no Landlock"
        raise IsolationError(
            f"student code can't be isolated by Landlock here: this kernel has {has}, and version "
            f"{landlock.SCOPES} is needed",
            remedy="Use Linux 6.12 or newer with `landlock` among its security modules (lsm=), or another level.",
        )


def _new_folder() -> Path:
    parent = tempfile.gettempdir()
    if is_root() and not _open_to_all(Path(parent)):
        parent = "/tmp"  # noqa: S108  mkdtemp makes a name that nobody can guess
    folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=parent)).resolve()
    folder.chmod(0o711 if is_root() else 0o700)
    for name in ("packages", "sandbox"):
        (folder / name).mkdir(mode=0o755)
    (folder / "sandbox" / "inside").symlink_to(_INSIDE)
    return folder


def _reachable_prefix(interpreter: Interpreter, folder: Path) -> str:
    """Where the interpreter's files can be read by student code's user: where they are, else in a copy."""
    if interpreter.bound_from is None:
        return interpreter.prefix
    prefix = interpreter.bound_from
    if not is_root() or _open_to_all(prefix):
        return str(prefix)
    copy = folder / "python"
    for name in ("bin", "lib"):
        (copy / name).mkdir(parents=True)
    program = Path(interpreter.program).name
    _copy(prefix / "bin" / program, copy / "bin" / program)
    for path in (prefix / "lib").glob("libpython*"):
        _copy(path, copy / "lib" / path.name)
    _copy(prefix / "lib" / program, copy / "lib" / program)
    return str(copy)


def _show(packages: Mapping[str, Path], folder: Path) -> list[str]:
    """Put links to the packages, or copies of closed ones, into the folder; the places that those lead to."""
    shown = []
    for name, path in packages.items():
        place = folder / "packages" / name
        if not is_root() or _open_to_all(path):
            place.symlink_to(path)
            shown.append(str(path))
        else:
            _copy(path, place)
    return shown


def _open_to_all(path: Path) -> bool:
    """Whether any user can read the path, as its own mode and its parents' tell."""
    return bool(path.stat().st_mode & 0o004) and all(one.stat().st_mode & 0o001 for one in path.parents)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link, symlinks=True, ignore=_NOT_SHOWN)
    else:
        _link(str(source), str(target))


def _link(source: str, target: str) -> None:
    """A second name for the file, else a copy."""
    try:
        os.link(Path(source).resolve(), target)
    except OSError:
        shutil.copy2(source, target)
