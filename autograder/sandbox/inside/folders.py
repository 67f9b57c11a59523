"""A submission's private folder where there is no private file system: made, watched, emptied."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

MAX_ENTRIES: Final = 4096  # files and folders, as many as the private file system would hold
_BLOCK: Final = 512


def make(parent: str, user: int) -> Path:
    """A new folder that only the user may enter, or only this process's own where that is -1."""
    folder = Path(tempfile.mkdtemp(dir=parent))
    if user >= 0:
        os.chown(folder, user, user)
    return folder


def write(work: Path, files: Mapping[str, bytes], user: int) -> None:
    """Make the work folder and the files in it.

    Args:
        work: The folder, which does not exist.
        files: By their relative path.
        user: Whom they shall belong to, or -1.
    """
    work.mkdir(mode=0o700)
    made = {work}
    for name, data in files.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        made |= {path, *(one for one in path.parents if one.is_relative_to(work))}
    for path in made if user >= 0 else ():
        os.chown(path, user, user)


def size(folder: Path) -> int | None:
    """Bytes on disk below the folder; None where there are too many entries, or paths too long, to be counted."""
    total, seen, waiting = 0, 0, [str(folder)]
    while waiting:
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            try:
                with os.scandir(waiting.pop()) as entries:
                    for entry in entries:
                        seen += 1
                        if seen > MAX_ENTRIES:
                            return None
                        total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
            except OSError as error:
                if isinstance(error, (FileNotFoundError, NotADirectoryError, PermissionError)):
                    raise
                return None
    return total


def remove(folder: Path) -> None:
    """Remove the folder and all that is below, however deep; no student code may be running any more."""
    names = 0
    while waiting := [Path(one.path) for one in os.scandir(folder)]:
        for path in waiting:
            if path.is_symlink() or not path.is_dir():
                path.unlink()
                continue
            path.chmod(0o700)
            for below in list(path.iterdir()):  # one up, so that no path grows too long
                names += 1
                below.rename(folder / f".{names}")
            path.rmdir()
    folder.rmdir()
