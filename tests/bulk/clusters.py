"""A real Dask cluster on this machine: a scheduler and workers, each a process with a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client


@dataclass
class Cluster:
    """Ends with the test; whoever is in it may be killed before."""

    folder: Path
    port: int = 0
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        self.port = self.port or free_port()
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"
        )

    def add_worker(self, *before: str, **environment: str) -> "subprocess.Popen[bytes]":
        place = self.folder / f"worker-{len(self.workers)}"
        place.mkdir(parents=True)
        words = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--local-directory"]
        new = self._start("worker", self.address, *words, str(place), before=before, **environment)
        self.workers.append(new)
        return new

    def client(self) -> Client:
        return Client(self.address, timeout=30, set_as_default=False)

    def end(self) -> None:
        for one in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            kill(one)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def _start(
        self, kind: str, *words: str, before: Sequence[str] = (), **environment: str
    ) -> "subprocess.Popen[bytes]":
        place = self.folder / "elsewhere"  # nothing of the course is found from here
        place.mkdir(parents=True, exist_ok=True)
        name = kind if kind == "scheduler" else f"{kind}-{len(self.workers)}"
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [*before, sys.executable, "-m", "distributed.cli.dask_" + kind, *words], cwd=place, stdout=log,
                stderr=log, env=os.environ | environment, start_new_session=True,
            )  # fmt: skip


def kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def crowd(root: Path, students: Sequence[str], assignment: str, times: int) -> None:
    """As many more students, who handed in what these did."""
    for number in range(1, times):
        for student in students:
            copy = root / "submitted" / f"{student}{number}"
            shutil.copytree(root / "submitted" / student / assignment, copy / assignment)
