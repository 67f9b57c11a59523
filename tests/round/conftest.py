"""A place for accounts: pytest's own folders are closed to other users, and closed again by every further pytest."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """An empty folder that everybody may enter, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="autograder-round-") as folder:
        yield Path(folder)
