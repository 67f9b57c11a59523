"""The grader's end of a template process: starting bubblewrap, and asking for submissions."""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any, final

from autograder.errors import IsolationError
from autograder.sandbox.bubblewrap import CODE, PACKAGES, USER, command, find_bubblewrap, sandbox_prefix
from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.codec import CodecError
from autograder.sandbox.inside.frames import receive, send

START_SECONDS = 60.0
_ANSWER_SECONDS = 20.0
_MESSAGE_BYTES = 1 << 20
_FILES_BYTES = 256 << 20

_ENTRY = (
    f"import sys; sys.path[:0] = ['{CODE}', '{PACKAGES}']; "
    "from inside.template import main; main({control}, {user}, {prefix!r})"
)


@final
class Template:
    """A started bubblewrap with the warm process in it.

    Args:
        packages: Distributions that student code may import besides the base ones.

    Raises:
        IsolationError: It cannot be started here; with the reason and what to do.
    """

    def __init__(self, packages: Sequence[str]) -> None:
        kernel.set_dumpable(False)  # closes this process's /proc entries to others of its user
        ours, theirs = socket.socketpair()
        self._control = ours
        self._plots: socket.socket | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        entry = _ENTRY.format(control=theirs.fileno(), user=USER, prefix=sandbox_prefix())
        try:
            words = command(find_bubblewrap(), packages, entry)
            self._process = _start(words, theirs, self._errors)
            theirs.close()
            self._greet(ours)
        except BaseException:
            theirs.close()
            self.close()
            raise

    def spawn(self, request: Mapping[str, Any], descriptors: Sequence[int], *, plots: bool) -> None:
        """Fork a submission that owns two sockets.

        Raises:
            EOFError, OSError, CodecError: The template is gone.
        """
        control = self._with_plots() if plots else self._control
        send(control, {"op": "spawn", **request}, _FILES_BYTES, descriptors)
        receive(control, _MESSAGE_BYTES, time.monotonic() + _ANSWER_SECONDS)

    def close(self) -> None:
        """End the template and everything below it."""
        for one in (self._plots, self._control):
            if one is not None:
                one.close()
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._errors.close()

    def _with_plots(self) -> socket.socket:
        if self._plots is None:
            ours, theirs = socket.socketpair()
            send(self._control, {"op": "plots"}, _MESSAGE_BYTES, [theirs.fileno()])
            theirs.close()
            self._greet(ours)
            self._plots = ours
        return self._plots

    def _greet(self, control: socket.socket) -> None:
        """Wait until the template behind a socket is warm."""
        try:
            hello = receive(control, _MESSAGE_BYTES, time.monotonic() + START_SECONDS)
        except (EOFError, OSError, CodecError):
            what, remedy = _explained(self._said())
            raise IsolationError(what, remedy=remedy) from None
        if "error" in hello:
            what, remedy = _explained(str(hello["error"]))
            raise IsolationError(what, remedy=remedy)

    def _said(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired, AttributeError):
            self._process.wait(2)
        self._errors.seek(0)
        lines = self._errors.read(8192).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it ended without a word"


def _start(words: Sequence[str], control: socket.socket, errors: Any) -> "subprocess.Popen[bytes]":
    """Start bubblewrap, which hands the control socket through to what it starts."""
    return subprocess.Popen(
        words,
        pass_fds=(control.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=errors,
        stderr=errors,
        env={},
        cwd="/",
        start_new_session=True,  # Ctrl-C at a terminal reaches the grader alone
    )


def _explained(said: str) -> tuple[str, str]:
    """What bubblewrap or the template said, as one line and what to do about it."""
    what = f"the sandbox cannot be started here ({said[:300]})"
    lowered = said.lower()
    if any(word in lowered for word in ("namespace", "uid map", "operation not permitted", "permission denied", "unshare")):
        return what, (
            "Allow unprivileged user namespaces: as root, sysctl -w kernel.unprivileged_userns_clone=1 "
            "kernel.apparmor_restrict_unprivileged_userns=0 user.max_user_namespaces=10000; in a container, start it "
            "with --security-opt seccomp=unconfined. Nothing was graded"
        )
    return what, "See what this machine lacks with: autograder doctor"

