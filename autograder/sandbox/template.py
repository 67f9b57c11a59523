"""The grader's side of a template: the warm process from which submissions are forked."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Self, final

from autograder.errors import IsolationError
from autograder.sandbox import bare, bubblewrap
from autograder.sandbox.channel import Broken, Channel, output_file
from autograder.sandbox.inside import frames
from autograder.sandbox.interpreter import find_interpreter
from autograder.sandbox.launch import Launch
from autograder.sandbox.levels import NAMESPACES
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
        launch: How it was started.
        process: What was started, or None for a template that was forked from another.
    """

    def __init__(self, channel: Channel, launch: Launch, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self._channel, self._launch, self._process = channel, launch, process

    @classmethod
    def start(cls, packages: Sequence[str], level: str) -> Self:
        """Start a template, in bubblewrap where the level has namespaces.

        Args:
            packages: Further distributions that student code may import.
            level: Name of the level of isolation.

        Raises:
            Broken: It ended without a word: somebody killed it.
            IsolationError: It can't be done; with the reason and what to do.
        """
        interpreter, shown = find_interpreter(), importable(packages)
        channel, theirs = Channel.pair(0)
        with theirs, tempfile.TemporaryFile() as said:
            number = theirs.fileno()
            if level == NAMESPACES:
                launch = bubblewrap.launch(interpreter, shown, number)
            else:
                launch = bare.launch(level, interpreter, shown, number)
            template = cls(channel, launch, _spawn(launch, number, said.fileno()))
            theirs.close()
            template._greet(said.fileno())
        return template

    def _greet(self, said: int) -> None:
        try:
            greeting = self._channel.ask(dict(self._launch.walls), _START_SECONDS)
        except (Broken, TimeoutError) as error:
            self.close()
            words = os.pread(said, _SAID_BYTES, 0).decode("utf-8", "replace")
            if isinstance(error, Broken) and not words.strip():
                raise
            raise refusal(words) from None
        except BaseException:
            self.close()
            raise
        expected = self._launch.expected
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
        channel.ask(dict(self._launch.walls), _START_SECONDS)
        return Template(channel, self._launch)

    def learn(self, cells: Sequence[str]) -> None:
        """Have it compile these cells of a notebook, in place of any others, for all submissions to come.

        Raises:
            Broken: This template is gone.
            TimeoutError: It doesn't answer.
        """
        self._channel.ask({"op": "learn", "cells": list(cells)}, _SPAWN_SECONDS)

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
        with supervisors, executors, output_file() as output:
            ends = [supervisors.fileno(), executors.fileno(), output.fileno()]
            self._channel.send(ident, request, deadline, descriptors=ends)
            self._channel.answer(ident, deadline)
        try:
            _check_ready(channel.answer(ident, deadline))
        except Broken:
            _check_ready(control.answer(ident, deadline))
            raise
        return control, channel

    @property
    def is_up(self) -> bool:
        """Whether it still answers: what ended a submission from outside has ended its template before that."""
        try:
            self._channel.ask({"op": "ping"}, _START_SECONDS)
        except (Broken, TimeoutError):
            return False
        return True

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
        if self._launch.folder is not None:
            shutil.rmtree(self._launch.folder, ignore_errors=True)


def _spawn(launch: Launch, channel: int, said: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603
            launch.words,
            pass_fds=(channel,),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=launch.environment,
            cwd="/",
            start_new_session=True,  # an interrupt from the keyboard is the grader's alone
        )
    except OSError as error:
        raise IsolationError(
            f"a program that isolates could not be started ({error.strerror})",
            where=launch.words[0],
            remedy="Install it anew.",
        ) from error


def _check_ready(told: Any) -> None:
    if told != {"ready": True}:
        fault = str(told.get("fatal", told))[:300] if isinstance(told, dict) else "no greeting"
        raise IsolationError(
            f"a submission could not be walled in ({fault})", remedy="Run `autograder doctor` on this machine."
        )
