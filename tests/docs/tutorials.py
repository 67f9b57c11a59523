"""The commands and files of the tutorial, taken from its text and used as they stand."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands import PROJECT

DOCS = PROJECT / "docs"

_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SNIPPET = re.compile(r"^--8<-- \"([^\"]+)\"$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page: commands in ``sh``, or a file with its path as the title."""

    language: str
    title: str
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    """The blocks of a page in order, with the files that they include."""
    for language, title, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        whole = _SNIPPET.sub(lambda found: (PROJECT / found[1]).read_text(encoding="utf-8").rstrip("\n"), text)
        yield Block(language, title, whole)


def follow_tutorial(folder: Path, programs: Path) -> Path:
    """Do what the tutorial says, in an empty folder, with the programs of an environment.

    Returns:
        The course that came out.
    """
    shutil.copy(DOCS / "rank_correlation.ipynb", folder)
    here = folder
    for block in blocks_of(DOCS / "tutorial.md"):
        if block.title:
            path = here / block.title
            assert path.is_file(), f"the tutorial replaces {block.title}, which is not there"
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            here = _run(block.text, here, programs)
    return here


def _run(script: str, here: Path, programs: Path) -> Path:
    """Run the lines of a block as somebody types them, and say where they end."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    env["PATH"] = os.pathsep.join([str(programs), env["PATH"]])
    end = here / ".where"
    typed = f"set -eu\n{script}\npwd > {end}"
    done = subprocess.run(["bash", "-c", typed], cwd=here, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    place = Path(end.read_text().strip())
    end.unlink()
    return place
