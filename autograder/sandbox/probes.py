"""What this machine isolates, found out by trying: each probe runs in the sandbox and must fail there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import IsolationError
from autograder.sandbox.engine import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.submission import Submission

_HELD = "held"
_SECONDS = 20.0
_LIMITS = Limits(memory_bytes=1 << 30)


@dataclass(frozen=True, slots=True)
class Probe:
    """One protection, tried.

    Attributes:
        name: What is protected.
        ok: Whether it held.
        detail: What was tried and seen.
        remedy: What to do when it did not hold.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What this machine can isolate.

    Attributes:
        isolation: The level reached, or None: then nothing can be graded here.
        probes: What was tried.
    """

    isolation: str | None
    probes: tuple[Probe, ...]


def examine() -> Report:
    """Start a sandbox and try each of its protections from inside."""
    try:
        with Sandbox(_LIMITS) as sandbox:
            probes = (Probe("sandbox", True, "it starts"), *_tried(sandbox))
    except IsolationError as error:
        return Report(None, (Probe("sandbox", False, error.what, error.remedy),))
    remedy = "Do not grade here; report this with the output of: autograder doctor --json"
    return Report(
        sandbox.isolation, tuple(one if one.ok else replace(one, remedy=one.remedy or remedy) for one in probes)
    )


def _tried(sandbox: Sandbox) -> Iterator[Probe]:
    for name, tries, source in _probes():
        with sandbox.submission(plots=False) as submission:
            yield _try(submission, name, tries, source)


def _try(submission: Submission, name: str, tries: str, source: str) -> Probe:
    outcome = submission.run_cell(source, _SECONDS)
    said = "".join(one.get("text", "") for one in outcome.outputs if one["output_type"] == "stream").strip()
    if outcome.status == "died":
        return Probe(name, name == "memory", f"{tries}: {outcome.error}")
    return Probe(name, said == _HELD, f"{tries}: {_HELD if said == _HELD else said or outcome.error}")


def _probes() -> Iterator[tuple[str, str, str]]:
    """Name, what is tried, and a cell that prints ``held`` when that failed as it must."""
    here = Path(__file__).resolve()
    yield "files", "read the platform's own files", _refused(f"open({str(here)!r}).read()", "OSError")
    yield "home", "list the home folder", _refused(f"__import__('os').listdir({str(Path.home())!r})", "OSError")
    yield "writing", "write outside of /tmp", _refused("open('/usr/x', 'w')", "OSError")
    yield "shared folders", "leave a file for another student", _refused("open('/cache/x', 'w')", "OSError")
    connect = "__import__('socket').create_connection(('192.0.2.1', 80), 1)"
    yield "network", "connect to another machine", _refused(connect, "OSError")
    yield "user", "be root", "import os\nprint('held' if os.getuid() and os.geteuid() else 'is root')"
    yield "privileges", "become root", _refused("__import__('os').setuid(0)", "OSError")
    yield (
        "processes",
        "see or signal others",
        "import os\ntry:\n    os.kill(-1, 0)\n    print('others can be signalled')\nexcept ProcessLookupError:\n    print('held')",
    )
    yield (
        "process count",
        "start a thousand processes",
        "import os, signal, time\nchildren = []\ntry:\n    while len(children) < 1000:\n        pid = os.fork()\n"
        "        if pid == 0:\n            time.sleep(60)\n            os._exit(0)\n        children.append(pid)\n"
        "    print('all were started')\nexcept OSError:\n    print('held')\n"
        "for pid in children:\n    os.kill(pid, signal.SIGKILL)",
    )
    yield "memory", "take 4 GB", _refused("bytearray(4 << 30)", "MemoryError")
    yield "file size", "write 200 MB", _refused("open('/tmp/x', 'wb').write(bytes(200 << 20))", "OSError")


def _refused(expression: str, error: str) -> str:
    return (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"try:\n    {expression}\n    print('it worked')\nexcept {error}:\n    print('held')"
    )
