"""Attacks that would get out: to the network, the kernel, files outside, a terminal, a grader's browser."""

import json
import shutil
from pathlib import Path

from autograder.course import Course

from .lesson import ASSIGNMENT, RIGHT, WRONG_BLEND, notebook_with
from .model import MARKER, SPY, WALLED, Attack, Misleads, Shows

_NETWORK = """
def ask(kind, address):
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as one:
            one.settimeout(0.5)
            one.connect(address)
            spy(one.recv(1000))
    except OSError:
        pass
ask(socket.AF_INET, ("127.0.0.1", @PORT@))
ask(socket.AF_UNIX, "@ROOT@/agent.socket")
ask(socket.AF_UNIX, "\\0attack-agent-@PORT@")
"""

_KERNEL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, result):
    if result >= 0:
        print("got:", name)
attempt("keyctl", libc.syscall(248, b"user", b"attack-left", b"x", 1, -2))
attempt("userfaultfd", libc.syscall(323, 1))
attempt("io_uring", libc.syscall(425, 4, ctypes.create_string_buffer(256)))
attempt("bpf", libc.syscall(321, 0, ctypes.create_string_buffer(b"\\2\\0\\0\\0\\4\\0\\0\\0\\4\\0\\0\\0\\1", 72), 72))
for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("network", 0x40000000), ("pid", 0x20000000)):
    attempt(f"a {name} namespace", libc.unshare(flag))
attempt("mount", libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None))
attempt("chroot", libc.chroot(b"/tmp"))
if os.getuid() != 0:
    attempt("root", libc.setuid(0))
attempt("raw netlink", libc.socket(16, 3, 16))
"""

_LINKS = """
import os
for name, target in (("one", "@ROOT@/solutions/target.py"), ("two", "/proc/1/root"), ("three", "/dev/mem")):
    try:
        os.symlink(target, name)
        with open(name, "rb") as file:
            spy(file.read(1 << 20))
    except OSError:
        pass
try:
    os.link("@ROOT@/solutions/target.py", "four")
    spy_file("four")
except OSError:
    pass
os.mkfifo("five")
try:
    os.mknod("six", 0o20666, os.makedev(1, 1))
    print("got: a device")
except OSError:
    pass"""

_TERMINAL = """
import fcntl, os, termios
try:
    terminal = os.open("/dev/tty", os.O_RDWR)
    print("got: a terminal")
    for byte in b"echo attack-left\\n":
        fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))
except OSError:
    pass"""

_SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src='javascript:alert(1)'></iframe>"
_RICH = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
for kind in (HTML, Markdown, Latex):
    display(kind("{_SCRIPT}"))
display(Javascript("alert(1)"))
display({{"image/svg+xml": "<svg onload=alert(1) xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"}}, raw=True)
print("{_SCRIPT}")
raise_later = "{_SCRIPT}"
"""


_STEERS = "\\x1b[2J\\x1b]0;owned\\x07\\x1b]52;c;b3duZWQ=\\x07"
_STEERED = f'def blend(x, weight):\n    raise ValueError("{_STEERS}")'


def _linked_beside(root: Path, folder: Path) -> None:
    """A right-looking folder whose further files lead elsewhere."""
    folder.mkdir()
    course = Course(root)
    notebook = notebook_with(course, {**RIGHT, "blend": WRONG_BLEND})
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook))
    (folder / "notes.txt").symlink_to(root / "solutions" / f"{ASSIGNMENT}.py")
    (folder / "data").symlink_to(root / "checks")


def _copied_through(root: Path, folder: Path) -> bool:
    copy = folder.with_name("copy-of-it")
    shutil.copytree(folder, copy)
    return MARKER in (copy / "notes.txt").read_text()


ATTACKS = (
    Attack(53, "network-and-sockets", Shows("seen: "), cells=(SPY, _NETWORK), claims=WALLED),
    Attack(54, "kernel-doors", Shows("got: "), cells=(_KERNEL,), never=("got: ",), claims=WALLED),
    Attack(55, "links-in-the-work-folder", Shows("seen: "), cells=(SPY, "os.chdir(__import__('tempfile').mkdtemp())", _LINKS), never=("got: ",), claims=WALLED),
    Attack(55, "links-in-the-submission", Misleads(_copied_through), folder=_linked_beside),
    Attack(56, "terminal", Shows("got: "), cells=(_TERMINAL,), never=("got: ",), claims=WALLED),
    Attack(57, "scripts-in-outputs", Shows("<script>"), cells=(_RICH,), blend=f'def blend(x, weight):\n    raise ValueError("{_SCRIPT}")'),
    Attack(66, "steering-in-an-error", Shows("\x1b]0;owned"), cells=(f'print("{_STEERS}")',), blend=_STEERED),
    Attack(66, "steering-in-the-line-of-an-error", Shows("\x1b]0;owned"), blend='print("\x1b]0;owned\x07")\ndef blend(x, weight):\n    return 1 / 0  # \x1b[2J\x1b]0;owned\x07'),
    Attack(66, "steering-in-the-name", Misleads(lambda _root, folder: not folder.parent.name.isprintable()), student="c66-\x1b[2J\x1b]0;owned\x07", content=b"none"),
    Attack(57, "script-in-the-name", Misleads(lambda _root, folder: "<script>" in f"<h1>{folder.parent.name}</h1>"), student="c57-<script>alert(1)<",  blend=WRONG_BLEND),
)  # fmt: skip
