"""The processes of one submission, as the supervisor sees them in /proc."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
# Fields of /proc/PID/stat after the command's name, counted from 0: proc(5).
_STATE, _PARENT, _THREADS, _RESIDENT = 0, 1, 17, 21


@dataclass(frozen=True, slots=True)
class Process:
    """A process that lives.

    Attributes:
        pid: Its pid in the table, which is not the one in the submission's own namespace.
        parent: Its parent's.
        threads: How many threads it has.
        resident: Bytes of memory that it has in RAM, shared ones included.
    """

    pid: int
    parent: int
    threads: int
    resident: int


@final
class ProcessTable:
    """Reads the process table of the namespace around the submission's.

    A submission's own /proc may be missing (as root the kernel refuses a nested one), so this one is opened before
    the submission's mounts hide it, and closed in the executor.
    """

    def __init__(self) -> None:
        self.descriptor = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._me = int(os.readlink("self", dir_fd=self.descriptor))
        self._depth = len(self._namespaced(self._me)) - 1

    def descendants(self) -> list[Process]:
        """All processes of the submission that live, but the supervisor itself."""
        known = {one.pid: one for one in self._all()}
        return [one for one in known.values() if one.pid != self._me and self._is_below(one, known)]

    def proportional(self, processes: Iterable[Process]) -> int:
        """Bytes of memory, shared pages counted once; in full where a process hides how much it shares."""
        return sum(self._proportional(one) for one in processes)

    def descriptors(self, process: Process, unseen: int) -> int:
        """How many files and sockets it holds open.

        Args:
            process: The process.
            unseen: What is taken for one that hides them.
        """
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            descriptor = os.open(f"{process.pid}/fd", flags, dir_fd=self.descriptor)
        except PermissionError:
            return unseen
        except OSError:
            return 0  # it has ended
        try:
            return len(os.listdir(descriptor))  # noqa: PTH208  by descriptor
        except OSError:
            return 0  # it has ended in between
        finally:
            os.close(descriptor)

    def own_pid(self, process: Process) -> int:
        """Its pid in the submission's own namespace, by which the supervisor can signal it; 0 if it is gone."""
        with suppress(OSError, IndexError):
            return self._namespaced(process.pid)[self._depth]
        return 0

    def signal_all(self, number: int, but: int = 0) -> bool:
        """Signal all processes of the submission that live, and no other one: for where they have no namespace.

        Args:
            number: The signal.
            but: Pid of one to leave out.

        Returns:
            Whether there were any.
        """
        held = {one.pid: _hold(one.pid) for one in self.descendants() if one.pid != but}
        try:
            # Looked at again: a pid may have ended and been given to a stranger before it was held.
            for one in self.descendants() if held else ():
                descriptor = held.get(one.pid)
                if descriptor is not None:
                    with suppress(ProcessLookupError):
                        signal.pidfd_send_signal(descriptor, number)
        finally:
            for descriptor in held.values():
                if descriptor is not None:
                    os.close(descriptor)
        return bool(held)

    def count_of(self, user: int) -> int:
        """How many processes and threads the user runs, as RLIMIT_NPROC counts them."""
        total = 0
        for one in self._all():
            with suppress(OSError, StopIteration):
                lines = self._read(f"{one.pid}/status").splitlines()
                real = next(line for line in lines if line.startswith(b"Uid:")).split()[1]
                total += one.threads if int(real) == user else 0
        return total

    def _is_below(self, process: Process, known: dict[int, Process]) -> bool:
        for _ in known:  # a chain of parents is no longer than that
            if process.parent == self._me:
                return True
            if process.parent not in known:
                return False
            process = known[process.parent]
        return False

    def _all(self) -> Iterable[Process]:
        for name in os.listdir(self.descriptor):  # noqa: PTH208  by descriptor
            if name.isdigit():
                with suppress(OSError, IndexError):
                    # The command's name stands in brackets and may itself hold brackets and spaces.
                    fields = self._read(f"{name}/stat").rpartition(b")")[2].split()
                    if fields[_STATE] not in (b"Z", b"X"):
                        pid, parent, threads = int(name), int(fields[_PARENT]), int(fields[_THREADS])
                        yield Process(pid, parent, threads, int(fields[_RESIDENT]) * _PAGE)

    def _namespaced(self, pid: int) -> list[int]:
        for line in self._read(f"{pid}/status").splitlines():
            if line.startswith(b"NSpid:"):
                return [int(one) for one in line.split()[1:]]
        raise OSError(f"no pid namespaces for process {pid}")

    def _proportional(self, process: Process) -> int:
        with suppress(OSError):
            for line in self._read(f"{process.pid}/smaps_rollup").splitlines():
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
        with suppress(OSError):  # asked again, since a process that is ending has none any more
            return int(self._read(f"{process.pid}/statm").split()[1]) * _PAGE
        return 0

    def _read(self, name: str) -> bytes:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.descriptor)
        try:
            return os.read(descriptor, 1 << 14)
        finally:
            os.close(descriptor)


def _hold(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
