"""The grader's side of a template: the warm process in bubblewrap from which submissions are forked."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Self, final

from autograder.errors import IsolationError
from autograder.sandbox.bubblewrap import PACKAGES, command, find_bubblewrap
from autograder.sandbox.channel import Broken, Channel
from autograder.sandbox.inside import frames
from autograder.sandbox.interpreter import Interpreter, find_interpreter
from autograder.sandbox.limits import Limits
from autograder.sandbox.packages import importable
from autograder.sandbox.refusals import refusal

_START_SECONDS: Final = 60.0
_SPAWN_SECONDS: Final = 10.0
_END_SECONDS: Final = 5.0
_SAID_BYTES: Final = 1 << 14


@final
class Template:
    """A template that is up.

    Args:
        channel: To the template.
        process: Bubblewrap, or None for a template that was forked from another.
    """

    def __init__(self, channel: Channel, process: "subprocess.Popen[bytes] | None") -> None:
        self._channel, self._process = channel, process

    @classmethod
    def start(cls, packages: Sequence[str]) -> Self:
        """Start bubblewrap and a template in it.

        Args:
            packages: Further distributions that student code may import.

        Raises:
            IsolationError: It can't be done; with the reason and what to do.
        """
        interpreter = find_interpreter()
        program, shown = find_bubblewrap(), importable(packages)
        channel, theirs = Channel.pair(0)
        said = os.memfd_create("said")
        try:
            with theirs:
                words = command(program, interpreter, shown, theirs.fileno())
                process = _spawn(words, theirs.fileno(), said)
            template = cls(channel, process)
            template._greet(interpreter, said)
        finally:
            os.close(said)
        return template

    def _greet(self, interpreter: Interpreter, said: int) -> None:
        try:
            greeting = self._channel.ask("greet", _START_SECONDS)
        except (Broken, TimeoutError):
            self.close()
            raise refusal(os.pread(said, _SAID_BYTES, 0).decode("utf-8", "replace")) from None
        except BaseException:
            self.close()
            raise
        expected = {"prefix": interpreter.prefix, "numpy": f"{PACKAGES}/numpy/__init__.py", "uid": 1000}
        wrong = {name: greeting.get(name) for name, value in expected.items() if greeting.get(name) != value}
        if wrong:
            self.close()
            raise IsolationError(
                f"the sandbox started another Python than the grader's own ({wrong})",
                remedy="Make the interpreter's folder readable for everybody, or use another interpreter.",
            )

    def with_plots(self) -> "Template":
        """A template forked from this one that has matplotlib loaded; it ends with this one.

        Raises:
            Broken: This template is gone.
            TimeoutError: It doesn't answer.
        """
        channel, theirs = Channel.pair(0)
        with theirs:
            self._channel.ask({"op": "plots"}, _SPAWN_SECONDS, descriptors=[theirs.fileno()])
        channel.ask("greet", _START_SECONDS)
        return Template(channel, None)

    def spawn(self, limits: Limits, files: Mapping[str, bytes]) -> tuple[Channel, Channel]:
        """Fork a submission: the channels to its supervisor and to its executor.

        Raises:
            Broken: The template, or what was forked from it, is gone.
            TimeoutError: It doesn't answer.
            IsolationError: The kernel refused one of the walls.
        """
        control, supervisors = Channel.pair(0)
        channel, executors = Channel.pair(limits.reply_bytes, limits.reply_bytes)
        ident, deadline = frames.new_id(), time.monotonic() + _SPAWN_SECONDS
        request = {"op": "submission", "limits": asdict(limits), "files": dict(files)}
        with supervisors, executors:
            ends = [supervisors.fileno(), executors.fileno()]
            self._channel.send(ident, request, deadline, descriptors=ends)
            self._channel.answer(ident, deadline)
        try:
            _check_ready(channel.answer(ident, deadline))
        except Broken:
            _check_ready(control.answer(ident, deadline))
            raise
        return control, channel

    def close(self) -> None:
        """End the template and everything that was forked from it."""
        self._channel.close()
        if self._process is None:
            return
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _spawn(words: Sequence[str], channel: int, said: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603
            words, pass_fds=(channel,), stdin=subprocess.DEVNULL, stdout=said, stderr=said, env={}, cwd="/"
        )
    except OSError as error:
        raise IsolationError(
            f"bubblewrap could not be started ({error.strerror})", where=words[0], remedy="Install it anew."
        ) from error


def _check_ready(told: Any) -> None:
    if told != {"ready": True}:
        fault = str(told.get("fatal", told))[:300] if isinstance(told, dict) else "no greeting"
        raise IsolationError(
            f"a submission could not be walled in ({fault})", remedy="Run `autograder doctor` on this machine."
        )
