"""Starting: as which user, from where, with which bubblewrap; and one clear line where it can't be."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from pathlib import Path

import pytest
from cell_runs import SECONDS, printed

from autograder.errors import IsolationError
from autograder.sandbox import Sandbox
from autograder.sandbox.bubblewrap import find_bubblewrap
from autograder.sandbox.packages import importable
from autograder.sandbox.probes import examine

PROJECT = Path(__file__).parents[2]
ROOT = os.geteuid() == 0
GREETING = """
import sys
from autograder.errors import IsolationError
from autograder.sandbox import Sandbox
try:
    with Sandbox() as sandbox, sandbox.submission(plots=False) as submission:
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


def test_every_wall_stands_for_an_ordinary_user() -> None:
    program = "from autograder.sandbox.probes import examine\nprint([p for p in examine().probes if not p.ok])"
    assert said(as_ordinary_user(sys.executable, "-c", program)) == "[]\n"


def test_every_wall_stands_here() -> None:
    report = examine()
    assert report.isolation == "namespaces"
    assert [probe for probe in report.probes if not probe.ok] == []


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
    outer = ["--unshare-user", "--disable-userns", "--dev-bind", "/", "/"]
    words = as_ordinary_user(find_bubblewrap(), *outer, sys.executable, "-c", GREETING)
    line = said(words)
    assert line.count("\n") == 1
    assert line.startswith("student code can't be isolated here (bwrap: ")
    assert "namespace" in line


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
    assert report.isolation is None
    assert "out of luck" in report.probes[0].detail


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(IsolationError, match="no-such-package"):
        importable(["no-such-package"])


def test_the_requirements_of_a_package_come_with_it() -> None:
    names = importable(["rich"])
    assert {"numpy", "IPython", "rich", "markdown_it", "numpy.libs"} <= set(names)
    assert "pytest" not in names


def processes() -> set[int]:
    """This process's children, and theirs."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def open_descriptors() -> set[str]:
    """Names of this process's open file descriptors."""
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def test_nothing_is_left_of_a_closed_sandbox() -> None:
    before = processes()
    descriptors = open_descriptors()
    with Sandbox() as sandbox:
        for plots in (False, True):
            with sandbox.submission(plots=plots) as submission:
                submission.run_cell("import os\nif os.fork() == 0:\n    import time; time.sleep(60)", SECONDS)
        assert processes() > before
    gc.collect()
    assert processes() == before
    assert open_descriptors() == descriptors


def test_a_submissions_processes_are_gone_when_it_is_closed() -> None:
    with Sandbox() as sandbox:
        idle = processes()
        with sandbox.submission(plots=False) as submission:
            submission.run_cell("import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=True)", SECONDS)
        time.sleep(0.1)
        assert processes() == idle


def test_a_template_that_ended_is_started_again() -> None:
    before = processes()
    with Sandbox() as sandbox:
        for pid in processes() - before:
            with suppress(ProcessLookupError):  # they end with their parent
                os.kill(pid, signal.SIGKILL)
        with sandbox.submission(plots=False) as submission:
            assert printed(submission.run_cell("print('alive')", SECONDS)) == "alive\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_grader_that_ends_takes_everything_with_it(number: signal.Signals) -> None:
    program = (
        "import sys, time\nfrom autograder.sandbox import Sandbox\nsandbox = Sandbox()\n"
        "submission = sandbox.submission(plots=False)\nprint('up', flush=True)\n"
        "submission.run_cell('while True: pass', 60)"
    )
    before = processes()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"up\n"
        below = processes() - before - {grader.pid}
        assert below
        grader.send_signal(number)
    time.sleep(0.3)
    assert not [pid for pid in below if Path(f"/proc/{pid}/exe").exists()]
