"""What tests of the sandbox share: limits that are small, time that is ample, and a look at what was printed."""

import pytest

from autograder.sandbox import CellOutcome, Limits
from autograder.sandbox.levels import LANDLOCK, LEVELS, NAMESPACES

SECONDS = 10.0  # far above what anything here takes

SMALL = Limits(memory_bytes=400 << 20, processes=40, disk_bytes=16 << 20, file_bytes=8 << 20, reply_bytes=8 << 20)

EVERY_LEVEL = pytest.mark.parametrize("level", [level.name for level in LEVELS], indirect=True, scope="session")
WALLED = pytest.mark.parametrize("level", [NAMESPACES, LANDLOCK], indirect=True, scope="session")


def printed(outcome: CellOutcome) -> str:
    """What a cell wrote to its standard output."""
    return "".join(one["text"] for one in outcome.outputs if one.get("name") == "stdout")
