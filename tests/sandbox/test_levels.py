"""Levels without namespaces: what Landlock keeps closed, and that nothing here needs Linux to be imported."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cell_runs import SECONDS, SMALL, printed

from autograder.errors import IsolationError
from autograder.sandbox import CellOutcome, Sandbox, bare
from autograder.sandbox.levels import LANDLOCK, PROCESS

Run = Callable[[str], CellOutcome]
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def walled() -> Iterator[Sandbox]:
    """A sandbox behind Landlock."""
    with Sandbox(SMALL, level=LANDLOCK) as started:
        yield started


@pytest.fixture
def attempt(walled: Sandbox) -> Iterator[Run]:
    """Run a cell behind Landlock."""
    with walled.submission(plots=False) as submission:
        yield lambda source: submission.run_cell(source, SECONDS)


@pytest.mark.parametrize(
    "source",
    [
        "open({secret!r})",
        "import os\nos.listdir({folder!r})",
        "open({folder!r} + '/new', 'w')",
        "import os\nos.truncate({secret!r}, 0)",
        "import os\nos.unlink({secret!r})",
        "import os\nos.symlink({secret!r}, 'link')\nopen('link')",
        "import os\nos.link({secret!r}, 'hard')\nopen('hard')",
        "import os\nos.rename({secret!r}, 'mine')",
        "import subprocess\nsubprocess.run(['cat', {secret!r}], check=True)",
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "import os\nos.listdir('/tmp')",
        "open('/dev/shm/left', 'w')",
    ],
)
def test_a_file_outside_cannot_be_used(attempt: Run, tmp_path: Path, source: str) -> None:
    secret = tmp_path / "expected.npz"
    secret.write_bytes(b"answer")
    tmp_path.chmod(0o777)  # so that it is Landlock which refuses, not the file's mode
    secret.chmod(0o666)
    assert attempt(source.format(secret=str(secret), folder=str(tmp_path))).status == "error"
    assert secret.read_bytes() == b"answer"


def test_neither_grader_nor_supervisor_nor_everybody_can_be_signalled(attempt: Run) -> None:
    source = (
        "import os\nseen = []\n"
        f"for pid in (os.getppid(), {os.getpid()}, -1):\n"
        "    try: os.kill(pid, 0); seen.append(pid)\n    except OSError: pass\n"
        "print([pid for pid in seen if pid != -1])"
    )
    assert printed(attempt(source)) == "[]\n"
    assert attempt("import os\nos.kill(-1, 15)").status in ("ok", "error", "died")
    # This process and its sandbox are still there.


def test_two_submissions_at_once_reach_nothing_of_each_other(walled: Sandbox) -> None:
    with walled.submission(plots=False) as one, walled.submission(plots=False) as two:
        said = printed(
            one.run_cell(
                "import os, socket\nopen('left', 'w').write('x')\ndoor = socket.socket(socket.AF_UNIX)\n"
                "door.bind('\\0door')\ndoor.listen()\nprint(os.path.abspath('left'), os.getpid())",
                SECONDS,
            )
        )
        path, pid = said.split()
        for source in (
            f"open({path!r})",
            f"import os\nos.kill({pid}, 0)",
            f"import os\nos.listdir(os.path.dirname({path!r}))",
            "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0door')",
        ):
            assert two.run_cell(source, SECONDS).status == "error", source
        assert printed(one.run_cell("print(open('left').read())", SECONDS)) == "x\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change its user")
def test_sandboxes_of_root_run_as_different_users(walled: Sandbox) -> None:
    users = set()
    with Sandbox(SMALL, level=LANDLOCK) as other:
        for sandbox in (walled, other):
            with sandbox.submission(plots=False) as submission:
                users.add(printed(submission.run_cell("import os\nprint(os.getresuid(), os.getgroups())", SECONDS)))
    assert len(users) == 2
    assert not any("0," in user.replace("(", " ").split() for user in users)


def test_the_supervisor_outlives_a_submission_that_kills_all_it_can(walled: Sandbox) -> None:
    with walled.submission(plots=False) as submission:
        submission.run_cell("import os\nos.kill(-1, 9)", SECONDS)
    with walled.submission(plots=False) as submission:
        assert submission.run_cell("1", SECONDS).status == "ok"


def test_a_system_without_proc_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bare, "_PROCESSES", tmp_path / "stat")
    with pytest.raises(IsolationError, match="no /proc as Linux has it"):
        Sandbox(level=PROCESS)


def test_every_module_can_be_imported_where_there_is_no_linux() -> None:
    names = sorted(path.stem for path in (PROJECT / "autograder" / "sandbox" / "inside").glob("*.py"))
    inside = "".join(f"import autograder.sandbox.inside.{one}\n" for one in names if one not in ("__init__", "start"))
    program = (
        # What is not ours is imported first, as it is for this system.
        "import asyncio, os, signal, sys, tempfile, numpy.ma, msgspec, packaging.requirements\n"
        "import IPython.core.interactiveshell, traitlets.config\nsys.platform = 'darwin'\n"
        "del os.memfd_create, os.pidfd_open, os.sched_setaffinity, signal.pidfd_send_signal\n"
        f"import autograder.sandbox.probes\n{inside}"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, capture_output=True)
