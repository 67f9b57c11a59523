"""The executor: runs a submission's cells in the shell, then forks for calls. Student code lives here."""

import asyncio
import gc
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, final

import numpy as np

from . import kernel
from .calls import Notebook, describe, serve
from .confine import Walls, confine
from .frames import Frame, receive, send
from .outputs import Stream
from .shell import ZMQInteractiveShell, run_source, text_of
from .values import CodecError, type_name

_ENDED_STEPS: Final = 10
_ENDED_STEP_SECONDS: Final = 0.005

# Kept from before the student's cells ran.
_fork, _exit, _signal = os.fork, os._exit, signal.signal


@dataclass(frozen=True, slots=True)
class Place:
    """Where a submission runs.

    Attributes:
        channel: From its executor to the grader.
        captured: Descriptor of the file that takes what is written to descriptors 1 and 2.
        limits: Its limits, by name.
        walls: What stands around it.
        folder: Its own folder.
    """

    channel: socket.socket
    captured: int
    limits: Mapping[str, int]
    walls: Walls
    folder: Path


def execute(place: Place, ident: bytes, shell: ZMQInteractiveShell) -> NoReturn:
    """Become a submission's executor; never returns.

    Args:
        place: Where it runs.
        ident: Id of the request for a submission, which the greeting answers.
        shell: The template's shell.
    """
    channel = place.channel
    try:
        executor = _Executor(place, shell)
    except BaseException as error:  # a wall could not be put up: the grader is told, and nothing runs
        send(channel, ident, {"fatal": f"{type(error).__name__}: {error}"}, max_bytes=0)
        _exit(1)
    try:
        send(channel, ident, {"ready": True}, max_bytes=0)
        while True:
            executor.serve_one()
    except EOFError:
        _exit(0)
    except BaseException:  # what student code left behind; the grader sees a closed channel
        _exit(1)


@final
class _Executor:
    def __init__(self, place: Place, shell: ZMQInteractiveShell) -> None:
        self._channel, self._shell = place.channel, shell
        limits = place.limits
        collector = shell.collector
        collector.limit = limits["output_bytes"]
        collector.take()
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        collector.capture_descriptors(place.captured)
        confine(limits, {0, 1, 2, place.captured, place.channel.fileno()}, place.walls, place.folder)
        os.environ.update(HOME=f"{place.folder}/work", TMPDIR=str(place.folder))
        tempfile.tempdir = None  # found anew, in there
        for name in (signal.SIGCHLD, signal.SIGTERM):
            _signal(name, signal.SIG_DFL)
        _signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout, sys.stderr = Stream(collector, "stdout", 1), Stream(collector, "stderr", 2)
        sys.path.insert(0, "")  # the work folder, as in a kernel
        random.seed(0)
        np.random.seed(0)
        # A loop made before the fork would share its descriptors with the template.
        self._forks: list[int] = []
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._notebook = Notebook(shell.user_ns, {}, collector, limits["reply_bytes"], limits["reply_depth"])
        self._answers: dict[str, Callable[[Frame], dict[str, Any]]] = {
            "cell": self._run_cell,
            "names": self._names,
            "freeze": self._freeze,
            "fork": self._fork,
            "ended": self._ended,
        }

    def serve_one(self) -> None:
        """Answer one request."""
        request = receive(self._channel, max_bytes=self._notebook.max_bytes, max_descriptors=2)
        answer = self._answers[request.value["op"]](request)
        try:
            send(self._channel, request.ident, answer, max_bytes=self._notebook.max_bytes)
        except CodecError:  # displayed data that is too deep or has too many parts
            send(self._channel, request.ident, {**answer, "outputs": []}, max_bytes=self._notebook.max_bytes)

    def _run_cell(self, request: Frame) -> dict[str, Any]:
        source, number = request.value["source"], request.value["number"]
        self._shell.compile.begin(number)
        self._notebook.offsets[number] = _blank_lines(source)
        _signal(signal.SIGINT, signal.default_int_handler)
        try:
            result = self._loop.run_until_complete(run_source(self._shell, source))
            error = result.error_before_exec or result.error_in_exec
        except BaseException as uncaught:  # an interrupt between two lines of the loop, SystemExit in a task
            error = uncaught
            self._notebook.collector.error(type_name(error), text_of(error), [])
        finally:
            _signal(signal.SIGINT, signal.SIG_IGN)
        answer: dict[str, Any] = {"outputs": self._notebook.collector.take(), "error": None}
        if error is not None:
            answer["error"] = describe(error, self._notebook)
        return answer

    def _names(self, request: Frame) -> dict[str, Any]:
        names = self._notebook.names
        return {"names": [one for one in request.value["wanted"] if callable(names.get(one))]}

    def _freeze(self, _request: Frame) -> dict[str, Any]:
        # Forks live for milliseconds: without a collection they copy no page that they don't write.
        gc.collect()
        gc.freeze()
        gc.disable()
        return {}

    def _fork(self, request: Frame) -> dict[str, Any]:
        descriptor, captured = request.descriptors
        self._forks = [one for one in self._forks if os.waitpid(one, os.WNOHANG)[0] == 0]  # no zombies
        child = _fork()
        if child == 0:
            _become_fork(descriptor, captured, self._notebook)
        os.close(descriptor)
        os.close(captured)
        self._forks.append(child)
        return {"pid": child}

    def _ended(self, request: Frame) -> dict[str, Any]:
        """How a fork ended: its wait status, or None while it lives."""
        wanted = request.value["pid"]
        for _ in range(_ENDED_STEPS):  # its channel closes a moment before it can be waited for
            pid, status = os.waitpid(wanted, os.WNOHANG)
            if pid:
                self._forks.remove(pid)
                return {"status": status}
            time.sleep(_ENDED_STEP_SECONDS)
        return {"status": None}


def _become_fork(descriptor: int, captured: int, notebook: Notebook) -> NoReturn:
    try:
        notebook.collector.capture_descriptors(captured)
        kernel.close_all_but({0, 1, 2, captured, descriptor})
        serve(socket.socket(fileno=descriptor), notebook)
    finally:
        _exit(1)


def _blank_lines(source: str) -> int:
    """How many lines IPython takes from a cell's beginning (its transformer ``leading_empty_lines``)."""
    lines = source.splitlines()
    return next((place for place, line in enumerate(lines) if line and not line.isspace()), 0)
