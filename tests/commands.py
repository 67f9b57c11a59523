"""Running this environment's programs in a course's folder, as a user would."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ASSIGNMENT = "optimization"

Run = Callable[..., subprocess.CompletedProcess[str]]


def run_in(folder: Path, *command: object, code: int | tuple[int, ...] = 0) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment, without activating it, and insist on its exit code."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    words = [str(BIN / str(command[0])), *map(str, command[1:])]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    expected = (code,) if isinstance(code, int) else code
    assert done.returncode in expected, f"{command} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done


def descendants(pid: int) -> dict[int, str]:
    """Processes below this one that live, with their command lines."""
    parents, commands = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                commands[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if fields[0] not in "ZX":
                parents[int(folder.name)] = int(fields[1])
    below, new = set(), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - below
        below |= new
    return {one: commands[one] for one in below}
