"""Seconds that the demonstrations of each lesson take on one core, in the release filled with the reference.

    .venv/bin/python benchmarks/demonstrations.py
    .venv/bin/python benchmarks/demonstrations.py --rounds 9

A round runs the code cells of a notebook from top to bottom in an IPython shell in a fresh process, pictures
drawn into memory and turned into PNG as a notebook shows them. Only demonstrations are timed; what the first
picture of a process costs belongs to the first one that draws, as it does for a learner. A lesson's figure
is its median over the rounds. On a busy machine the CPU's seconds say more than the clock's.
"""

import argparse
import multiprocessing
import os
import statistics
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import nbformat
from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.gate.candidates import graded_cells
from autograder.notebooks import Kind, read_mark

COURSE = Course(Path(__file__).parents[1], "autograder/checks")
ASSIGNMENTS = ("initialization", "regularization", "gradient_checking", "optimization")


class Seconds(NamedTuple):
    """What a demonstration took, by the clock and of the CPU."""

    clock: float
    cpu: float


Run = Mapping[str, Seconds]  # by the demonstration's cell


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each notebook runs, in turn")
    options = parser.parse_args()
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    rounds: dict[str, list[Run]] = {name: [] for name in ASSIGNMENTS}
    for _ in range(options.rounds):
        for name in ASSIGNMENTS:
            # Spawned: a fork would inherit what this process has imported and drawn.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                rounds[name].append(pool.apply(demonstrated, (name,)))
    report(rounds)


def demonstrated(name: str) -> Run:
    """Run a lesson, and time its demonstrations.

    Raises:
        RuntimeError: A cell of the lesson raises.
    """
    os.environ["MPLBACKEND"] = "agg"
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib import pyplot

    def show(*_: object, **__: object) -> None:
        """Draw what is open, as the notebook's own backend does after a cell."""
        for number in pyplot.get_fignums():
            pyplot.figure(number).savefig(BytesIO(), format="png", bbox_inches="tight")
        pyplot.close("all")

    pyplot.show = show
    shell = InteractiveShell()
    seconds = {}
    written = graded_cells(nbformat.read(COURSE.source_notebook(name), as_version=4))
    for cell in COURSE.read_release(name).cells:
        if cell.cell_type != "code":
            continue
        mark = read_mark(cell)
        source = written[mark.name] if mark is not None and mark.kind is Kind.GRADED else cell.source
        clock, cpu = time.perf_counter(), time.process_time()
        with redirect_stdout(StringIO()):
            ran = shell.run_cell(source, silent=True)
        show()
        if not ran.success:
            raise RuntimeError(f"{name}: the cell {cell.id} raises {ran.error_in_exec or ran.error_before_exec!r}")
        if mark is not None and mark.kind is Kind.DEMO:
            seconds[cell.id] = Seconds(time.perf_counter() - clock, time.process_time() - cpu)
    return seconds


def report(rounds: Mapping[str, list[Run]]) -> None:
    """A line for each lesson, with its longest demonstration, and the sum."""
    table = Table(title=f"demonstrations on one core, {len(rounds[ASSIGNMENTS[0]])} round(s), medians of seconds")
    for heading in ("lesson", "demonstrations", "clock", "CPU", "CPU, least to most", "longest", "its CPU"):
        table.add_column(heading, no_wrap=True)
    clock = cpu = 0.0
    for name, runs in rounds.items():
        clocks, cpus = (sorted(sum(one[kind] for one in run.values()) for run in runs) for kind in (0, 1))
        each = {cell: statistics.median(run[cell].cpu for run in runs) for cell in runs[0]}
        longest = max(each, key=each.__getitem__)
        medians = statistics.median(clocks), statistics.median(cpus)
        clock, cpu = clock + medians[0], cpu + medians[1]
        figures = (f"{medians[0]:.2f}", f"{medians[1]:.2f}", f"{cpus[0]:.2f} to {cpus[-1]:.2f}")
        table.add_row(name, str(len(each)), *figures, longest, f"{each[longest]:.2f}")
    table.add_section()
    table.add_row("together", "", f"{clock:.2f}", f"{cpu:.2f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
