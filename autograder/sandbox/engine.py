"""The sandbox: templates that are up, from which submissions are forked."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, Self, TypeVar, final

from autograder.errors import IsolationError
from autograder.sandbox.channel import Broken
from autograder.sandbox.inside import kernel
from autograder.sandbox.levels import NAMESPACES, level_named
from autograder.sandbox.limits import Limits
from autograder.sandbox.submission import Submission
from autograder.sandbox.template import Template

_NO_FILES: Final[Mapping[str, bytes]] = {}
_ATTEMPTS: Final = 3
_T = TypeVar("_T")


@final
class Sandbox:
    """Runs submissions, each behind walls of its own; a context manager.

    Args:
        limits: What each submission may cost.
        packages: Distributions that student code may import besides numpy, matplotlib and IPython.
        level: Name of the level of isolation. It is that or nothing.

    It ends with the thread that started it, as well as with the process: bubblewrap watches both.

    Attributes:
        isolation: Name of the level of isolation.

    Raises:
        IsolationError: This machine can't isolate; with the reason and what to do.
        CourseError: There is no such level.
    """

    def __init__(self, limits: Limits | None = None, packages: Sequence[str] = (), level: str = NAMESPACES) -> None:
        self.isolation: Final = level_named(level).name
        self._limits, self._packages = limits or Limits(), tuple(packages)
        # Closes this process's /proc entries to other processes of the same user, student code's among them.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        self._template: Template | None = None
        self._plots: Template | None = None
        self._release: tuple[str, ...] = ()
        self._surely(self._started)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self.close()

    def submission(self, *, plots: bool, files: Mapping[str, bytes] | None = None) -> Submission:
        """Fork the processes of a new submission.

        Args:
            plots: Whether the notebook uses matplotlib: it is loaded already then.
            files: Files for the work folder, by their relative path in it.

        Raises:
            IsolationError: The template is gone and could not be started again.
            ValueError: A file's path leads out of the work folder.
        """
        files = files or _NO_FILES
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
                raise ValueError(f"not a path inside of the work folder: {name!r}")
        return self._surely(lambda: self._spawn(plots, files))

    def _surely(self, step: Callable[[], _T]) -> _T:
        """Take a step, with new templates where somebody killed those that there were."""
        for _ in range(_ATTEMPTS):
            try:
                return step()
            except (Broken, TimeoutError):
                self.close()
        raise IsolationError("the sandbox ended and could not be started again", remedy="Run `autograder doctor`.")

    def learn(self, cells: Sequence[str]) -> None:
        """Have the code cells of a release compiled once; most submissions hold most of them as they are."""
        self._release = tuple(cells)
        try:
            for template in (self._template, self._plots):
                if template is not None:
                    template.learn(cells)
        except (Broken, TimeoutError):
            self.close()  # a new one learns them when it starts

    def _started(self) -> Template:
        if self._template is None:
            self._template = Template.start(self._packages, self.isolation)
            if self._release:
                self._template.learn(self._release)
        return self._template

    def _spawn(self, plots: bool, files: Mapping[str, bytes]) -> Submission:
        template = self._started()
        if plots:
            template = self._plots = self._plots or template.with_plots()
        return Submission(*template.spawn(self._limits, files), self._limits)

    @property
    def is_up(self) -> bool:
        """Whether the templates live: where one was killed, a submission ended through no fault of its own."""
        return all(one.is_up for one in (self._template, self._plots) if one is not None)

    def close(self) -> None:
        """End the templates and all that was forked from them; a later submission starts them anew."""
        for template in (self._plots, self._template):
            if template is not None:
                template.close()
        self._template = self._plots = None
