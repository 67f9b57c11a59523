"""A real PostgreSQL server of this machine's distribution, run by an ordinary user in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from .clusters import free_port

USER, PASSWORD = "grader", "p4ss word"
NOBODY = 65534


@dataclass(frozen=True)
class Server:
    """A server whose connections need the password."""

    bin: Path
    folder: Path
    port: int

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql+psycopg://{USER}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def new_database(self, name: str) -> str:
        with self.connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return self.url(name)

    def ctl(self, *words: str) -> None:
        as_ordinary_user([str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "-w", *words])


def as_ordinary_user(command: list[str]) -> None:
    """PostgreSQL refuses to run as root."""
    drop = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    words = ["setpriv", *drop, *command] if os.getuid() == 0 else command
    done = subprocess.run(words, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False, timeout=120)
    assert done.returncode == 0, f"{words} exited with {done.returncode}"


def programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.skip("needs a PostgreSQL server; install the distribution's package `postgresql`")
    return found[-1].parent if found else Path(str(on_path)).parent


@contextmanager
def a_server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (folder, secret):
                os.chown(path, NOBODY, NOBODY)
        one = Server(programs(), folder, free_port())
        as_ordinary_user([
            str(one.bin / "initdb"), "-D", str(folder / "data"), "-U", USER, "--auth=scram-sha-256",
            f"--pwfile={secret}", "--no-sync", "--encoding=UTF8", "--no-locale",
        ])  # fmt: skip
        one.ctl("-l", str(folder / "log"), "-o", f"-p {one.port} -c listen_addresses=127.0.0.1 -k {folder}", "start")
        try:
            yield one
        finally:
            one.ctl("-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
