"""The processor's cores: a process that grades and the sandbox that it drives share one."""

import os
from typing import Any


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_one_core(numbers: Any) -> None:
    """Keep this process, and the sandbox that it starts, on one core of those that it may use.

    Grader and sandbox take turns, a hundred times for a submission: waking the other on another core costs
    more than the call itself.

    Args:
        numbers: A ``multiprocessing.Value("i", 0)`` that the processes share: it numbers them.
    """
    with numbers.get_lock():
        number = numbers.value
        numbers.value += 1
    if hasattr(os, "sched_setaffinity"):  # not on macOS
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[number % len(allowed)]})
