"""The warm process that submissions are forked from: trusted code that never runs a line of a student's.

Started once by the grader, in bubblewrap. It gives up root where it has it, makes a user and a pid
namespace of its own, and only then loads numpy (with threads of OpenBLAS about, a user namespace is
refused). A second template, a child of the first, has matplotlib loaded as well.
"""

import gc
import os
import signal
import socket
import sys
from typing import Any

from . import kernel
from .frames import receive_with_descriptors, send

_MESSAGE_BYTES = 1 << 20


def main(descriptor: int, user: int, prefix: str) -> None:
    """Become a template and serve the grader.

    Args:
        descriptor: The control socket, which bubblewrap handed through.
        user: The unprivileged user to become when this is root.
        prefix: Where the interpreter must lie: elsewhere, another standard library was found.
    """
    control = socket.socket(fileno=descriptor)
    if sys.prefix != prefix:
        send(control, {"error": f"the interpreter found its library in {sys.prefix}, not in {prefix}"}, _MESSAGE_BYTES)
        os._exit(1)
    try:
        processes = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        _become(user)
        _own_namespaces(descriptor)
        shell = _warm()
    except Exception as error:
        send(control, {"error": f"{type(error).__name__}: {error}"[:500]}, _MESSAGE_BYTES)
        os._exit(1)
    send(control, _identity(), _MESSAGE_BYTES)
    _Template(control, shell, processes).serve()


def _become(user: int) -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        kernel.set_dumpable(True)  # so that /proc/self belongs to the new user, who maps itself below


def _own_namespaces(control: int) -> None:
    """A user namespace, and a pid namespace that it owns: only so may setns return to it later."""
    user, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {user} 1"), ("gid_map", f"1000 {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - before anything is loaded
            file.write(text)
    child = os.fork()
    kernel.die_with_parent()
    if child:
        os.close(control)
        os.waitpid(child, 0)
        os._exit(0)
    kernel.set_dumpable(False)


def _warm() -> Any:
    """Load what every notebook needs, and run a cell of each kind once."""
    import asyncio

    from .shell import make_shell

    shell = make_shell()
    asyncio.new_event_loop().close()  # loads what a loop needs; the loop itself is made after the fork
    _settle()
    return shell


def _settle() -> None:
    gc.collect()
    gc.freeze()


def _identity() -> dict[str, Any]:
    import numpy as np

    return {"ready": True, "user": os.getuid(), "numpy": np.__file__, "threads": len(os.listdir("/proc/self/task"))}


class _Template:
    """Serves one control socket: spawns submissions, or a template with more loaded."""

    def __init__(self, control: socket.socket, shell: Any, processes: int) -> None:
        self._control = control
        self._shell = shell
        self._processes = processes
        self._own = os.pidfd_open(os.getpid())

    def serve(self) -> None:
        """Serve until the grader hangs up."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is the grader's to handle
        while True:
            try:
                request, descriptors = receive_with_descriptors(self._control, 2)
            except EOFError:
                os._exit(0)
            action = self._spawn if request["op"] == "spawn" else self._load_plots
            action(request, descriptors)
            self._reap()

    def _spawn(self, request: dict[str, Any], descriptors: list[int]) -> None:
        kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            self._supervise(request, descriptors)
        kernel.enter_pid_namespace(self._own)
        for one in descriptors:
            os.close(one)
        send(self._control, {"pid": pid}, _MESSAGE_BYTES)

    def _supervise(self, request: dict[str, Any], descriptors: list[int]) -> None:
        from .supervisor import run_supervisor

        channel = socket.socket(fileno=descriptors[1])
        try:
            kernel.die_with_parent()
            control = socket.socket(fileno=descriptors[0])
            run_supervisor(control, channel, self._shell, request, self._processes)
        except Exception as error:
            send(channel, {"error": f"{type(error).__name__}: {error}"[:500]}, _MESSAGE_BYTES)
        finally:
            os._exit(1)

    def _load_plots(self, _request: dict[str, Any], descriptors: list[int]) -> None:
        """Fork a template that has matplotlib as well, on a control socket of its own."""
        if os.fork():
            os.close(descriptors[0])
            return
        from .shell import warm_plots

        kernel.die_with_parent()
        self._control.close()
        control = socket.socket(fileno=descriptors[0])
        try:
            warm_plots(self._shell)
            _settle()
        except Exception as error:
            send(control, {"error": f"{type(error).__name__}: {error}"[:500]}, _MESSAGE_BYTES)
            os._exit(1)
        send(control, {"ready": True}, _MESSAGE_BYTES)
        _Template(control, self._shell, self._processes).serve()

    def _reap(self) -> None:
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    return
            except ChildProcessError:
                return
