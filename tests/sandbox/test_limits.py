"""Limits: each holds from outside, says why, and costs only the submission that ran into it."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cell_runs import EVERY_LEVEL, SECONDS, SMALL, printed

from autograder.sandbox import (
    MAX_REPLY_DEPTH,
    BadValue,
    CallDied,
    CallTimeout,
    CellOutcome,
    Fork,
    Sandbox,
    StudentError,
    Submission,
)
from autograder.sandbox.levels import NAMESPACES

Run = Callable[[str], CellOutcome]
Said = Callable[[str], str]
Forked = Callable[[str], Fork]

pytestmark = EVERY_LEVEL

HOG = (
    "import os, time, numpy as np\n"
    "def hog(many=6):\n"
    "    for _ in range(many):\n"
    "        if os.fork() == 0:\n"
    "            held = np.ones(20_000_000)\n"
    "            time.sleep(60)\n"
    "            os._exit(0)\n"
    "    time.sleep(60)\n"
)


def test_one_process_cannot_take_more_memory(run: Run, said: Said) -> None:
    assert run("bytearray(500 << 20)").error == "MemoryError: (a submission may use 400 MB of memory)"
    assert said("print('alive')") == "alive\n"


def test_many_processes_together_cannot_take_more_memory(submission: Submission, run: Run) -> None:
    assert run(HOG + "hog()").status == "died"
    assert submission.dead == "it used more than 400 MB of memory"


def test_memory_that_forks_share_is_counted_once(run: Run) -> None:
    source = (
        "import os, time, numpy as np\nheld = np.ones(15_000_000)\npids = []\n"
        "for _ in range(8):\n    pid = os.fork()\n    if pid == 0:\n        time.sleep(0.5)\n        os._exit(0)\n"
        "    pids.append(pid)\nfor pid in pids: os.waitpid(pid, 0)\nprint('alive')"
    )
    o = run(source)
    assert printed(o) == "alive\n", o


def test_a_call_that_takes_too_much_memory_costs_only_its_fork(submission: Submission, forked: Forked) -> None:
    fork = forked(HOG + "def g(): return 1")
    with pytest.raises(CallDied, match="more than 400 MB of memory"):
        fork.call("hog", (), {}, seconds=SECONDS, seed=0)
    with submission.fork() as another:
        assert another.call("g", (), {}, seconds=SECONDS, seed=0).value == 1


def test_memory_in_a_call_is_the_students_error(forked: Forked) -> None:
    fork = forked("import numpy as np\ndef f(): return np.ones(10**9)")
    with pytest.raises(StudentError) as caught:
        fork.call("f", (), {}, seconds=SECONDS, seed=0)
    assert "MemoryError" in caught.value.type_name
    assert caught.value.message.endswith("(a submission may use 400 MB of memory)")


def test_processes_are_counted(run: Run) -> None:
    outcome = run(
        "import os, time\nfor _ in range(100):\n    if os.fork() == 0:\n        time.sleep(60)\n        os._exit(0)"
    )
    assert outcome.error.startswith("BlockingIOError")
    assert outcome.error.endswith("(a submission may run 40 processes and threads at one time)")


def test_threads_count_as_processes(run: Run) -> None:
    thread = "threading.Thread(target=time.sleep, args=(9,), daemon=True)"
    source = f"import threading, time\nfor _ in range(100):\n    {thread}.start()"
    assert run(source).error.endswith(
        "can't start new thread (a submission may run 40 processes and threads at one time)"
    )


def test_a_fork_bomb_in_a_call_is_swept(submission: Submission, forked: Forked) -> None:
    fork = forked(
        "import os\ndef f():\n    while True:\n        try: os.fork()\n        except OSError: pass\ndef g(): return 1"
    )
    with pytest.raises(CallTimeout):
        fork.call("f", (), {}, seconds=0.3, seed=0)
    with submission.fork() as another:
        assert another.call("g", (), {}, seconds=SECONDS, seed=0).value == 1


def test_what_a_call_leaves_running_is_gone_when_the_next_fork_begins(submission: Submission, forked: Forked) -> None:
    fork = forked(
        "import os, time\ndef f():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n"
        "            time.sleep(60)\n        os._exit(0)\n    return 1\n"
        "def alive():\n    found = 0\n    for pid in range(3, 300):\n        try:\n            os.kill(pid, 0)\n"
        "            found += 1\n        except OSError: pass\n    return found"
    )
    fork.call("f", (), {}, seconds=SECONDS, seed=0)
    fork.__exit__()
    with submission.fork() as another:
        count = another.call("alive", (), {}, seconds=SECONDS, seed=0).value
    assert count <= 2


def test_disk_space_is_limited(level: str, submission: Submission) -> None:
    source = "import time\nfor n in range(9):\n    with open(f'{n}', 'wb') as f: f.write(bytes(4 << 20))\ntime.sleep(1)"
    outcome = submission.run_cell(source, SECONDS)
    if level == NAMESPACES:
        assert outcome.error.endswith("(a submission may write 16 MB and a few thousand files)")
    else:
        assert outcome.error == "it wrote more than 16 MB, or too many files"


def test_the_number_of_files_is_limited(submission: Submission) -> None:
    source = "import os, time\nfor n in range(5000): os.mkdir(str(n))\ntime.sleep(1)"
    assert re.search("No space left|too many files", submission.run_cell(source, SECONDS).error)


def test_no_file_is_left_behind_however_deep_or_locked(sandbox: Sandbox) -> None:
    source = (
        "import os\nopen(os.environ['TMPDIR'] + '/left', 'w')\nhere = os.getcwd()\n"
        "for n in range(2000):\n    os.mkdir('d')\n    os.chdir('d')\n"
        "open('deep', 'w')\nos.symlink('/', 'link')\nos.chdir(here)\nos.chmod('d', 0)"
    )
    with sandbox.submission(plots=False) as submission:
        assert submission.run_cell(source, SECONDS).status == "ok"
        [place] = submission.run_cell("print(os.getcwd(), end='')", SECONDS).outputs
    with sandbox.submission(plots=False) as submission:
        seen = "import os\nprint(os.listdir(os.environ['TMPDIR']))"
        assert printed(submission.run_cell(seen, SECONDS)) == "['work']\n"
        same = submission.run_cell("print(os.getcwd(), end='')", SECONDS).outputs[0]["text"] == place["text"]
    until = time.monotonic() + 30  # a busy disk takes its time for two thousand folders
    while not same and Path(place["text"]).parent.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert same or not Path(place["text"]).parent.exists()


def test_a_file_and_the_number_of_open_ones_are_limited(run: Run) -> None:
    assert run("open('x', 'wb').write(bytes(9 << 20))").error.endswith("File too large (a file may have 8 MB)")
    error = run("held = [open('/dev/null') for _ in range(300)]").error
    assert error.endswith("(a process may have 256 files open)")


def test_the_files_that_all_processes_hold_open_are_limited(submission: Submission) -> None:
    source = (
        "import os, socket, time\ndef hold():\n    kept = []\n    for _ in range(120): kept += socket.socketpair()\n"
        "    time.sleep(5)\nfor _ in range(6):\n    if os.fork() == 0: hold()\ntime.sleep(5)"
    )
    assert submission.run_cell(source, SECONDS).status == "died"
    assert submission.dead == "it held more than 1024 files and sockets open at one time"


def test_processor_time_is_limited(level: str) -> None:
    with Sandbox(replace(SMALL, cpu_seconds=1), level=level) as sandbox, sandbox.submission(plots=False) as submission:
        assert submission.run_cell("while True: pass", SECONDS).status == "died"
        assert submission.dead == "it used up its processor time"


def test_limits_cannot_be_raised(run: Run) -> None:
    for name in ("AS", "NPROC", "CPU", "NOFILE", "FSIZE", "CORE"):
        source = f"import resource as r\nr.setrlimit(r.RLIMIT_{name}, (r.RLIM_INFINITY, r.RLIM_INFINITY))"
        assert run(source).status == "error"


def test_a_cells_time_is_limited(run: Run, submission: Submission) -> None:
    outcome = submission.run_cell("while True: pass", 0.3)
    assert (outcome.status, outcome.error) == ("timeout", "it did not end within 0.3 seconds")
    assert printed(run("print('alive')")) == "alive\n"


def test_output_is_cut(run: Run) -> None:
    outcome = run("print('x' * (3 << 20))")
    assert "[output cut: more than 1 MiB in one cell]" in printed(outcome)
    assert len(printed(outcome)) < 2 << 20


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("np.broadcast_to(0.0, (10**7, 10**7))", "its arrays and strings are too large (more than 8 MB)"),
        ("np.zeros(2 << 20)", "its arrays and strings are too large (more than 8 MB)"),
        ("'x' * (9 << 20)", "its arrays and strings are too large (more than 8 MB)"),
        ("list(range(200_000))", "it holds more than 100000 values outside of arrays"),
        ("nested(66)", "it is nested more than 64 levels deep, or holds itself"),
        ("10 ** 9999", "it holds an integer of thousands of digits"),
    ],
    ids=["huge view", "array", "text", "many", "deep", "long integer"],
)
def test_a_returned_value_is_limited_before_it_is_sent(forked: Forked, value: str, line: str) -> None:
    nested = "def nested(n):\n    value = 0\n    for _ in range(n): value = [value]\n    return value\n"
    fork = forked(f"import numpy as np\n{nested}def f(): return {value}\ndef g(): return nested(64)")
    with pytest.raises(BadValue) as caught:
        fork.call("f", (), {}, seconds=SECONDS, seed=0)
    assert caught.value.reason == line
    assert fork.call("g", (), {}, seconds=SECONDS, seed=0).value != 0


def test_how_deep_a_returned_value_may_be_is_an_option(level: str) -> None:
    source = "def f(n):\n    value = 0\n    for _ in range(n): value = [value]\n    return value"
    for depth in (3, MAX_REPLY_DEPTH):
        limits = replace(SMALL, reply_depth=depth)
        with Sandbox(limits, level=level) as sandbox, sandbox.submission(plots=False) as submission:
            submission.run_cell(source, SECONDS)
            with submission.fork() as fork:
                assert fork.call("f", (depth,), {}, seconds=SECONDS, seed=0).value != 0
                with pytest.raises(BadValue, match=f"more than {depth} levels"):
                    fork.call("f", (depth + 2,), {}, seconds=SECONDS, seed=0)
