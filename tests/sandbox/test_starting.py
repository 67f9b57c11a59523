"""Starting: as which user, from where, with which bubblewrap; and one clear line where it can't be."""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cell_runs import EVERY_LEVEL, SECONDS, printed
from commands import descendants

from autograder.errors import CourseError, IsolationError
from autograder.sandbox import Sandbox
from autograder.sandbox.bubblewrap import find_bubblewrap
from autograder.sandbox.inside import landlock
from autograder.sandbox.packages import importable
from autograder.sandbox.probes import examine
from autograder.sandbox.template import Template

PROJECT = Path(__file__).parents[2]
ROOT = os.geteuid() == 0
GREETING = """
import sys
from autograder.errors import IsolationError
from autograder.sandbox import Sandbox
try:
    level = sys.argv[1] if sys.argv[1:] else "namespaces"
    with Sandbox(level=level) as sandbox, sandbox.submission(plots=False) as submission:
        print(submission.run_cell("import os; print('alive', os.getuid())", 10).outputs[0]["text"], end="")
except IsolationError as error:
    print(error)
"""


def as_ordinary_user(*words: str) -> list[str]:
    """The command, run by a user without any rights.

    Where the tests run as root, the interpreter may lie in a home that only root may enter: the command sees that
    one folder of it in a view of its own.
    """
    command = ["env", f"PYTHONPATH={PROJECT}", "PYTHONDONTWRITEBYTECODE=1", *words]
    if not ROOT:
        return command
    prefix = Path(sys.base_prefix)
    closed = [one for one in reversed(prefix.parents) if not one.stat().st_mode & 0o005]
    shown: list[str] = []
    if closed:
        shown += ["--perms", "0755", "--tmpfs", str(closed[0])]
        below = [one for one in reversed(prefix.parents) if one.is_relative_to(closed[0]) and one != closed[0]]
        for folder in below:
            shown += ["--perms", "0755", "--dir", str(folder)]
        shown += ["--ro-bind", str(prefix), str(prefix)]
    user = ["setpriv", "--reuid", "65533", "--regid", "65533", "--clear-groups"]
    return [find_bubblewrap(), "--dev-bind", "/", "/", *shown, "--chdir", "/", *user, *command]


def said(command: list[str]) -> str:
    """What a program printed, which must be all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_it_starts_as_an_ordinary_user() -> None:
    assert said(as_ordinary_user(sys.executable, "-c", GREETING)) == "alive 1000\n"


def without_namespaces(*words: str) -> list[str]:
    """The command, run by an ordinary user where no user namespace can be made, as in many a container."""
    outer = ["--unshare-user", "--disable-userns", "--dev-bind", "/", "/"]
    return as_ordinary_user(find_bubblewrap(), *outer, *words)


EXAMINE = (
    "import sys\nfrom autograder.sandbox.probes import examine\nreport = examine(sys.argv[1])\n"
    "print(report.reached, [p for p in report.probes if not p.held])"
)


@EVERY_LEVEL
def test_every_wall_stands_for_an_ordinary_user(level: str) -> None:
    assert said(as_ordinary_user(sys.executable, "-c", EXAMINE, level)) == f"{level} []\n"


@EVERY_LEVEL
def test_every_wall_stands_here(level: str) -> None:
    report = examine(level)
    assert report.reached == level
    assert [probe for probe in report.probes if not probe.held] == []


def test_every_wall_of_landlock_stands_without_namespaces() -> None:
    assert said(without_namespaces(sys.executable, "-c", EXAMINE, "landlock")) == "landlock []\n"


def test_doctor_proposes_landlock_by_name_where_there_are_no_namespaces() -> None:
    command = ["autograder", "doctor", "--json"]
    words = [sys.executable, "-c", f"import sys\nfrom autograder.cli import main\nsys.argv = {command}\nmain()"]
    report = json.loads(said(without_namespaces(*words)))
    assert (report["asked"], report["reached"]) == ("namespaces", None)
    [probe] = report["probes"]
    assert not probe["held"]
    assert "c.Autograder.isolation = 'landlock'" in probe["remedy"]
    assert {name: level["starts"] for name, level in report["levels"].items()} == {
        "namespaces": False,
        "landlock": True,
        "process": True,
    }


def test_an_interpreter_behind_a_closed_folder_is_copied_for_student_code() -> None:
    closed = [one for one in Path(sys.base_prefix).parents if not one.stat().st_mode & 0o001]
    with Sandbox(level="landlock") as sandbox, sandbox.submission(plots=False) as submission:
        prefix = printed(submission.run_cell("import sys, decimal, sqlite3\nprint(sys.base_prefix)", SECONDS)).strip()
    assert (prefix != sys.base_prefix) == bool(closed and ROOT)
    assert not closed or not ROOT or not Path(prefix).exists()


def test_an_interpreter_in_any_folder_will_do(tmp_path: Path) -> None:
    moved = tmp_path / "python"
    moved.mkdir()
    view = [find_bubblewrap(), "--dev-bind", "/", "/", "--ro-bind", sys.base_prefix, str(moved)]
    packages = sysconfig.get_path("purelib")
    variables = [f"PYTHONPATH={PROJECT}:{packages}", f"LD_LIBRARY_PATH={moved}/lib", "PYTHONDONTWRITEBYTECODE=1"]
    program = str(moved / "bin" / f"python{sysconfig.get_python_version()}")
    assert said([*view, "env", *variables, program, "-c", GREETING]) == "alive 1000\n"


def test_it_starts_without_a_systems_bubblewrap(tmp_path: Path) -> None:
    command = ["env", f"PATH={tmp_path}", f"PYTHONPATH={PROJECT}", sys.executable, "-c", GREETING]
    assert said([shutil.which("env") or "env", *command[1:]]) == "alive 1000\n"


def test_an_old_bubblewrap_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho bubblewrap 0.4.1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_bubblewrap() != str(old)


def test_a_machine_without_namespaces_is_refused_in_one_line() -> None:
    line = said(without_namespaces(sys.executable, "-c", GREETING))
    assert line.count("\n") == 1
    assert line.startswith("student code can't be isolated here (bwrap: ")
    assert "namespace" in line
    assert 'c.Autograder.isolation = "landlock"' in line


def test_a_kernel_without_landlock_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 4)
    with pytest.raises(IsolationError, match=r"version 4 of Landlock, and version 6 is needed\. Use Linux 6\.12"):
        Sandbox(level="landlock")


def test_an_unknown_level_is_refused_in_one_line() -> None:
    with pytest.raises(
        CourseError, match=r"unknown level of isolation 'none'\. Use one of namespaces, landlock, process"
    ):
        Sandbox(level="none")


def test_a_failing_bubblewrap_is_refused_with_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\n[ $1 = --version ] && echo bubblewrap 0.9.0 && exit\necho bwrap: out of luck >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(IsolationError, match=r"\(bwrap: out of luck\)"):
        Sandbox()
    report = examine()
    assert report.reached is None
    assert "out of luck" in report.probes[0].seen


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(IsolationError, match="no-such-package"):
        importable(["no-such-package"])


def test_the_requirements_of_a_package_come_with_it() -> None:
    names = importable(["rich"])
    assert {"numpy", "IPython", "rich", "markdown_it", "numpy.libs"} <= set(names)
    assert "pytest" not in names


def processes() -> set[int]:
    """This process's children, and theirs."""
    return set(descendants(os.getpid()))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for temporary files that every user may enter, as pytest's own is not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def open_descriptors() -> set[str]:
    """Names of this process's open file descriptors."""
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


@EVERY_LEVEL
def test_nothing_is_left_of_a_closed_sandbox(level: str, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    before = processes()
    descriptors = open_descriptors()
    with Sandbox(level=level) as sandbox:
        for plots in (False, True):
            with sandbox.submission(plots=plots) as submission:
                submission.run_cell("import os\nif os.fork() == 0:\n    import time; time.sleep(60)", SECONDS)
        assert processes() > before
    gc.collect()
    assert processes() == before
    assert open_descriptors() == descriptors
    assert list(open_folder.iterdir()) == []


@EVERY_LEVEL
def test_a_submissions_processes_are_gone_when_it_is_closed(level: str) -> None:
    with Sandbox(level=level) as sandbox:
        idle = processes()
        with sandbox.submission(plots=False) as submission:
            submission.run_cell("import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=True)", SECONDS)
            daemon = "if os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n    time.sleep(60)"
            submission.run_cell(f"import os, time\n{daemon}", SECONDS)
        time.sleep(0.1)
        assert processes() == idle


@EVERY_LEVEL
def test_a_template_that_ended_is_started_again(level: str) -> None:
    before = processes()
    with Sandbox(level=level) as sandbox:
        for pid in processes() - before:
            with suppress(ProcessLookupError):  # they end with their parent
                os.kill(pid, signal.SIGKILL)
        with sandbox.submission(plots=False) as submission:
            assert printed(submission.run_cell("print('alive')", SECONDS)) == "alive\n"


@EVERY_LEVEL
def test_a_template_that_is_killed_while_it_starts_is_started_again(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 2
    greet = Template._greet

    def killed(template: Template, said: int) -> None:
        nonlocal left
        if left:
            left -= 1
            # As soon as Python runs: bubblewrap's second process, made after its first was killed, would live on.
            while not [one for one in descendants(os.getpid()).values() if "start.py" in one and "bwrap" not in one]:
                time.sleep(0.01)
            for pid in processes():
                with suppress(ProcessLookupError):  # they end with their parent
                    os.kill(pid, signal.SIGKILL)
        greet(template, said)

    monkeypatch.setattr(Template, "_greet", killed)
    with Sandbox(level=level) as sandbox, sandbox.submission(plots=False) as submission:
        assert printed(submission.run_cell("print('alive')", SECONDS)) == "alive\n"
    assert left == 0


@EVERY_LEVEL
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_grader_that_ends_takes_everything_with_it(level: str, number: signal.Signals, open_folder: Path) -> None:
    program = (
        f"import sys, time\nfrom autograder.sandbox import Sandbox\nsandbox = Sandbox(level={level!r})\n"
        "submission = sandbox.submission(plots=False)\nprint('up', flush=True)\n"
        "submission.run_cell('while True: pass', 60)"
    )
    before = processes()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TMPDIR": str(open_folder)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"up\n"
        below = processes() - before - {grader.pid}
        assert below
        grader.send_signal(number)
    for _ in range(100):
        if not (left := [pid for pid in below if Path(f"/proc/{pid}/exe").exists()]):
            break
        time.sleep(0.1)
    assert not left
    assert list(open_folder.iterdir()) == []
