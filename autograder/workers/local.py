"""Graders on this machine: a process for each core."""

import gc
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from types import ModuleType
from typing import Any, final

from autograder.cores import on_one_core
from autograder.sandbox import NAMESPACES
from autograder.workers import worker
from autograder.workers.bundle import Bundle
from autograder.workers.pool import Pool

_COLLECTED_AFTER = 100_000  # objects: what a submission leaves goes with its last name, but for some cycles


def local_pool(bundle: Bundle, jobs: int) -> Pool:
    """Graders on this machine.

    Args:
        bundle: The assignment.
        jobs: How many processes. Without namespaces of their own submissions share a user, whose processes the
            kernel counts together and lets signal one another, so there is one at a time then.
    """
    jobs = jobs if bundle.options.isolation == NAMESPACES else 1
    return Pool(partial(_Processes, jobs), bundle, jobs)


class _Process(ForkServerProcess):
    """Starts without the main module, which multiprocessing would run once more in each of them."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802  multiprocessing's name
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return ForkServerProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _Context(ForkServerContext):
    Process = _Process


@final
class _Processes(ProcessPoolExecutor):
    """Grading processes that end at once when they are shut down, or when this process is gone."""

    def __init__(self, jobs: int) -> None:
        # Forked from a server that holds the grader's modules and nothing else: no gradebook, no threads.
        context = _Context()
        context.set_forkserver_preload([worker.__name__])
        # Started with interrupts blocked, and its processes with it, until they ignore them: none prints a traceback.
        resource_tracker.ensure_running()  # which would let interrupts through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs, self._lifeline = context.Pipe(duplex=False)
        super().__init__(jobs, context, _begin, (theirs, context.Value("i", 0)))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, whatever they have in hand."""
        self._lifeline.close()
        super().shutdown(wait, cancel_futures=cancel_futures)


def _begin(lifeline: Connection, numbers: Any) -> None:
    """In a new grading process: end with the process that asked for it, leave interrupts to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # A pool that lost a process ends the others so; they end with its pipe, and then clear away what they unpacked.
    signal.signal(signal.SIGTERM, lambda *_: None)
    Finalize(None, worker.clear, exitpriority=0)  # where it is told to end, before it sees the pipe close
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    on_one_core(numbers)
    gc.set_threshold(_COLLECTED_AFTER)


def _end_with(lifeline: Connection) -> None:
    """A process that was killed can't tell its graders, who would wait for ever: its end of the pipe closes."""
    wait([lifeline])
    worker.clear()
    os._exit(0)
