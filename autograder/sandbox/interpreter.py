"""Where the interpreter lies in the sandbox's view, and what of it must not be seen."""

import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NEUTRAL: Final = "/opt/python"
_USR: Final = Path("/usr")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The grader's own Python, as it is called inside.

    Attributes:
        program: Path of the executable inside.
        prefix: What ``sys.base_prefix`` must be inside; another one means another standard library.
        bound_from: The folder to show as `prefix`, or None where it lies under /usr, which is shown anyway.
        masked: Folders inside that are hidden, since they hold packages that were not asked for.
    """

    program: str
    prefix: str
    bound_from: Path | None
    masked: tuple[str, ...]


def find_interpreter() -> Interpreter:
    """The interpreter that runs this process, without any virtual environment around it."""
    prefix = Path(sys.base_prefix)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if prefix.is_relative_to(_USR):
        return Interpreter(f"{prefix}/bin/{name}", str(prefix), None, tuple(map(str, _package_folders(prefix))))
    masked = tuple(NEUTRAL + str(one)[len(str(prefix)) :] for one in _package_folders(prefix))
    return Interpreter(f"{NEUTRAL}/bin/{name}", NEUTRAL, prefix, masked)


def _package_folders(prefix: Path) -> Iterator[Path]:
    version = sysconfig.get_python_version()
    candidates = {prefix / sys.platlibdir / f"python{version}" / "site-packages"}
    candidates.add(prefix / "lib" / f"python{version}" / "site-packages")
    if prefix.is_relative_to(_USR):  # Debian's names, and what an administrator installed beside
        for place in ("lib/python3/dist-packages", f"local/lib/python{version}/dist-packages"):
            candidates.add(_USR / place)
        candidates.add(_USR / f"local/lib/python{version}/site-packages")
    return (one for one in sorted(candidates) if one.is_dir())
