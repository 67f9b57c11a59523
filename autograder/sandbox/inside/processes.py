"""The processes of one submission, as the supervisor sees them through a /proc that nobody else in it can see."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    """A process.

    Attributes:
        outer: Its pid in the table.
        inner: Its pid in the submission's own namespace.
        resident: Bytes of memory that it has in RAM, what it shares included.
    """

    outer: int
    inner: int
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
        parents, dead = self._parents()
        found = []
        for pid in parents:
            if pid != self._me and pid not in dead and self._is_below(pid, parents):
                try:
                    found.append(Process(pid, self._namespaced(pid)[self._depth], self._resident(pid)))
                except (OSError, IndexError):
                    continue  # it ended meanwhile
        return found

    def proportional(self, processes: Iterable[Process]) -> int:
        """Bytes of memory with shared pages counted once; as resident where a process hides its count."""
        return sum(self._proportional(one) for one in processes)

    def _is_below(self, pid: int, parents: dict[int, int]) -> bool:
        seen = 0
        while pid in parents and pid != self._me and seen < len(parents):
            pid, seen = parents[pid], seen + 1
        return pid == self._me

    def _parents(self) -> tuple[dict[int, int], set[int]]:
        """The parent of each process, and which of them only wait to be reaped."""
        parents, dead = {}, set()
        for name in os.listdir(self.descriptor):  # noqa: PTH208  by descriptor
            if name.isdigit():
                try:
                    # The command's name stands in brackets and may itself hold brackets and spaces: proc(5).
                    state, parent = self._read(f"{name}/stat").rpartition(")")[2].split()[:2]
                except OSError:
                    continue
                parents[int(name)] = int(parent)
                if state in "ZX":
                    dead.add(int(name))
        return parents, dead

    def _namespaced(self, pid: int) -> list[int]:
        for line in self._read(f"{pid}/status").splitlines():
            if line.startswith("NSpid:"):
                return [int(one) for one in line.split()[1:]]
        return [pid]

    def _resident(self, pid: int) -> int:
        return int(self._read(f"{pid}/statm").split()[1]) * _PAGE

    def _proportional(self, process: Process) -> int:
        with suppress(OSError):
            for line in self._read(f"{process.outer}/smaps_rollup").splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
        with suppress(OSError):
            return self._resident(process.outer)  # read again: a process that is ending has none any more
        return 0

    def _read(self, name: str) -> str:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.descriptor)
        try:
            return os.read(descriptor, 1 << 14).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
