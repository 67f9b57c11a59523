"""Which installed files student code may import: a few distributions with what they require, and nothing else."""

from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.errors import IsolationError

ALWAYS: Final = ("numpy", "ipython", "matplotlib", "matplotlib-inline", "msgspec")


def importable(more: Sequence[str]) -> dict[str, Path]:
    """Every top-level file and folder to show inside, by its name.

    Args:
        more: Names of further distributions.

    Raises:
        IsolationError: One of them isn't installed, or not in a form that can be shown alone.
    """
    entries: dict[str, Path] = {}
    for found in _closure((*ALWAYS, *more)):
        entries.update(_entries(found))
    return entries


def _closure(names: Sequence[str]) -> Iterator[Distribution]:
    """The distributions and what they require here, each once."""
    waiting = [Requirement(name) for name in names]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if key in seen:
            continue
        seen.add(key)
        found = _installed(requirement.name)
        yield found
        extras = requirement.extras or {""}
        for line in found.requires or ():
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise IsolationError(
            f"the package {name} is not installed, and student code needs it",
            remedy=f"Install {name} into the grader's environment.",
        ) from None


def _tops(found: Distribution) -> Iterator[str]:
    """The first part of each installed file's path."""
    if (record := found.read_text("RECORD")) is not None:  # a wheel's; a path for each of its lines takes half a second
        return (line.partition(",")[0].partition("/")[0].strip('"') for line in record.splitlines())
    return (file.parts[0] for file in found.files or ())


def _entries(found: Distribution) -> Iterator[tuple[str, Path]]:
    names = set(_tops(found)) - {"..", "__pycache__"}
    shown = {name for name in names if not name.endswith(".pth") and not name.startswith("__editable__")}
    if not any(not name.endswith(".dist-info") for name in shown):
        raise IsolationError(
            f"the package {found.name} is installed in a form that can't be shown to student code",
            remedy=f"Install {found.name} as an ordinary wheel, not as editable.",
        )
    for name in sorted(shown):
        path = Path(str(found.locate_file(name)))
        if path.exists():
            yield name, path.resolve()
