"""What isolation this machine gives, found out by trying it from inside."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.errors import IsolationError
from autograder.sandbox.engine import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.submission import Submission

_SECONDS: Final = 10.0
_REPORT: Final = "Report it: on this machine student code is not walled in as it must be."
_MEMORY: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was tried.

    Attributes:
        name: What must hold.
        ok: Whether it held.
        detail: What was seen.
        remedy: What to do where it didn't; empty where it did.
    """

    name: str
    ok: bool
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Report:
    """What this machine can isolate.

    Attributes:
        isolation: The level that was reached, or None where nothing can be graded.
        probes: What was tried, in order.
    """

    isolation: str | None
    probes: tuple[Probe, ...]


# Each source prints one JSON pair: whether the wall held, and what was seen.
_TRIALS: Final = (
    (
        "home and course folders are invisible",
        "import os\nseen = [p for p in {hidden} if os.path.exists(p)]\nsay(not seen, ', '.join(seen) or 'not found')",
    ),
    (
        "the network is out of reach",
        "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), timeout=1)\n    say(False, 'connected')\n"
        "except OSError as error:\n    say('unreachable' in str(error) or 'permitted' in str(error) or "
        "'not supported' in str(error), str(error))",
    ),
    (
        "other processes are invisible",
        "import os\nseen = [p for p in os.listdir('/proc') if p.isdigit() and int(p) > 2]\n"
        "try:\n    os.kill({grader}, 0)\n    seen.append('the grader')\nexcept OSError:\n    pass\n"
        "say(not seen, ', '.join(seen) or 'only its own')",
    ),
    ("student code is not root", "import os\nsay(os.getuid() == 1000 == os.geteuid(), f'user {{os.getuid()}}')"),
    (
        "the machine's name is hidden",
        "import socket\nsay(socket.gethostname() == 'sandbox', socket.gethostname())",
    ),
    (
        "nothing outside of /tmp can be written",
        "import os\nseen = []\nfor place in ('/', '/usr', '/etc', '/opt', '/opt/packages', '/opt/sandbox/inside', '/dev'):\n"
        "    try:\n        open(place + '/probe', 'w').close()\n        seen.append(place)\n    except OSError:\n        pass\n"
        "say(not seen, ', '.join(seen) or 'all refused')",
    ),
    (
        "memory is limited",
        "try:\n    held = bytearray({memory} * 2)\n    say(False, 'allocated')\nexcept MemoryError:\n    say(True, 'refused')",
    ),
    (
        "processes are limited",
        "import os, signal\npids = []\ntry:\n    for _ in range({processes} + 8):\n        pid = os.fork()\n"
        "        if pid == 0:\n            signal.pause()\n        pids.append(pid)\n    held = False\n"
        "except BlockingIOError:\n    held = True\nfor pid in pids:\n    os.kill(pid, 9)\n    os.waitpid(pid, 0)\n"
        "say(held, f'{{len(pids)}} started')",
    ),
)


def examine() -> Report:
    """Start a sandbox and try its walls from inside; never raises for what the machine lacks."""
    limits = Limits(memory_bytes=_MEMORY)
    try:
        with Sandbox(limits) as sandbox, sandbox.submission(plots=False) as submission:
            probes = tuple(_tried(submission, name, source, limits) for name, source in _TRIALS)
            return Report(sandbox.isolation, probes)
    except IsolationError as error:
        return Report(None, (Probe("a sandbox can be started", False, error.what, error.remedy),))


def _tried(submission: Submission, name: str, source: str, limits: Limits) -> Probe:
    hidden = [str(Path.home()), str(Path.cwd()), str(Path(__file__).parents[1]), "/root", "/home", "/work", "/srv"]
    filled = source.format(
        hidden=hidden, grader=os.getpid(), memory=limits.memory_bytes, processes=limits.processes
    )
    said = f"import json\ndef say(ok, detail):\n    print(json.dumps([ok, detail]))\n{filled}"
    outcome = submission.run_cell(said, _SECONDS)
    try:
        ok, detail = json.loads("".join(one.get("text", "") for one in outcome.outputs))
    except ValueError:
        ok, detail = False, outcome.error or "no answer"
    return Probe(name, bool(ok), str(detail), "" if ok else _REPORT)
