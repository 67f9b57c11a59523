"""The supervisor of one submission, trusted; in namespaces it is pid 1 there.

It makes the submission's private places, watches its memory and ends processes when the grader says so. No student
code can signal it: the kernel drops signals from inside the namespace for which pid 1 has no handler, and Landlock
those to whom stands outside of its walls.
"""

import os
import select
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn, final

from . import folders, kernel, landlock
from .confine import Walls
from .executor import Place, execute
from .frames import receive, send
from .processes import ProcessTable
from .shell import ZMQInteractiveShell
from .watch import Watch

_WATCH_MILLISECONDS: Final = 100
_SWEEPS: Final = 500
_SWEEP_PAUSE: Final = 0.001
_EXIT_MILLISECONDS: Final = 5
_EXIT_WAIT: Final = 0.2
_SHM_BYTES: Final = 32 << 20
_NOTHING_ELSE: Final = kernel.MS_NOSUID | kernel.MS_NODEV


def supervise(
    descriptors: Sequence[int], ident: bytes, request: Mapping[str, Any], walls: Walls, shell: ZMQInteractiveShell
) -> NoReturn:
    """Become the supervisor of a new submission; never returns.

    Args:
        descriptors: The grader's commands; the executor's channel; the file for the executor's output.
        ident: Id of the request.
        request: ``limits`` and ``files``.
        walls: What to put around the submission.
        shell: The template's shell.
    """
    control, channel = (socket.socket(fileno=one) for one in descriptors[:2])
    try:
        kernel.close_all_but({0, 1, 2, *descriptors})
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        limits, table = dict(request["limits"]), ProcessTable()
        if walls.private:
            folder = _private_view(walls.folder, limits["disk_bytes"])
        else:
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
            folder = folders.make(walls.folder, walls.user)
        folders.write(folder / "work", request["files"], walls.user)
        watch = Watch(table, dict(limits), None if walls.private else folder)
        if not walls.private:  # the kernel counts all that the user runs, in and out of here
            limits["processes"] += table.count_of(walls.user if walls.user >= 0 else os.getuid())
        executor = os.fork()
        if executor == 0:
            execute(Place(channel, descriptors[2], limits, walls, folder), ident, shell)
        channel.close()
        os.close(descriptors[2])
        if walls.private:
            kernel.drop_capabilities()
        _Supervisor(control, executor, watch, private=walls.private).run()
        if not walls.private:
            folders.remove(folder)
    except BaseException as error:  # the grader is told, by whatever still works
        send(control, ident, {"fatal": f"{type(error).__name__}: {error}"}, max_bytes=0)
    finally:
        os._exit(1)


def _private_view(folder: str, disk_bytes: int) -> Path:
    # The template's network namespace will do for all where Landlock keeps abstract sockets from one another.
    network = 0 if landlock.version() >= landlock.SCOPES else kernel.CLONE_NEWNET
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC | network)
    kernel.mount(None, "/", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", folder, _NOTHING_ELSE, f"size={disk_bytes},nr_inodes={folders.MAX_ENTRIES},mode=0700")
    kernel.mount("tmpfs", "/dev/shm", _NOTHING_ELSE, f"size={_SHM_BYTES},nr_inodes=1024,mode=0700")  # noqa: S108
    try:
        kernel.mount("proc", "/proc", _NOTHING_ELSE | kernel.MS_NOEXEC)
    except OSError:
        # As root bubblewrap covers parts of /proc, and then the kernel refuses a nested one: none at all is safe.
        kernel.mount("tmpfs", "/proc", _NOTHING_ELSE | kernel.MS_NOEXEC, "size=4k,mode=0555")
    return Path(folder)


@final
class _Supervisor:
    def __init__(self, control: socket.socket, executor: int, watch: Watch, *, private: bool) -> None:
        self._control, self._executor, self._watch, self._table = control, executor, watch, watch.table
        self._private = private and os.getpid() == 1  # kill(-1) would reach everybody otherwise
        self._settled = False  # whether the cells are over, so that only forks run student code
        self._status: int | None = None
        self._over = ""

    def run(self) -> None:
        """Watch and obey until the grader is done."""
        ready = select.poll()
        ready.register(self._control, select.POLLIN)
        while True:
            asked = ready.poll(_WATCH_MILLISECONDS)
            self._reap()
            if not asked:
                self._look_at_limits()
            elif not self._obey():
                break
        self._kill_all()
        self._reap_all()

    def _obey(self) -> bool:
        try:
            request = receive(self._control, max_bytes=0)
        except (EOFError, OSError):
            return False  # the kernel ends everything in the namespace with its pid 1
        match request.value:
            case "interrupt":
                self._signal(self._executor, signal.SIGINT)
            case "kill":
                self._kill_all()
            case "sweep":
                self._sweep()
            case "settle":
                self._settled = True
            case "end":
                return False  # the end of the control channel is the answer, once all are gone
            case "look":
                self._wait_for_executor()
        send(self._control, request.ident, self._state(), max_bytes=0)
        return True

    def _state(self) -> dict[str, Any]:
        state = {"status": self._status, "over": self._over}
        self._over = ""
        return state

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._executor:
                self._status = status

    def _reap_all(self) -> None:
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)

    def _wait_for_executor(self) -> None:
        until = time.monotonic() + _EXIT_WAIT
        while self._status is None and time.monotonic() < until:
            time.sleep(0.002)
            self._reap()

    def _signal(self, pid: int, number: int) -> None:
        if self._status is not None and pid == self._executor:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def _kill_all(self) -> None:
        if self._private:
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # all of the namespace but this process
        else:
            self._kill_others(but=0)
        self._wait_for_executor()

    def _kill_others(self, but: int) -> bool:
        """Kill all but one where a single call can't; whether they are gone."""
        for _ in range(_SWEEPS):
            # Stopped first: who forks faster than the list is read can't do so any more. None is new when none is left.
            if not self._table.signal_all(signal.SIGSTOP, but):
                return True
            self._table.signal_all(signal.SIGKILL, but)
            time.sleep(_SWEEP_PAUSE)
            self._reap()
        return False

    def _sweep(self) -> None:
        """End all but the executor; what doesn't go, ends with the executor."""
        others = self._others()
        if others:
            self._await_exit(others[-1])  # a fork ends by itself when its channel is closed
            others = self._others()
        if others:
            self._stop_and_kill()

    def _await_exit(self, pid: int) -> None:
        try:
            process = os.pidfd_open(pid)
        except OSError:
            return
        waiting = select.poll()
        waiting.register(process, select.POLLIN)
        waiting.poll(_EXIT_MILLISECONDS)
        os.close(process)

    def _stop_and_kill(self) -> None:
        if not self._private:
            if not self._kill_others(but=self._executor):
                self._kill_all()
            return
        # One call stops them all: whoever forks faster than a list is read can't do so any more.
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGSTOP)
        for _ in range(_SWEEPS):
            others = self._others()
            for pid in others:
                self._signal(pid, signal.SIGKILL)
            if not others:
                self._signal(self._executor, signal.SIGCONT)
                return
            time.sleep(_SWEEP_PAUSE)
            self._reap()
        self._kill_all()

    def _others(self) -> list[int]:
        """Pids of all processes but the executor."""
        pids = map(self._table.own_pid, self._table.descendants())
        return [pid for pid in pids if pid not in (0, self._executor)]

    def _look_at_limits(self) -> None:
        over = self._watch.excess()
        if not over:
            return
        self._over = over
        if self._settled and over != "disk":  # files outlive what wrote them
            self._sweep()
        else:
            self._kill_all()
