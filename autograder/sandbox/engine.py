"""The sandbox: a template, and one submission after another forked from it."""

import contextlib
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import final

from autograder.errors import IsolationError
from autograder.sandbox.inside.codec import CodecError
from autograder.sandbox.limits import Limits
from autograder.sandbox.submission import Submission
from autograder.sandbox.template import Template


@final
class Sandbox(AbstractContextManager["Sandbox"]):
    """A warm sandbox for any number of submissions, one at a time.

    Args:
        limits: What each submission may use.
        packages: Distributions that student code may import besides numpy and matplotlib.

    Raises:
        IsolationError: The machine does not allow it; with the reason and what to do.
    """

    isolation = "namespaces"

    def __init__(self, limits: Limits | None = None, packages: Sequence[str] = ()) -> None:
        self.limits = limits or Limits()
        self._packages = tuple(packages)
        self._template = Template(self._packages)

    def __exit__(self, *exc: object) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """End the template and everything below it."""
        self._template.close()

    def submission(self, *, plots: bool, files: Mapping[str, bytes] | None = None) -> Submission:
        """Processes for one submission, to be used in a ``with`` block.

        Args:
            plots: Whether its cells use matplotlib: then it starts with that loaded.
            files: Files for its work folder, by relative path.

        Raises:
            IsolationError: The template is gone and could not be started again.
        """
        try:
            return self._spawn(plots, files or {})
        except (EOFError, OSError, CodecError):
            self._template.close()
            self._template = Template(self._packages)
        try:
            return self._spawn(plots, files or {})
        except (EOFError, OSError, CodecError) as error:
            raise IsolationError(
                f"the sandbox started no process for a submission ({type(error).__name__}: {error})",
                remedy="See what this machine lacks with: autograder doctor",
            ) from error

    def _spawn(self, plots: bool, files: Mapping[str, bytes]) -> Submission:
        with contextlib.ExitStack() as theirs:
            pairs = [socket.socketpair() for _ in range(2)]
            for _, end in pairs:
                theirs.enter_context(end)
            (control, control_inside), (channel, channel_inside) = pairs
            try:
                request = {"limits": asdict(self.limits), "files": dict(files)}
                self._template.spawn(request, [control_inside.fileno(), channel_inside.fileno()], plots=plots)
                control_inside.close()
                channel_inside.close()
                return Submission(channel, control, self.limits)
            except BaseException:
                control.close()
                channel.close()
                raise
