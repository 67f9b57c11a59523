"""Throughput of ``autograder grade`` against stock nbgrader, on the same distinct submissions, in one run.

    make benchmark                # 20 submissions, each way once
    .venv/bin/python benchmarks/throughput.py --submissions 40 --rounds 3

Both ways grade notebooks without their demonstrations (stock nbgrader would run them, which would
flatter us), serially, as whole commands. The figures to quote are the ratios: machines are noisy.
"""

import argparse
import copy
import cProfile
import os
import pstats
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.table import Table

from autograder.cli.demo import demo_config, fresh_course
from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.notebooks import Kind, read_mark

BIN = Path(sys.executable).parent
ASSIGNMENT = "optimization"

# Where the time goes: functions of the path, in its order, with what they stand for.
STAGES = {
    "read_submission": "read the file",
    "read_notebook": "parse the notebook",
    "restore": "restore the cells",
    "submission": "spawn in the sandbox",
    "run_cells": "run the cells",
    "_checked": "run the check items, of which",
    "fork": "  fork",
    "_call": "  calls of student functions",
    "_shown": "put outputs into the notebook",
    "__exit__": "put the submission down",
    "save": "gradebook",
    "put": "move the folder into place",
}


class Cost(NamedTuple):
    """Seconds of one command: wall time, and CPU time of it and its children."""

    wall: float
    cpu: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1, help="how often each way grades the class, in turn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
        ours, stock = make_courses(Path(folder), options.submissions)
        rounds = [(grade_ours(ours), grade_ours_again(ours), grade_stock(stock)) for _ in range(options.rounds)]
        report(options.submissions, rounds)
        profile(ours)


def make_courses(folder: Path, count: int) -> tuple[Course, Course]:
    """Two courses with the same submissions: ours, and one that nbgrader grades by itself."""
    from autograder.authoring import build

    ours = fresh_course(Course(Path.cwd(), "autograder/checks"), ASSIGNMENT, folder / "ours")
    build(ours, ASSIGNMENT, demo_config(ours))
    material = Material.of(ours, ASSIGNMENT)
    for number, notebook in enumerate(islice(distinct(material), count)):
        target = ours.root / "submitted" / f"student{number:04}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        target.parent.mkdir(parents=True)
        nbformat.write(notebook, target)
    stock = Course(folder / "stock")
    shutil.copytree(ours.root, stock.root)
    (stock.root / "nbgrader_config.py").write_text("c = get_config()\n")
    # Stock nbgrader makes its release from cells that carry metadata: give it our release as source.
    shutil.copy(stock.release_notebook(ASSIGNMENT), stock.source_notebook(ASSIGNMENT))
    run(stock, BIN / "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run(ours, BIN / "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    return ours, stock


def distinct(material: Material) -> "Sequence[NotebookNode]":
    """Submissions without end, no two alike: alternatives and misconceptions in turn, without demonstrations."""
    styles = {
        name: cycle([material.answer(name), *(one.source for one in material.alternatives if one.function == name)])
        for name in material.functions
    }
    mistakes = cycle(material.misconceptions)
    number = 0
    while True:
        notebook = copy.deepcopy(material.release)
        notebook.cells = [cell for cell in notebook.cells if not is_demonstration(cell)]
        for name in material.functions:
            graded_cell(notebook, name).source = f"{next(styles[name])}\n# handed in by number {number}"
        if number % 2:
            wrong = next(mistakes)
            graded_cell(
                notebook, wrong.function
            ).source = f"{wrong.apply(material.answer(wrong.function))}\n# handed in by number {number}"
        yield notebook
        number += 1


def is_demonstration(cell: NotebookNode) -> bool:
    """Whether a cell is a demonstration."""
    mark = read_mark(cell)
    return mark is not None and mark.kind is Kind.DEMO


def run(course: Course, *command: object) -> Cost:
    """Run a command in a course's folder."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(word) for word in command], cwd=course.root, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{command} failed:\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.monotonic() - started, cpu)


def grade_ours(course: Course) -> Cost:
    """Every submission graded, by our command."""
    return run(course, BIN / "autograder", "grade", ASSIGNMENT, "--force")


def grade_ours_again(course: Course) -> Cost:
    """Our command with nothing to grade: what it costs to start."""
    return run(course, BIN / "autograder", "grade", ASSIGNMENT)


def grade_stock(course: Course) -> Cost:
    """Every submission graded, by stock nbgrader."""
    return run(course, BIN / "nbgrader", "autograde", ASSIGNMENT, "--force")


def report(count: int, rounds: Sequence[tuple[Cost, Cost, Cost]]) -> None:
    """Print the medians over the rounds, and the ratios."""
    table = Table(title=f"{count} distinct submissions, {len(rounds)} round(s), medians")
    for heading in ("", "stock nbgrader", "autograder grade", "ratio", "without its start", "ratio"):
        table.add_column(heading, justify="right")
    for name in Cost._fields:
        stock = statistics.median(getattr(three[2], name) for three in rounds)
        ours = statistics.median(getattr(three[0], name) for three in rounds)
        warm = statistics.median(getattr(three[0], name) - getattr(three[1], name) for three in rounds)
        table.add_row(
            f"{name}, ms a submission",
            *(f"{1000 * stock / count:.0f}", f"{1000 * ours / count:.0f}", f"{stock / ours:.1f}"),
            *(f"{1000 * warm / count:.0f}", f"{stock / warm:.1f}"),
        )
    Console(width=110).print(table)


def profile(course: Course) -> None:
    """Print where the time goes, from a profile of one more run in this process."""
    from autograder.cli.demo import grade_demo

    os.chdir(course.root)
    shutil.rmtree(course.root / "autograded")
    profiler = cProfile.Profile()
    profiler.enable()
    results = grade_demo(course, ASSIGNMENT, demo_config(course))
    profiler.disable()
    stages: dict[str, float] = {}
    for (path, _, name), (_, _, _, cumulative, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if "/autograder/" in path and name in STAGES:
            stages[name] = max(stages.get(name, 0.0), cumulative)
    table = Table(title="where the time goes (profiled, so slower than above)")
    table.add_column("stage")
    table.add_column("ms wall a submission", justify="right")
    for name, label in STAGES.items():
        table.add_row(label, f"{1000 * stages.get(name, 0.0) / len(results):.2f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
