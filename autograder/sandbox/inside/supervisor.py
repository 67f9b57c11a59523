"""The first process of a submission's own pid namespace: trusted, the student's code is its child.

It makes the submission's file systems, starts the executor, interrupts and kills on request, and
watches the memory of all processes together, which no resource limit does.
"""

import os
import select
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from . import kernel
from .executor import WORK, run_executor
from .frames import receive, send
from .shell import ZMQInteractiveShell

_TICK = 50  # milliseconds between two looks at the memory
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MESSAGE_BYTES = 1 << 16
_PROTECTED = kernel.MS_NOSUID | kernel.MS_NODEV


def run_supervisor(
    control: socket.socket, channel: socket.socket, shell: ZMQInteractiveShell, request: dict[str, Any], processes: int
) -> None:
    """Make the submission's world, start its executor, and guard it until the grader is done.

    Args:
        control: The grader's socket for orders.
        channel: The grader's socket for the executor.
        shell: The warm shell.
        request: Limits and files.
        processes: A descriptor of a /proc that shows this process and those below it.
    """
    kernel.close_all_but(0, 1, 2, control.fileno(), channel.fileno(), processes)
    kernel.set_dumpable(False)
    limits = request["limits"]
    _mount_private(limits["disk_bytes"])
    _write_files(request["files"])
    executor = os.fork()
    if executor == 0:
        try:
            control.close()
            os.close(processes)
            run_executor(channel, shell, limits)
        finally:
            os._exit(1)
    channel.close()
    kernel.drop_capabilities()
    _Guard(control, executor, processes, limits["memory_bytes"]).watch()


def _mount_private(disk_bytes: int) -> None:
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    # Shared by all submissions of a template: what one writes there, the next could read.
    kernel.mount("none", "/cache", None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _PROTECTED)
    options = f"size={disk_bytes},nr_inodes=4096,mode=0700"
    kernel.mount("tmpfs", "/tmp", "tmpfs", _PROTECTED, options)  # noqa: S108
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", _PROTECTED, options)  # noqa: S108
    try:
        kernel.mount("proc", "/proc", "proc", _PROTECTED | kernel.MS_NOEXEC)
    except OSError:
        # Refused below a /proc that is covered in part, as bubblewrap leaves it: then there is none.
        kernel.mount("tmpfs", "/proc", "tmpfs", _PROTECTED | kernel.MS_NOEXEC, "size=4k,mode=0555")


def _write_files(files: Mapping[str, bytes]) -> None:
    Path(WORK).mkdir()
    for name, content in files.items():
        path = Path(WORK, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@final
class _Guard:
    """Watches over the executor and all that it started."""

    def __init__(self, control: socket.socket, executor: int, processes: int, memory_bytes: int) -> None:
        self._control = control
        self._executor = executor
        self._processes = processes
        self._memory_bytes = memory_bytes
        self._alive = True
        # This process's number as that /proc sees it: the descriptor may belong to an outer namespace.
        self._own = int(os.readlink("self", dir_fd=processes))

    def watch(self) -> None:
        """Serve until the grader hangs up; then every process of the submission ends with this one."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        while True:
            ready = poll.poll(_TICK)
            self._reap()
            if ready:
                try:
                    order = receive(self._control, _MESSAGE_BYTES)
                except (EOFError, OSError):
                    os._exit(0)  # the kernel kills the rest of the namespace
                self._obey(order["op"])
            elif self._alive and self._memory() > self._memory_bytes:
                self._sweep(include_executor=True)
                self._tell({"event": "memory"})

    def _obey(self, order: str) -> None:
        if order == "interrupt" and self._alive:
            os.kill(self._executor, signal.SIGINT)
        elif order == "kill":
            self._sweep(include_executor=True)
        elif order == "sweep":
            self._sweep(include_executor=False)
            self._tell({"event": "swept"})

    def _tell(self, event: dict[str, Any]) -> None:
        try:
            send(self._control, event, _MESSAGE_BYTES)
        except OSError:
            os._exit(0)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._executor:
                self._alive = False
                self._tell({"event": "exit", "status": status})

    def _sweep(self, *, include_executor: bool) -> None:
        """Kill all processes of the submission, or all but the executor."""
        if include_executor:
            os.kill(-1, signal.SIGKILL)
            return
        for pid in range(2, self._newest() + 1):
            if pid != self._executor:
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    continue

    def _newest(self) -> int:
        """The highest pid that was given in this namespace so far."""
        probe = os.fork()
        if probe == 0:
            os._exit(0)
        os.waitpid(probe, 0)
        return probe

    def _memory(self) -> int:
        """Resident bytes of all processes below this one, without what they share with it."""
        parents: dict[int, int] = {}
        resident: dict[int, int] = {}
        for name in os.listdir(self._processes):
            if name.isdigit():
                fields = self._stat(name)
                if fields:
                    parents[int(name)], resident[int(name)] = int(fields[1]), int(fields[21]) * _PAGE
        below = {self._own}
        for pid in sorted(parents):  # most children have higher numbers than their parents
            if parents[pid] in below:
                below.add(pid)
        # What every fork of the template shares with this process is no memory of the submission's.
        shared = resident.get(self._own, 0)
        return sum(max(0, resident[pid] - shared) for pid in below - {self._own})

    def _stat(self, name: str) -> list[bytes]:
        try:
            descriptor = os.open(f"{name}/stat", os.O_RDONLY, dir_fd=self._processes)
        except OSError:
            return []
        try:
            return os.read(descriptor, 4096).rpartition(b")")[2].split()
        except OSError:
            return []
        finally:
            os.close(descriptor)
