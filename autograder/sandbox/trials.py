"""What `autograder doctor` tries from inside the sandbox: sources of cells, each for one wall."""

from typing import Final

# Before each trial: how it says whether the wall held, and what was seen.
PREFACE: Final = """
import json, os, signal, socket
def say(held, seen):
    print(json.dumps([bool(held), str(seen)]))
"""

_FILES: Final = """
seen = [path for path in {hidden} if os.path.exists(path)]
say(not seen, ", ".join(seen) or "not found")
"""

_NETWORK: Final = """
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
    say(False, "connected")
except TimeoutError:
    say(False, "packets left the machine")
except OSError as error:
    say(True, error)
"""

_PROCESSES: Final = """
seen = [name for name in os.listdir("/proc") if name.isdigit() and int(name) > 2]
try:
    os.kill({grader}, 0)
    seen.append("the grader")
except OSError:
    pass
say(not seen, ", ".join(seen) or "only its own")
"""

_USER: Final = """
status = open("/proc/self/status").read() if os.path.exists("/proc/self/status") else ""
rights = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]
say(os.getuid() == os.geteuid() == 1000 and all(int(one, 16) == 0 for one in rights), f"user {os.getuid()}")
"""

_NAME: Final = """
say(socket.gethostname() == "sandbox", socket.gethostname())
"""

_WRITING: Final = """
seen = []
for place in ("/", "/usr", "/etc", "/opt", "/opt/packages", "/opt/sandbox/inside", "/dev"):
    try:
        open(f"{place}/probe", "w").close()
        seen.append(place)
    except OSError:
        pass
say(not seen, ", ".join(seen) or "all refused")
"""

_MEMORY: Final = """
try:
    held = bytearray(2 * {memory})
    say(False, "allocated")
except MemoryError:
    say(True, "refused")
"""

_FORKS: Final = """
pids, held = [], False
try:
    for _ in range({processes} + 8):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        pids.append(pid)
except BlockingIOError:
    held = True
for pid in pids:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
say(held, f"{len(pids)} could be started")
"""

# What must hold, and the source that tries it; {hidden}, {grader}, {memory} and {processes} are filled in.
TRIALS: Final = (
    ("files of the course and homes are invisible", _FILES),
    ("the network is out of reach", _NETWORK),
    ("other processes are invisible", _PROCESSES),
    ("student code has no rights", _USER),
    ("the machine's name is hidden", _NAME),
    ("nothing outside of /tmp can be written", _WRITING),
    ("memory is limited", _MEMORY),
    ("processes are limited", _FORKS),
)
