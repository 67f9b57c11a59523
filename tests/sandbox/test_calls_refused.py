"""The filter of system calls: what it refuses, and that what notebooks rightly use goes on working."""

from collections.abc import Callable

import pytest
from cell_runs import SECONDS, WALLED, printed

from autograder.sandbox import CellOutcome, Sandbox

pytestmark = WALLED

Run = Callable[[str], CellOutcome]
Said = Callable[[str], str]

TRY = (
    "import ctypes, errno, os, platform\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    "X86 = platform.machine() == 'x86_64'\n"
    "def attempt(x86, arm, *arguments):\n"
    "    result = libc.syscall(ctypes.c_long(x86 if X86 else arm), *map(ctypes.c_long, arguments))\n"
    "    print('done' if result >= 0 else errno.errorcode[ctypes.get_errno()])\n"
)

REFUSED = {
    "memory of another process": "process_vm_readv, 310, 270, os.getppid(), 0, 0, 0, 0, 0",
    "tracing": "ptrace, 101, 117, 0, 0, 0, 0",
    "another's descriptor": "pidfd_getfd, 438, 438, 0, 0, 0",
    "a user namespace": "unshare, 272, 97, 0x10000000",
    "a user namespace by clone": "clone, 56, 220, 0x10000000 | 17, 0, 0, 0, 0",
    "entering a namespace": "setns, 308, 268, 0, 0",
    "a mount": "mount, 165, 40, 0, 0, 0, 0, 0",
    "the new mounts": "fsopen, 430, 430, 0, 0",
    "another root": "chroot, 161, 51, 0",
    "another user": "setuid, 105, 146, 0",
    "programs in the kernel": "bpf, 321, 280, 0, 0, 0",
    "counting another's events": "perf_event_open, 298, 241, 0, 0, -1, -1, 0",
    "faults of memory": "userfaultfd, 323, 282, 0",
    "io_uring": "io_uring_setup, 425, 425, 1, 0",
    "a key": "add_key, 248, 217, 0, 0, 0, 0, -5",
    "the keyring": "keyctl, 250, 219, 0, -5, 1",
    "files by handle": "open_by_handle_at, 304, 265, 0, 0, 0",
    "memory without a file": "memfd_create, 319, 279, 0, 0",
    "secret memory": "memfd_secret, 447, 447, 0",
    "shared memory of System V": "shmget, 29, 194, 0, 4096, 0o1600",
    "semaphores of System V": "semget, 64, 190, 0, 1, 0o1600",
    "messages of System V": "msgget, 68, 186, 0, 0o1600",
    "the clock": "clock_settime, 227, 112, 0, 0",
    "the kernel's log": "syslog, 103, 116, 3, 0, 0",
    "typing into a terminal": "ioctl, 16, 29, 0, 0x5412, 0",
    "another's limits": "prlimit64, 302, 261, os.getppid(), 0, 0, 0",
    "another's priority": "setpriority, 141, 140, 0, os.getppid(), 5",
    "other processors": "sched_setaffinity, 203, 122, 0, 8, 0",
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_a_call_is_refused(said: Said, call: str) -> None:
    assert said(f"{TRY}attempt({call.partition(',')[2]})") == "EPERM\n"


def test_a_call_younger_than_the_list_does_not_exist(said: Said) -> None:
    assert said(f"{TRY}attempt(463, 463)\nattempt(435, 435, 0, 0)") == "ENOSYS\nENOSYS\n"


@pytest.mark.parametrize("family", ["INET", "INET6", "NETLINK", "PACKET", "VSOCK"])
def test_only_sockets_of_the_same_machine_can_be_made(run: Run, family: str) -> None:
    outcome = run(f"import socket\nsocket.socket(socket.AF_{family}, socket.SOCK_DGRAM)")
    assert "Address family not supported" in outcome.error


def test_a_call_in_another_way_of_numbering_ends_the_process(run: Run) -> None:
    outcome = run(f"{TRY}assert X86\nattempt(0x40000000 + 39, 0)")
    assert outcome.status == "died" or outcome.error.startswith("AssertionError")


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nseen = []\nt = threading.Thread(target=seen.append, args=(1,))\nt.start(); t.join()\n"
        "print(seen == [1])",
        "import subprocess\nprint(subprocess.check_output(['echo', 'x'], text=True) == 'x\\n')",
        "import os\npid = os.fork()\nif pid == 0: os._exit(3)\nprint(os.waitpid(pid, 0)[1] == 768)",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool: print(list(pool.map(abs, [-1])) == [1])",
        "import multiprocessing as m\na, b = m.Pipe()\np = m.get_context('fork').Process(target=b.send, args=(5,))\n"
        "p.start()\nprint(a.recv() == 5)\np.join()",
        "import asyncio\nprint(await asyncio.sleep(0, True))",
        "import os\nprint(os.nice(1) > 0)",
        "import os\nprint(len(os.sched_getaffinity(0)) > 0)",
        "import resource\nprint(len(resource.getrlimit(resource.RLIMIT_AS)) == 2)",
        "import tempfile\nwith tempfile.TemporaryFile() as f: print(f.write(b'x') == 1)",
        "import numpy as np\nprint(np.linalg.svd(np.eye(300))[1].sum() == 300)",
        "import sqlite3\nprint(sqlite3.connect('x.db').execute('select 1').fetchone() == (1,))",
        "r = get_ipython().run_line_magic('timeit', '-o -q -n1 -r1 1')\nprint(r.loops == 1)",
        "import ctypes\nprint(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)() == 7)",
    ],
    ids=["threads", "subprocess", "fork", "pool of threads", "multiprocessing", "await", "nice", "affinity",
         "limits", "temporary file", "linear algebra", "sqlite", "timeit", "callbacks"],
)  # fmt: skip
def test_what_notebooks_use_works(run: Run, source: str) -> None:
    outcome = run(source)
    assert printed(outcome) == "True\n", outcome


def test_a_picture_can_be_drawn(sandbox: Sandbox) -> None:
    with sandbox.submission(plots=True) as submission:
        outcome = submission.run_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", SECONDS)
    assert any("image/png" in one.get("data", {}) for one in outcome.outputs), outcome
