"""All attacks, and the names of their classes; the table of what holds at which level."""

from collections.abc import Mapping
from typing import Final

from . import channel, escaping, reading, runner, stopping, submission, values
from .model import LEVELS, Attack

ATTACKS: Final[tuple[Attack, ...]] = tuple(
    attack for module in (reading, values, runner, channel, stopping, escaping, submission) for attack in module.ATTACKS
)

CLASSES: Final[Mapping[int, str]] = dict(
    enumerate(
        """frames and gc walked for the reference or expected values
solutions, checks and arrays imported or opened
/proc of the parent and of siblings
ptrace, process_vm_readv, pidfd_getfd
inherited file descriptors
environment, arguments, home, history
the gradebook by sqlite or as a file
other submissions
answers left by an earlier submission
hidden inputs remembered between items and functions
lent reference functions asked for answers
the comparison timed
always-equal objects
ndarray subclasses that override numpy
object arrays and pickle payloads
subclasses of dict, list, str, int, float
late objects, generators, proxies
NaN, infinities, masked and complex arrays
stride tricks and huge shapes
deep, cyclic and wide containers
special methods with side effects
huge integers and strings
values changed after they were returned
nothing, NotImplemented, the function itself
numpy's comparisons patched
builtins, isinstance, AssertionError
pytest and unittest patched
json, struct, msgpack, socket, os patched
random state and seeds
sys.modules, import hooks, start-up files
settrace, setprofile, audit hooks
signal handlers and timers
transformers of the shell, magics
atexit, threads and tasks that act later
ctypes writes into the interpreter
clocks patched
fork to answer in the parent's place
forged frames on any descriptor
closed or read descriptors
printed or displayed scores and results
a score as a cell's result
endless loops, also deaf ones
sleep, input, getpass
exit, abort, crash, stack overflow
signals to everything, parent and group
fork and thread bombs
memory in one process and in many
disk, inodes, open files, shared memory
floods of output
daemons left behind
C calls that hold the interpreter
slow imports, unwinding, destructors
network, unix sockets, netlink
namespaces, mounts, capabilities, kernel interfaces
links, pipes and devices in folders
terminals
scripts in outputs and names
locked cells changed, deleted, doubled, retyped, moved
grade ids and metadata forged or stripped
given helpers redefined
a kernel that names a command
bytes that are no notebook
file and folder names
links to other people's files
a forged record of an earlier result
escape sequences for a terminal
the grader's own memory and time""".splitlines(),
        start=1,
    )
)


def table(held: Mapping[str, frozenset[str]]) -> str:
    """The classes of attack and the levels at which all attacks of each were seen to fail, in Markdown.

    Args:
        held: For each level that was run, the ids of the attacks that failed as they must.
    """
    levels = [level for level in LEVELS if level in held]
    lines = [f"| | class | attacks | {' | '.join(levels)} |", f"|---|---|---|{'---|' * len(levels)}"]
    for number, title in CLASSES.items():
        count = sum(attack.number == number for attack in ATTACKS)
        marks = [mark_of(number, level, held[level]) for level in levels]
        lines.append(f"| {number} | {title} | {count} | {' | '.join(marks)} |")
    return "\n".join(lines)


def mark_of(number: int, level: str, held: frozenset[str]) -> str:
    """What the table says of a class at a level, given the ids of the attacks that failed as they must."""
    ours = [attack for attack in ATTACKS if attack.number == number]
    claimed = [attack for attack in ours if level in attack.claims]
    if not claimed:
        return "not promised"
    if not all(attack.id in held for attack in claimed):
        return "**open**"
    return "holds" if len(claimed) == len(ours) else "holds in part"
