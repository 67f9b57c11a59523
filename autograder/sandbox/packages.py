"""Which installed packages student code may see: a few distributions and what they need, nothing else."""

import importlib.metadata
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from autograder.errors import IsolationError

BASE = ("numpy", "ipython", "matplotlib", "matplotlib-inline", "msgspec")


def visible_paths(further: Iterable[str] = ()) -> dict[str, Path]:
    """The top-level entries of the packages in the sandbox: where each lies now, by its name.

    Args:
        further: Distributions that student code may import besides the base ones.

    Raises:
        IsolationError: One of them is not installed.
    """
    entries: dict[str, Path] = {}
    for distribution in _closed_over_requirements([*BASE, *further], required={*BASE, *further}):
        for name in _top_level(distribution):
            path = Path(str(distribution.locate_file(name)))
            if path.exists():
                entries[name] = path
    return entries


def _closed_over_requirements(names: list[str], required: set[str]) -> Iterator[importlib.metadata.Distribution]:
    seen: set[str] = set()
    while names:
        name = names.pop()
        if canonicalize_name(name) in seen:
            continue
        seen.add(canonicalize_name(name))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if name in required:
                raise IsolationError(
                    f"the package {name} is not installed", remedy=f"Install it into this environment: pip install {name}"
                ) from None
            continue
        yield distribution
        names += _needed(distribution.requires or ())


def _needed(requirements: Iterable[str]) -> Iterator[str]:
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def _top_level(distribution: importlib.metadata.Distribution) -> set[str]:
    """Names directly in site-packages: packages, modules, libraries beside them, and their metadata."""
    names = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}
    return {name for name in names if not name.endswith(".pth")}
