"""What the kernel doesn't bound by itself: the memory of all processes together, and more without namespaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from . import folders
from .processes import ProcessTable

TOGETHER: Final = 4  # all processes may hold open so many times what one may


@final
@dataclass(frozen=True, slots=True)
class Watch:
    """Looks, when it is asked to, whether a submission takes more than it may.

    Attributes:
        table: The processes.
        limits: ``memory_bytes``, ``processes``, ``open_files`` and ``disk_bytes``.
        folder: The submission's folder where its size must be watched, else None.
    """

    table: ProcessTable
    limits: Mapping[str, int]
    folder: Path | None

    def excess(self) -> str:
        """Which of the limits is exceeded: ``memory``, ``files``, ``processes``, ``disk`` or nothing."""
        processes = self.table.descendants()
        most = self.limits["memory_bytes"]
        # The cheap count first, which is never too small.
        if sum(one.resident for one in processes) > most and self.table.proportional(processes) > most:
            return "memory"
        # What is written to a socket and not yet read is the kernel's memory: 0.4 MB each, in no process's count.
        most = self.limits["open_files"]
        if sum(self.table.descriptors(one, most) for one in processes) > TOGETHER * most:
            return "files"
        if self.folder is None:
            return ""
        if sum(one.threads for one in processes) > self.limits["processes"]:
            return "processes"
        size = folders.size(self.folder)
        return "disk" if size is None or size > self.limits["disk_bytes"] else ""
