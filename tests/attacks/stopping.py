"""Attacks that would stop the class, or the machine."""

from .model import WALLED, Attack, Harmful, Leaves, Shows, Stops

_FORKS = "it would fill the machine's table of processes"
_MEMORY = "it would take the machine's memory"
_DISK = "it would fill the machine's disk"
_SIGNALS = "it would end the processes of whoever runs the tests"

_DEAF = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
def forever():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
forever()"""

_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        time.sleep(1000)
    os._exit(0)"""

_THREADS = """
import threading, time
while True:
    try:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    except RuntimeError:
        time.sleep(0.01)"""

_SOCKETS = """
import os, socket, time
def fill():
    kept = []
    while True:
        try:
            kept += socket.socketpair()
            for one in kept[-2:]:
                one.setblocking(False)
                while True:
                    one.send(bytes(1 << 16))
        except BlockingIOError:
            pass
        except OSError:
            time.sleep(1000)
while True:
    try:
        if os.fork() == 0:
            fill()
    except OSError:
        time.sleep(0.1)"""

_TOO_MUCH = """
def chain(x):
    n = 20_000
    while True:
        try:
            blend(np.ones((n, 1)), np.ones((1, n)))
        except (ValueError, MemoryError):
            pass"""

_DISK_FILLED = """
import os
for folder in ("/tmp", "/dev/shm", ".", "/var/tmp", "/run"):
    for n in range(10000):
        try:
            with open(f"{folder}/attack-left-{n}", "wb") as file:
                for _ in range(64):
                    file.write(bytes(1 << 20))
        except OSError:
            break"""

_MANY_FILES = """
import os
kept = []
for n in range(100_000):
    try:
        kept.append(os.open(f"/tmp/attack-left-{n}", os.O_CREAT | os.O_RDWR))
    except OSError:
        break
for n in range(100_000):
    try:
        os.mkdir(f"/tmp/attack-left-folder-{n}")
    except OSError:
        break
os.closerange(64, 1 << 16)"""

ATTACKS = (
    Attack(42, "endless-loop", Stops(), cells=("while True:\n    pass",)),
    Attack(42, "endless-and-deaf", Stops(), cells=(_DEAF,)),
    Attack(42, "endless-in-a-function", Stops(), blend="def blend(x, weight):\n    while True:\n        pass"),
    Attack(43, "sleep", Stops(), blend="import time\ndef blend(x, weight):\n    time.sleep(1000)"),
    Attack(43, "input-and-getpass", Stops(), cells=("import sys\nsys.stdin.readline() if sys.stdin else None\ninput()", "import getpass\ngetpass.getpass()")),
    Attack(44, "exit", Stops(), cells=("import os\nos._exit(7)",)),
    Attack(44, "abort", Stops(), blend="import os\ndef blend(x, weight):\n    os.abort()"),
    Attack(44, "segmentation-fault", Stops(), cells=("import ctypes\nctypes.string_at(0)",)),
    Attack(44, "stack-overflow", Stops(), cells=(
        "import sys, threading\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return [*map(f, [n + 1])]\nf(0)",)),
    Attack(45, "kill-everything", Harmful(_SIGNALS), cells=("import os, signal\nos.kill(-1, signal.SIGKILL)", "import os\nos.kill(os.getpid(), 9)"), review=True, claims=WALLED),
    Attack(45, "kill-parent-and-stop-group", Harmful(_SIGNALS), cells=(
        "import os, signal\nfor pid in (os.getppid(), 1, 2):\n    try:\n        os.kill(pid, 9)\n    except OSError:\n        pass\n"
        "os.killpg(0, signal.SIGSTOP)",), claims=WALLED),
    Attack(46, "fork-bomb", Harmful(_FORKS), cells=("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",), claims=WALLED),
    Attack(46, "fork-bomb-in-a-function", Harmful(_FORKS), blend="import os\ndef blend(x, weight):\n    while True:\n        try:\n            os.fork()\n        except OSError:\n            pass", claims=WALLED),
    Attack(46, "thread-bomb", Harmful(_FORKS), cells=(_THREADS,), claims=WALLED),
    Attack(47, "memory-in-one-process", Harmful(_MEMORY), cells=("kept = []\nwhile True:\n    kept.append(bytearray(1 << 24))",)),
    Attack(47, "memory-in-many-processes", Harmful(_MEMORY), cells=(
        "import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n        kept = bytearray(b'x') * (200 << 20)\n        time.sleep(1000)\ntime.sleep(3)",), claims=WALLED),
    Attack(47, "memory-in-sockets", Harmful(_MEMORY), cells=(_SOCKETS,), claims=WALLED),
    Attack(48, "disk-filled", Harmful(_DISK), cells=(_DISK_FILLED,), claims=WALLED),
    Attack(48, "files-and-inodes", Harmful(_DISK), cells=(_MANY_FILES,), claims=WALLED),
    Attack(49, "flood-of-output", Shows("x" * 1_000_000), cells=("import sys\nfor _ in range(10):\n    print('x' * 1_000_000)\n    sys.stderr.write('y' * 1_000_000)",)),
    Attack(49, "flood-of-displays", Shows("z" * 100_000), cells=(
        "from IPython.display import display, HTML\nfor _ in range(300):\n    display(HTML('z' * 1000))\nprint('z' * 100_000)",)),
    Attack(50, "daemon", Leaves(), cells=(_DAEMON,)),
    Attack(50, "daemon-from-a-function", Leaves(), blend=f"def blend(x, weight):\n    exec('''{_DAEMON}''')\n    return weight * x"),
    Attack(51, "interpreter-held", Stops(), cells=("import re\nre.match('(a|a)+$', 'a' * 60 + 'b')",)),
    Attack(51, "interpreter-held-in-a-function", Stops(), blend="def blend(x, weight):\n    return sum(range(10**13))"),
    Attack(52, "slow-import", Stops(), cells=("open('/tmp/attack_slow.py', 'w').write('while True: pass')\nimport sys\nsys.path.insert(0, '/tmp')\nimport attack_slow",)),
    Attack(52, "slow-unwinding", Stops(), cells=("import time\ntry:\n    1 / 0\nfinally:\n    while True:\n        time.sleep(1)",)),
    Attack(67, "lent-function-asked-for-too-much", Harmful(_MEMORY), chain=_TOO_MUCH),
    Attack(67, "answers-that-weigh-much", Harmful(_MEMORY), blend="kept = np.ones(500_000)\ndef blend(x, weight):\n    return kept"),
    Attack(52, "slow-end-of-an-object", Stops(), blend=(
        "class Slow:\n    def __del__(self):\n        while True:\n            pass\ndef blend(x, weight):\n    Slow()\n    return weight * x")),
)  # fmt: skip
