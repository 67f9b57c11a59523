"""The process that graders are forked from: it holds their modules and nothing else, no gradebook and no threads.

Started first thing in a command that will need it, it loads them while the command loads its own.
"""

import signal
from multiprocessing import forkserver, resource_tracker


def start_forkserver(module: str) -> None:
    """Start it where it is not running yet; it goes on loading when this returns.

    Args:
        module: What it is to load.
    """
    forkserver.set_forkserver_preload([module])
    # Started with interrupts blocked, and its processes with it, until they ignore them: none prints a traceback.
    resource_tracker.ensure_running()  # which would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
