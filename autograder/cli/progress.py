"""How far a class is graded: a bar on a terminal, a line now and then elsewhere; always on standard error."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.cli.command import people

_LINES = 10  # where there is no terminal


@final
@dataclass(slots=True)
class Shown:
    """Progress that is being shown."""

    _progress: Progress
    _title: str
    _total: int = 0
    _done: int = 0
    _counts: Counter[str] = field(default_factory=Counter)

    def announce(self, total: int) -> None:
        """There are so many submissions."""
        self._total = total
        self._progress.update(self._progress.task_ids[0], total=total)

    def advance(self, status: str) -> None:
        """One more is done, with this status."""
        self._done += 1
        self._counts[status] += 1
        counts = ", ".join(f"{count} {name}" for name, count in self._counts.items())
        rate = self._progress.tasks[0].finished_speed or self._progress.tasks[0].speed
        per_second = f"{rate:.1f}/s  " if rate else ""
        self._progress.update(self._progress.task_ids[0], advance=1, said=f"{per_second}{counts}")
        console = self._progress.console
        step = max(1, self._total // _LINES)
        if not console.is_terminal and (self._done == self._total or self._done % step == 0):
            console.print(f"{self._title} {self._done} of {self._total}: {counts}", soft_wrap=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give the terminal to a table or a question."""
        live = self._progress.live.is_started
        self._progress.stop()
        try:
            yield
        finally:
            if live:
                self._progress.start()


@contextmanager
def show_progress(assignment: str) -> Iterator[Shown]:
    """Show how far the grading of an assignment is."""
    console = people()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("{task.fields[said]}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task(f"grading {assignment}", total=None, said="")
        yield Shown(progress, "graded")
