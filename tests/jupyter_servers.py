"""Jupyter servers with nbgrader's extensions, started as people start them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands import BIN

_TOKEN = "abc"


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        origin: Where it listens, as `http://127.0.0.1:8888`.
    """

    origin: str

    def url(self, path: str) -> str:
        """The address of one of its pages, with the right to see it."""
        return f"{self.origin}/{path}?token={_TOKEN}"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What it answers, as JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {_TOKEN}"}
        request = urllib.request.Request(f"{self.origin}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read() or "null")


def as_we_are(program: object, *words: object, cwd: Path | None = None) -> list[str]:
    """The command of a program, run by the user that runs the tests."""
    return [str(BIN / str(program)), *map(str, words)]


@contextlib.contextmanager
def jupyter_server(
    folder: Path,
    program: str = "jupyter-server",
    command: Callable[..., list[str]] = as_we_are,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[Server]:
    """A server in a folder, which ends with the block.

    Args:
        folder: Where it is started, and what it shows.
        program: `jupyter-server` or `jupyter-lab`.
        command: Makes the whole command from a program and its words.
        environment: Its environment; by default this process's, with configuration of its own.
        log: Where its log goes; by default into the folder.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = log or folder / "server.log"
    words = command(
        program, "--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={_TOKEN}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}", cwd=folder,
    )  # fmt: skip
    own = dict(environment) if environment is not None else _own_environment(folder)
    with log.open("w") as file:
        process = subprocess.Popen(words, cwd=folder, env=own, stdout=file, stderr=file, start_new_session=True)
    try:
        server = Server(f"http://127.0.0.1:{port}")
        _wait(server, process, log)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # with what stands between, where another account runs it
        process.wait(30)


def _own_environment(folder: Path) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return env | {name: str(folder / ".jupyter" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 300
    while True:
        try:
            server.ask("GET", "api/status")
            return
        except OSError as error:
            assert time.monotonic() < end and process.poll() is None, f"{error}\n{log.read_text()}"
            time.sleep(0.3)
