"""The process in which a student's cells run. Before the first of them it gives up all that it can."""

import asyncio
import fcntl
import gc
import importlib
import os
import random
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from . import kernel
from .calls import answer_calls
from .frames import receive_with_descriptors, send
from .outputs import Stream
from .shell import OUTPUTS, ZMQInteractiveShell, text_of

WORK = "/tmp/work"  # noqa: S108 - a file system of the submission's own
_REPLY_BYTES = 16 << 20

_fork = os.fork  # student code may rebind os.fork; forks for checks must be forks


def run_executor(channel: socket.socket, shell: ZMQInteractiveShell, limits: dict[str, int]) -> None:
    """Give up privileges, then serve the grader's requests until it closes the channel."""
    capture = _redirect_output()
    kernel.close_all_but(0, 1, 2, channel.fileno(), capture)
    for drop in (_leave_session, lambda: _limit(limits), kernel.drop_capabilities, kernel.no_new_privileges):
        drop()
    kernel.set_dumpable(True)  # nothing secret is left in here, and /proc/self should work
    _prepare(capture)
    # The event loop is made here: one that was made before a fork is dead after it.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    send(channel, {"ready": True}, _REPLY_BYTES)
    _serve(channel, shell, loop, limits)


def _redirect_output() -> int:
    """Let descriptors 1 and 2 lead into a file in memory, and 0 nowhere."""
    capture = os.memfd_create("output")
    fcntl.fcntl(capture, fcntl.F_SETFL, os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(capture, 1)
    os.dup2(capture, 2)
    return capture


def _leave_session() -> None:
    os.setsid()
    kernel.die_with_parent()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _limit(limits: dict[str, int]) -> None:
    kinds = {
        resource.RLIMIT_CPU: "cpu_seconds",
        resource.RLIMIT_AS: "memory_bytes",
        resource.RLIMIT_NPROC: "processes",
        resource.RLIMIT_FSIZE: "file_bytes",
        resource.RLIMIT_NOFILE: "open_files",
    }
    for kind, name in kinds.items():
        resource.setrlimit(kind, (limits[name], limits[name]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _prepare(capture: int) -> None:
    os.chdir(WORK)
    OUTPUTS.capture(capture)
    sys.stdout, sys.stderr = Stream("stdout", 1, OUTPUTS), Stream("stderr", 2, OUTPUTS)
    sys.path.insert(0, "")
    importlib.invalidate_caches()
    random.seed(0)
    np.random.seed(0)


def _serve(
    channel: socket.socket, shell: ZMQInteractiveShell, loop: asyncio.AbstractEventLoop, limits: dict[str, int]
) -> None:
    actions: dict[str, Callable[[dict[str, Any], list[int]], dict[str, Any]]] = {
        "cell": lambda request, _: _run_cell(shell, loop, request["source"], limits["output_bytes"]),
        "names": lambda request, _: {"names": [one for one in request["names"] if callable(shell.user_ns.get(one))]},
        "freeze": lambda _request, _: _freeze(),
        "fork": lambda _request, descriptors: _fork_for_calls(channel, descriptors[0], shell, limits),
    }
    while True:
        channel.setblocking(True)
        try:
            request, descriptors = receive_with_descriptors(channel, 1)
        except EOFError:
            os._exit(0)
        reply = actions[request["op"]](request, descriptors)
        send(channel, {"id": request["id"], **reply}, _REPLY_BYTES)


def _run_cell(
    shell: ZMQInteractiveShell, loop: asyncio.AbstractEventLoop, source: str, output_bytes: int
) -> dict[str, Any]:
    OUTPUTS.reset(output_bytes)
    error: BaseException | None = None
    started = time.perf_counter()
    try:
        result = loop.run_until_complete(_as_coroutine(shell, source))
        error = result.error_before_exec or result.error_in_exec
    except BaseException as raised:
        error = raised
        OUTPUTS.add({"output_type": "error", "ename": type(raised).__name__, "evalue": text_of(raised), "traceback": []})
    missing = getattr(error, "name", None) if isinstance(error, NameError) else None
    return {
        "outputs": OUTPUTS.taken(),
        "error": "" if error is None else f"{type(error).__name__}: {text_of(error)}"[:2000],
        "missing": missing if type(missing) is str else None,
        "interrupted": isinstance(error, KeyboardInterrupt),
        "seconds": time.perf_counter() - started,
    }


async def _as_coroutine(shell: ZMQInteractiveShell, source: str) -> Any:
    """Run a cell the way a kernel does: its own ``await`` at the top level works."""
    preprocessing_error = None
    try:
        transformed = shell.transform_cell(source)
    except Exception:
        transformed, preprocessing_error = source, sys.exc_info()
    options = {"transformed_cell": transformed, "preprocessing_exc_tuple": preprocessing_error}
    if shell.should_run_async(source, **options):
        result = await shell.run_cell_async(source, store_history=True, **options)
    else:
        result = shell.run_cell(source, store_history=True)
    await asyncio.sleep(0)
    return result


def _freeze() -> dict[str, Any]:
    """Before forks: no collection of garbage that would copy pages, now or later."""
    gc.collect()
    gc.freeze()
    gc.disable()
    return {}


def _fork_for_calls(
    channel: socket.socket, descriptor: int, shell: ZMQInteractiveShell, limits: dict[str, int]
) -> dict[str, Any]:
    pid = _fork()
    if pid == 0:
        try:
            channel.close()
            kernel.close_all_but(0, 1, 2, descriptor, OUTPUTS.descriptor)
            answer_calls(socket.socket(fileno=descriptor), shell.user_ns, limits)
        finally:
            os._exit(0)
    os.close(descriptor)
    while True:  # reap those that ended since
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
    return {"pid": pid}
