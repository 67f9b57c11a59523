"""Bounds on a lent function while it runs in the grader on arguments that student code chose."""

import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

_STATM: Final = Path("/proc/self/statm")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_SOON: Final = 0.001  # a timer of no seconds would never ring


@contextmanager
def bounded(seconds: float, memory_bytes: int) -> Iterator[None]:
    """Let this process take no more than that while the block runs.

    A column and a row of ten thousand numbers each fit a message, and their product no memory: what a lent function
    allocates is bounded by the kernel as it is for student code. Its time is bounded where Python looks for signals:
    on the main thread, between two lines. Elsewhere the deadline of the call is looked at when it returns.

    Args:
        seconds: Wall time.
        memory_bytes: Address space beyond what this process has now, in bytes.

    Raises:
        MemoryError: It wanted more memory.
        TimeoutError: It wanted more time.
    """
    with _bounded_memory(memory_bytes), _bounded_time(seconds):
        yield


@contextmanager
def _bounded_memory(more: int) -> Iterator[None]:
    if not _STATM.exists():  # macOS
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = int(_STATM.read_text().split()[0]) * _PAGE + more
    stricter = [one for one in (most, soft, hard) if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(stricter), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def _bounded_time(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, _SOON))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _late(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TimeoutError
