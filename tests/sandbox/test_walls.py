"""Walls: what student code cannot see or reach."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cell_runs import SECONDS, WALLED, printed

from autograder.sandbox import CellOutcome, Sandbox

Run = Callable[[str], CellOutcome]
Said = Callable[[str], str]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the course."""
    path = tmp_path / "expected.npz"
    path.write_bytes(b"answer")
    return path


def test_a_file_of_the_course_does_not_exist(said: Said, secret: Path) -> None:
    assert said(f"import os\nprint(os.path.exists({str(secret)!r}))") == "False\n"


@pytest.mark.parametrize("place", [Path.home(), Path(__file__).parents[2], Path("/var"), Path("/etc/passwd")], ids=str)
def test_homes_and_the_project_do_not_exist(said: Said, place: Path) -> None:
    assert said(f"import os\nprint(os.path.exists({str(place)!r}))") == "False\n"


@WALLED
@pytest.mark.parametrize("name", ["autograder", "nbgrader", "pytest", "sqlalchemy", "solutions", "pip"])
def test_only_listed_packages_can_be_imported(run: Run, name: str) -> None:
    assert run(f"import {name}").error.startswith("ModuleNotFoundError")


@WALLED
@pytest.mark.parametrize("name", ["numpy", "matplotlib.pyplot", "IPython", "msgspec", "PIL", "traitlets"])
def test_listed_packages_and_what_they_require_can_be_imported(run: Run, name: str) -> None:
    assert run(f"import {name}").status == "ok"


def test_a_further_package_can_be_allowed() -> None:
    with Sandbox(packages=["rich"]) as sandbox, sandbox.submission(plots=False) as submission:
        assert submission.run_cell("import rich", SECONDS).status == "ok"


def test_the_environment_holds_nothing_of_the_graders(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    with Sandbox() as sandbox, sandbox.submission(plots=False) as submission:
        names = printed(submission.run_cell("import os\nprint(sorted(os.environ))", SECONDS))
    assert "SECRET" not in names
    assert "HOME" in names


@WALLED
def test_there_is_no_network(run: Run) -> None:
    outcome = run("import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)")
    assert "Address family not supported" in outcome.error


def test_only_own_processes_can_be_seen_or_signalled(said: Said) -> None:
    source = (
        "import os\nprint([p for p in os.listdir('/proc') if p.isdigit() and int(p) > 2])\n"
        f"try:\n    os.kill({os.getpid()}, 0)\nexcept OSError as e:\n    print(type(e).__name__)"
    )
    assert said(source) == "[]\nProcessLookupError\n"


@WALLED
def test_the_supervisor_cannot_be_ended_read_or_traced(said: Said) -> None:
    source = (
        "import os, ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "parent = os.getppid()\nlibc.kill(parent, 9)\nlibc.kill(parent, 2)\n"
        "print(libc.ptrace(16, parent, 0, 0))\n"
        "buffer = ctypes.create_string_buffer(8)\n"
        "class Vec(ctypes.Structure): _fields_ = [('b', ctypes.c_void_p), ('n', ctypes.c_size_t)]\n"
        "local, remote = Vec(ctypes.addressof(buffer), 8), Vec(id(object), 8)\n"
        "print(libc.process_vm_readv(parent, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0))"
    )
    assert said(source) == "-1\n-1\n"


@WALLED
def test_no_descriptor_but_its_own_is_open(said: Said) -> None:
    source = (
        "import os, stat\nfound = []\nfor n in range(3, 256):\n"
        "    try: found.append(stat.S_IFMT(os.fstat(n).st_mode))\n"
        "    except OSError: pass\n"
        "print(sum(map(stat.S_ISDIR, found)), sum(map(stat.S_ISSOCK, found)))"
    )
    assert said(source) == "0 3\n"  # its channel, and the two ends by which its event loop wakes itself


def test_student_code_has_no_rights(said: Said) -> None:
    source = (
        "import os, ctypes\nprint(os.getuid(), os.getgid(), os.getgroups())\n"
        "libc = ctypes.CDLL(None)\nprint(libc.prctl(39, 0, 0, 0, 0), libc.prctl(23, 21, 0, 0, 0))\n"
        "print(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None), libc.setuid(0), libc.chroot(b'/tmp'))"
    )
    user, rights, calls = said(source).splitlines()
    assert user.startswith("1000 1000")
    assert rights == "1 0"  # no_new_privs set; CAP_SYS_ADMIN not in the bounding set
    assert calls == "-1 -1 -1"


@WALLED
@pytest.mark.parametrize(
    "place", ["/", "/usr", "/etc", "/opt", "/opt/packages", "/opt/sandbox/inside", "/dev", "/proc"]
)
def test_nothing_outside_of_tmp_can_be_written(run: Run, place: str) -> None:
    assert run(f"open({place!r} + '/x', 'w')").status == "error"


def test_the_machines_name_is_hidden(said: Said) -> None:
    assert said("import socket\nprint(socket.gethostname())") == "sandbox\n"


@WALLED
def test_what_a_submission_patches_is_gone_in_the_next(sandbox: Sandbox) -> None:
    with sandbox.submission(plots=False) as submission:
        submission.run_cell(
            "import numpy as np, builtins\nnp.allclose = lambda *a: True\nbuiltins.len = lambda x: 7", SECONDS
        )
    with sandbox.submission(plots=False) as submission:
        outcome = submission.run_cell("import numpy as np\nprint(np.allclose([0], [1]), len([]))", SECONDS)
    assert printed(outcome) == "False 0\n"


def test_two_submissions_at_once_see_nothing_of_each_other(sandbox: Sandbox) -> None:
    with sandbox.submission(plots=False) as one, sandbox.submission(plots=False) as two:
        one.run_cell("open('/tmp/left', 'w').write('x')\nshared = 1", SECONDS)
        source = "import os\nprint(os.path.exists('/tmp/left'), 'shared' in globals(), len(os.listdir('/dev/shm')))"
        assert printed(two.run_cell(source, SECONDS)) == "False False 0\n"


def test_the_graders_own_memory_is_closed_to_other_processes() -> None:
    with Sandbox():
        assert Path("/proc/self/environ").stat().st_uid == 0
        import ctypes

        assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0


@WALLED
def test_frames_written_by_a_cell_end_only_its_submission(sandbox: Sandbox) -> None:
    forge = (
        "import os, stat\nfor n in range(3, 256):\n    try:\n"
        "        if stat.S_ISSOCK(os.fstat(n).st_mode): os.write(n, b'NpA1' + bytes(60))\n"
        "    except OSError: pass"
    )
    with sandbox.submission(plots=False) as submission:
        assert submission.run_cell(forge, SECONDS).status == "died"
    with sandbox.submission(plots=False) as submission:
        assert submission.run_cell("1", SECONDS).status == "ok"
