"""People with accounts of their own on one machine, as nbgrader's exchange expects them.

Where the tests run as root every account is a real user: a view of the machine in which `/etc/passwd` knows it and
closed homes are closed, and which leaves no trace outside. Elsewhere the accounts share one user and differ in
name and home alone; then what one may not read of another is not tried.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commands import BIN

from autograder.sandbox.bubblewrap import find_bubblewrap

ROOT = os.geteuid() == 0
_FIRST_USER = 5001
_STAFF = "prof"
_NEARLY_FULL = 16384  # bytes that such a disk takes: less than a notebook


@dataclass(frozen=True)
class Account:
    """One person's account.

    Attributes:
        name: What the machine and nbgrader call the person.
        user: The number of the user.
        home: The home, closed to others.
        passwd: The file that stands for `/etc/passwd`.
        etc: The folder of nbgrader's machine-wide configuration.
        staff: Whether this is who runs the course: the user that runs the tests.
    """

    name: str
    user: int
    home: Path
    passwd: Path
    etc: Path
    staff: bool

    def run(
        self, *words: object, code: int = 0, cwd: Path | None = None, full: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment as this person would, and insist on its exit code.

        Args:
            words: The program and its words.
            code: Its exit code.
            cwd: Where it is run; by default at home.
            full: A folder that stands on a disk of its own, which is nearly full.
        """
        command = self.command(*words, cwd=cwd)
        if full is not None:
            place = command.index("--chdir")
            command[place:place] = ["--perms", "0777", "--size", str(_NEARLY_FULL), "--tmpfs", str(full)]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == code, f"{self.name}: {words} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def command(self, program: object, *words: object, cwd: Path | None = None) -> list[str]:
        """The whole command."""
        view = ["--dev-bind", "/", "/", "--bind", str(self.passwd), "/etc/passwd", "--chdir", str(cwd or self.home)]
        if ROOT:
            view += ["--cap-add", "ALL"]
        if ROOT and not self.staff:
            user = str(self.user)
            view += [*_interpreter_shown(), "setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
        elif not ROOT:
            view += ["--unshare-user"]
        return [find_bubblewrap(), *view, str(BIN / str(program)), *map(str, words)]

    def environment(self) -> Mapping[str, str]:
        """What a shell of this person has; nothing of the environment is activated."""
        return {
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "JUPYTER_CONFIG_PATH": str(self.etc),
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def accounts(folder: Path, *students: str) -> tuple[Account, ...]:
    """Accounts in a folder: who runs the course, then the students.

    Args:
        folder: An empty folder of which others may enter what is above it.
        students: Their names.
    """
    folder.chmod(0o711)
    passwd, etc = folder / "passwd", folder / "etc"
    etc.mkdir()
    users = [os.geteuid(), *(_FIRST_USER + n if ROOT else os.geteuid() for n in range(len(students)))]
    people = []
    for name, user in zip((_STAFF, *students), users, strict=True):
        home = folder / "home" / name
        home.mkdir(parents=True)
        if ROOT:
            os.chown(home, user, user)
        home.chmod(0o700)
        own = passwd if ROOT else folder / f"passwd-{name}"  # one number cannot have two names in one file
        people.append(Account(name, user, home, own, etc, name == _STAFF))
        with own.open("a") as file:
            file.write(f"{name}:x:{user}:{user}::{home}:/bin/bash\n")
    return tuple(people)


def _interpreter_shown() -> list[str]:
    """Where root's home holds the interpreter, others see that one folder of it."""
    prefix = Path(sys.base_prefix)
    closed = next((one for one in reversed(prefix.parents) if not one.stat().st_mode & 0o001), None)
    if closed is None:
        return []
    words = ["--perms", "0755", "--tmpfs", str(closed)]
    for below in (one for one in reversed(prefix.parents) if one.is_relative_to(closed) and one != closed):
        words += ["--perms", "0755", "--dir", str(below)]
    return [*words, "--ro-bind", str(prefix), str(prefix)]
