"""What a submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one submission; every one is an option of the course.

    Attributes:
        cell_seconds: Wall time for one cell, in seconds.
        call_seconds: Wall time for one call of a graded function, in seconds.
        submission_seconds: Wall time for the whole submission, in seconds.
        cpu_seconds: CPU time of any one process, in seconds.
        memory_bytes: Address space of any one process, and resident memory of all together, in bytes.
        processes: Processes and threads of all submissions of one template together.
        file_bytes: Size of any one written file, in bytes.
        disk_bytes: Size of all files under /tmp, and again under /dev/shm, in bytes.
        open_files: Open files of any one process.
        output_bytes: Printed and displayed output that is kept of one cell, in bytes.
        reply_bytes: Arrays and long texts in one returned value, in bytes.
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
