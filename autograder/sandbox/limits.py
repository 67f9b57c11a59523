"""What one submission may cost."""

from dataclasses import dataclass
from typing import Final

MAX_REPLY_DEPTH: Final = 120  # encoding takes four calls for a level, and Python allows a thousand in all


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; each is enforced from outside of student code.

    Attributes:
        cell_seconds: Seconds of wall time for one cell; whoever runs cells passes them on.
        call_seconds: Seconds of wall time for one call; whoever calls passes them on.
        submission_seconds: Seconds of wall time for all of it; whoever grades passes smaller ones at the end.
        cpu_seconds: Seconds of processor time for each process (RLIMIT_CPU).
        memory_bytes: Bytes of address space for each process (RLIMIT_AS), and of memory in RAM for all
            processes of the submission together, shared pages counted once.
        processes: Processes and threads at one time, those of the sandbox itself included (RLIMIT_NPROC). Before
            Linux 5.14 all other processes of the same user count as well.
        file_bytes: Bytes in one file (RLIMIT_FSIZE).
        disk_bytes: Bytes in all files together; they lie in memory.
        open_files: Open files and sockets of one process (RLIMIT_NOFILE); all together may have four times as many.
        output_bytes: Bytes of text kept of one cell's or call's output; pictures may take four times that.
        reply_bytes: Bytes of arrays and long text in one returned value.
        reply_depth: Levels of containers in one returned value, at most 120.
    """

    cell_seconds: float = 10.0
    call_seconds: float = 2.0
    submission_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 2 << 30
    processes: int = 64
    file_bytes: int = 64 << 20
    disk_bytes: int = 64 << 20
    open_files: int = 256
    output_bytes: int = 1 << 20
    reply_bytes: int = 64 << 20
    reply_depth: int = 64
