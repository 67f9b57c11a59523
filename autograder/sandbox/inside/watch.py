"""What the kernel doesn't bound by itself: the memory of all processes together, and more without namespaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from . import folders
from .processes import ProcessTable


@final
@dataclass(frozen=True, slots=True)
class Watch:
    """Looks, when it is asked to, whether a submission takes more than it may.

    Attributes:
        table: The processes.
        limits: ``memory_bytes``, ``processes`` and ``disk_bytes``.
        folder: The submission's folder where its size must be watched, else None.
    """

    table: ProcessTable
    limits: Mapping[str, int]
    folder: Path | None

    def excess(self) -> str:
        """Which of the limits is exceeded: ``memory``, ``processes``, ``disk`` or nothing."""
        processes = self.table.descendants()
        most = self.limits["memory_bytes"]
        # The cheap count first, which is never too small.
        if sum(one.resident for one in processes) > most and self.table.proportional(processes) > most:
            return "memory"
        if self.folder is None:
            return ""
        if sum(one.threads for one in processes) > self.limits["processes"]:
            return "processes"
        size = folders.size(self.folder)
        return "disk" if size is None or size > self.limits["disk_bytes"] else ""
