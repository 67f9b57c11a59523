"""The template: a warm, trusted process from which every submission is forked. It never meets student code."""

import gc
import os
import random
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final, NoReturn, final

import numpy as np

from . import kernel
from .confine import Walls
from .frames import Frame, receive, send
from .outputs import Collector, Stream
from .shell import ZMQInteractiveShell, make_shell, warm_plots
from .supervisor import supervise

_MAX_BYTES: Final = 1 << 30
_OUTPUT_BYTES: Final = 1 << 20


def run(channel: socket.socket) -> NoReturn:
    """Load what submissions need, greet the grader, and serve it until it closes the channel."""
    collector = Collector(_OUTPUT_BYTES)
    sys.stdout, sys.stderr = Stream(collector, "stdout", 1), Stream(collector, "stderr", 2)
    try:
        _Template(channel, make_shell(collector)).serve()
    except BaseException as error:  # the last line is what the grader shows
        os.write(2, f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}: {error}\n".encode())
        os._exit(1)


@final
class _Template:
    def __init__(self, channel: socket.socket, shell: ZMQInteractiveShell) -> None:
        self._channel, self._shell = channel, shell

    def serve(self) -> NoReturn:
        """Greet, then answer requests."""
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps supervisors
        gc.collect()
        gc.freeze()
        request = receive(self._channel, max_bytes=_MAX_BYTES)
        self._walls = Walls(**request.value)
        self._own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if self._walls.private else -1
        send(self._channel, request.ident, _greeting(), max_bytes=0)
        try:
            while True:
                self._serve_one()
        except (EOFError, ConnectionError):
            self._walls.clear()
            os._exit(0)

    def _serve_one(self) -> None:
        request = receive(self._channel, max_bytes=_MAX_BYTES, max_descriptors=3)
        match request.value["op"]:
            case "plots":
                self._branch(request)
            case "submission":
                self._spawn(request)
            case "learn":
                self._learn(request.value["cells"])
        for descriptor in request.descriptors:
            os.close(descriptor)
        send(self._channel, request.ident, {}, max_bytes=0)

    def _branch(self, request: Frame) -> None:
        """Fork a template that has matplotlib loaded as well."""
        if os.fork():
            return
        self._channel.close()
        self._channel = socket.socket(fileno=os.dup(request.descriptors[0]))
        kernel.close_all_but({0, 1, 2, self._channel.fileno()})
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        gc.unfreeze()
        warm_plots(self._shell)
        self.serve()

    def _learn(self, cells: Sequence[str]) -> None:
        """Compile what most submissions will hold."""
        self._shell.compile.learn(cells)
        gc.collect()
        gc.freeze()

    def _spawn(self, request: Frame) -> None:
        """Fork the supervisor of a new submission, into a pid namespace of its own where there are such."""
        if self._walls.private:
            kernel.unshare(kernel.CLONE_NEWPID)  # for children only
        if os.fork() == 0:
            supervise(request.descriptors, request.ident, request.value, self._walls, self._shell)
        if self._walls.private:
            # Back, since one process can make only one namespace for its children otherwise.
            kernel.setns(self._own_pids, kernel.CLONE_NEWPID)


def _greeting() -> dict[str, Any]:
    """What the grader compares with what it meant to start."""
    random.seed(0)
    np.random.seed(0)
    return {
        "prefix": sys.base_prefix,
        "numpy": str(np.__file__),
        "python": list(sys.version_info[:3]),
        "uid": os.getuid(),
    }
