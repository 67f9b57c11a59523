"""One run of grading for an assignment at a time: a second one is refused, and a killed one leaves no lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import AutograderError

FOLDER = ".autograder"


@contextmanager
def only_run(root: Path, assignment: str) -> Iterator[None]:
    """Hold the assignment's lock, which the kernel gives back however this process ends.

    Args:
        root: The course's folder.
        assignment: The assignment's name.

    Raises:
        AutograderError: Another run holds it.
    """
    path = root / FOLDER / f"{assignment}.lock"
    try:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise AutograderError(
            f"the course's folder cannot be written ({error.strerror})",
            where=str(path.parent),
            remedy="Make it writable for you, or grade as the user who owns it",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise AutograderError(
                f"another run is grading this assignment (process {holder})",
                where=assignment,
                remedy="Wait for its end, or stop it, and run this again",
            ) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
