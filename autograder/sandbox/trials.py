"""What `autograder doctor` tries from inside the sandbox: sources of cells, each for one wall."""

from dataclasses import dataclass
from typing import Final

from autograder.sandbox.levels import LANDLOCK, NAMESPACES, PROCESS

_WALLED: Final = (NAMESPACES, LANDLOCK)
_ALL: Final = (NAMESPACES, LANDLOCK, PROCESS)


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that student code must not be able to do.

    Attributes:
        name: What must hold.
        levels: The levels of isolation that claim it.
        source: The cell that tries it; the words in braces that are `Facts` are filled in.
    """

    name: str
    levels: tuple[str, ...]
    source: str


# Before each trial: how it says whether the wall held, and what was seen.
PREFACE: Final = """
import ctypes, errno, json, os, platform, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
def say(held, seen):
    print(json.dumps([bool(held), str(seen)]))
def call(x86, arm, *arguments):
    number = x86 if platform.machine() == "x86_64" else arm
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) >= 0:
        return "done"
    return errno.errorcode[ctypes.get_errno()]
"""

# In another submission that lives at the same time.
NEIGHBOUR: Final = """
import os, socket
door = socket.socket(socket.AF_UNIX)
door.bind({door!r})
door.listen()
open("left", "w").write("answer")
print(os.path.abspath("left"), os.getpid())
"""

_FILES: Final = """
seen = []
for path in {hidden}:
    try:
        (os.listdir if os.path.isdir(path) else open)(path)
        seen.append(path)
    except OSError:
        pass
say(not seen, ", ".join(seen) or "none can be opened")
"""

_NETWORK: Final = """
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
    say(False, "connected")
except TimeoutError:
    say(False, "packets left the machine")
except OSError as error:
    say(True, error.strerror)
"""

_PROCESSES: Final = """
seen = []
for name, pid in (("the grader", {grader}), ("the supervisor", os.getppid())):
    try:
        os.kill(pid, 0)
        seen.append(f"{name} can be signalled")
    except OSError:
        pass
    try:
        open(f"/proc/{pid}/environ").read()
        seen.append(f"{name} can be read")
    except OSError:
        pass
say(not seen, ", ".join(seen) or "neither the grader nor the supervisor")
"""

_NEIGHBOURS: Final = """
seen = []
try:
    socket.socket(socket.AF_UNIX).connect({door})
    seen.append("its socket")
except OSError:
    pass
if {left} != os.path.abspath("left") and os.path.exists({left}):
    try:
        open({left})
        seen.append("its files")
    except OSError:
        pass
if os.path.exists("left"):
    seen.append("its work folder")
say(not seen, ", ".join(seen) or "neither its files nor its sockets")
"""

_USER: Final = """
rights = ctypes.create_string_buffer(24)
libc.capget(bytes([0x22, 5, 8, 0x20, 0, 0, 0, 0]), rights)
gains = libc.prctl(39, 0, 0, 0, 0) != 1
tried = {"root": os.getuid() == 0, "has rights": any(rights.raw), "may gain rights": gains}
seen = [name for name, bad in tried.items() if bad]
say(not seen, ", ".join(seen) or f"user {os.getuid()}, no rights, none to gain")
"""

_NAME: Final = """
say(socket.gethostname() == "sandbox", socket.gethostname())
"""

_WRITING: Final = """
own = os.path.dirname(os.getcwd())
places = ["/", "/usr", "/etc", "/opt", "/var/tmp", "/dev", "/tmp", "/dev/shm", *os.environ["PYTHONPATH"].split(":")]
private = {private}
seen = []
for place in places:
    if place == own or (private and place == "/dev/shm"):
        continue
    try:
        open(f"{place}/probe", "w").close()
        os.unlink(f"{place}/probe")
        seen.append(place)
    except OSError:
        pass
say(not seen, ", ".join(seen) or "all refused")
"""

_CALLS: Final = """
tried = {
    "user namespaces": call(272, 97, 0x10000000), "tracing": call(101, 117, 0, 0, 0, 0),
    "memory without a file": call(319, 279, 0, 0), "shared memory": call(29, 194, 0, 4096, 0o1600),
    "keys": call(250, 219, 0, -5, 1), "programs in the kernel": call(321, 280, 0, 0, 0),
    "io_uring": call(425, 425, 1, 0), "another's limits": call(302, 261, os.getppid(), 0, 0, 0),
}
seen = [f"{name}: {result}" for name, result in tried.items() if result != "EPERM"]
if libc.prctl(21, 0, 0, 0, 0) != 2:
    seen.append("there is no filter")
say(not seen, ", ".join(seen) or f"{len(tried)} of {len(tried)} refused")
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

_BYTES: Final = """
try:
    with open("large", "wb") as file:
        file.seek({file_bytes})
        file.write(bytes(2))
    say(False, "written")
except OSError as error:
    say(error.errno == errno.EFBIG, error.strerror)
"""

TRIALS: Final = (
    Trial("files of the course and homes are out of reach", _WALLED, _FILES),
    Trial("the network is out of reach", _WALLED, _NETWORK),
    Trial("the grader's processes are out of reach", _WALLED, _PROCESSES),
    Trial("another submission is out of reach", _WALLED, _NEIGHBOURS),
    Trial("the machine's name is hidden", (NAMESPACES,), _NAME),
    Trial("nothing outside of its own folders can be written", _WALLED, _WRITING),
    Trial("system calls are filtered", _WALLED, _CALLS),
    Trial("student code has no rights", _ALL, _USER),
    Trial("memory is limited", _ALL, _MEMORY),
    Trial("processes are limited", _ALL, _FORKS),
    Trial("the size of a file is limited", _ALL, _BYTES),
)
