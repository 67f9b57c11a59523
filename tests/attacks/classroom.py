"""One class of honest and hostile students, graded by the real command; and the naive grader on the same files."""

import ctypes
import fcntl
import json
import os
import pty
import resource
import signal
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course

from .catalogue import ATTACKS
from .lesson import ASSIGNMENT, hostile_notebook, make_course, plant_gradebook, submit_attack, submit_honest
from .model import MARKER, NUMBER, Attack, Stops

BASE = 10.0  # points of the common wrong answer: none for blend
SUBMISSION_SECONDS = 6.0
_BIN = Path(sys.executable).parent
_MINUTES = 8
_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Graded:
    """What a class left behind.

    Attributes:
        course: The course.
        code: The command's exit code.
        results: Each student's result, as the command printed it.
        said: What it printed for people.
        left: Processes that outlived the command, and files in its temporary folder.
        mounts: Lines of the table of mounts that are new.
        peak: Most memory that one process of the command had, in bytes.
        visitors: Connections that somebody made to the servers beside the class.
    """

    course: Course
    code: int
    results: dict[str, dict[str, Any]]
    said: str
    left: list[str]
    mounts: set[str]
    peak: int
    visitors: int

    def notebook(self, student: str) -> str:
        """A student's graded notebook, as text."""
        return (self.course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()

    def outputs(self, student: str) -> str:
        """All that the cells of a student's graded notebook show."""
        return json.dumps([one.get("outputs", []) for one in json.loads(self.notebook(student))["cells"]])


def grade_class(root: Path, level: str | None) -> Graded:
    """Grade the honest students at the default level or, at a named one, together with the attackers."""
    course = make_course(root)
    submit_honest(course)
    with listeners(root) as listening:
        for attack in ATTACKS:
            if level is not None and level in attack.claims:
                folder = submit_attack(course, attack)
                _fill_in(folder / f"{ASSIGNMENT}.ipynb", listening.port)
        words = [_BIN / "autograder", "grade", ASSIGNMENT, "--json"]
        if level not in (None, "namespaces"):
            words.append(f"--Autograder.isolation={level}")
        before = _mounts()
        code, out, said, left = _watched(words, root)
        results = {one["student"]: one for one in map(json.loads, out.splitlines())}
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
        return Graded(course, code, results, said, left, _mounts() - before, peak, listening.visitors)


def _fill_in(notebook: Path, port: int) -> None:
    if notebook.is_file() and not notebook.is_symlink():
        notebook.write_bytes(notebook.read_bytes().replace(b"@PORT@", str(port).encode()))


def _mounts() -> set[str]:
    return set(Path("/proc/self/mountinfo").read_text().splitlines())


def _watched(words: list[Any], root: Path) -> tuple[int, str, str, list[str]]:
    """Run a command at a terminal, with a secret in its environment; and count what outlives it."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)  # orphans of the command become this process's children
    children = _children()
    main, terminal = pty.openpty()
    temporary = root.with_name(f"{root.name}-tmp")
    temporary.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"TOKEN": f"{MARKER}-environment", "TMPDIR": str(temporary)}

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    try:
        done = subprocess.run(
            list(map(str, words)), cwd=root, env=environment, capture_output=True, text=True, timeout=60 * _MINUTES,
            preexec_fn=take_terminal, check=False,
        )  # fmt: skip
    finally:
        os.close(main)
        os.close(terminal)
        left = _children() - children
        remains = [f"process {pid}" for pid in sorted(left) if (Path("/proc") / str(pid) / "cmdline").read_bytes()]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        ctypes.CDLL(None).prctl(_SUBREAPER, 0, 0, 0, 0)
    return done.returncode, done.stdout, done.stderr, remains + [str(one) for one in temporary.iterdir()]


def _children() -> set[int]:
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return {int(one) for one in text.split()}


class Listening:
    """Servers that hand a secret to whoever connects: on loopback, on a path and on an abstract name."""

    def __init__(self, root: Path) -> None:
        loopback = socket.create_server(("127.0.0.1", 0))
        self.port: int = loopback.getsockname()[1]
        self.visitors = 0
        path, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        folder = os.open(root, os.O_RDONLY)  # a socket's path may only be a hundred bytes long
        path.bind(f"/proc/self/fd/{folder}/agent.socket")
        os.close(folder)
        abstract.bind(f"\0attack-agent-{self.port}")
        self.sockets = (loopback, path, abstract)
        for one in self.sockets:
            one.listen()
            threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                visitor, _ = server.accept()
                self.visitors += 1
                with visitor:
                    visitor.sendall(f"{MARKER}-network".encode())
            except OSError:
                return


@contextmanager
def listeners(root: Path) -> Iterator[Listening]:
    """The servers, while something runs."""
    listening = Listening(root)
    try:
        yield listening
    finally:
        for one in listening.sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()
        (root / "agent.socket").unlink()


class NaiveGrader:
    """The naive grader, in a plain process beside its secrets."""

    def __init__(self, root: Path) -> None:
        self.course = make_course(root)
        submit_honest(self.course)
        plant_gradebook(root)
        place = root / "submitted" / "eve" / ASSIGNMENT
        place.mkdir(parents=True)
        (place / "secret.txt").write_text(f"{MARKER}-open")
        script = Path(__file__).with_name("control.py")
        environment = {**os.environ, "TOKEN": f"{MARKER}-environment", "HOME": str(root)}
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(root)], cwd=place, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def run(self, attack: Attack, habit: str, port: int) -> dict[str, Any]:
        """What it makes of an attack: ``score``, ``output``, ``ending``, ``left``."""
        cells = [one.source for one in hostile_notebook(self.course, attack).cells if one.cell_type == "code"]
        friend = (attack.friend or "").replace("@ROOT@", str(self.course.root))
        seconds = 1.5 if isinstance(attack.control, Stops) else 20.0  # only a hang is waited for in vain
        order = {
            "cells": [one.replace("@PORT@", str(port)) for one in cells],
            "friend": friend,
            "habit": habit,
            "seconds": seconds,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def student_of(attack: Attack) -> str:
    """Who hands the attack in."""
    return f"{attack.who}-b" if attack.friend else attack.who


def failures(attack: Attack, graded: Graded) -> list[str]:
    """What an attack gained, saw or cost beyond itself; empty where it failed as it must."""
    who = student_of(attack)
    result = graded.results[who]
    found = []
    if result["functions"]["blend"]["score"] > 0 or result["score"] > BASE:
        found.append(f"score {result['score']}")
    if result["status"] == "error":
        found.append(f"error: {result['notes']}")
    if attack.review and result["status"] != "needs_review":
        found.append(f"status {result['status']}: {result['notes']}")
    if result["seconds"] > SUBMISSION_SECONDS + 6:  # a last call and its time to be interrupted, on a busy machine
        found.append(f"{result['seconds']} seconds")
    outputs = graded.outputs(who)
    found += [f"shows {text}" for text in (MARKER, NUMBER, *attack.never) if text in outputs + str(result)]
    return found
