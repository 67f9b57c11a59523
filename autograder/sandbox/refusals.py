"""Why the sandbox could not be started, and what to do: told apart by what really happened."""

from pathlib import Path
from typing import Final

from autograder.errors import IsolationError
from autograder.sandbox.inside import landlock

_MAX_LINE: Final = 300
_SWITCHES: Final = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("user/max_user_namespaces", "0", "10000"),
)
_NAMESPACE_WORDS: Final = ("namespace", "uid map", "gid map", "unshare", "loopback", "user_namespaces")


def refusal(said: str) -> IsolationError:
    """The error for a template that did not come up.

    Args:
        said: What bubblewrap and the template wrote to stderr.
    """
    line = _telling_line(said)
    remedy = _remedy(line)
    if any(word in line for word in _NAMESPACE_WORDS) and landlock.version() >= landlock.SCOPES:
        remedy += ' Or ask for what protects less: c.Autograder.isolation = "landlock".'
    return IsolationError(f"student code can't be isolated here ({line})", remedy=remedy)


def _telling_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    from_bubblewrap = [line for line in lines if line.startswith("bwrap:")]
    chosen = (from_bubblewrap or lines or ["the sandbox ended without a word"])[-1]
    return chosen[:_MAX_LINE].rstrip(".")


def _remedy(line: str) -> str:
    if not any(word in line for word in _NAMESPACE_WORDS):
        return "Run `autograder doctor` to see what this machine allows."
    for name, off, on in _SWITCHES:
        if _setting(name) == off:
            return f"Allow unprivileged user namespaces: `sudo sysctl -w {name.replace('/', '.')}={on}`."
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return (
            "The container forbids namespaces: start it with `--security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined`, or grade outside of it."
        )
    return "Allow unprivileged user namespaces, or grade on a machine that does."


def _setting(name: str) -> str | None:
    try:
        return (Path("/proc/sys") / name).read_text().strip()
    except OSError:
        return None
