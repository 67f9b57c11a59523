"""``autograder grade`` against stock nbgrader: the same distinct submissions, whole commands, an empty cache, one run.

    make benchmark                                               # 20 submissions
    .venv/bin/python benchmarks/bulk.py --submissions 200
    .venv/bin/python benchmarks/bulk.py --submissions 5000 --stock 20

Stock nbgrader gets an equal class: the same visible asserts, the hidden items inlined behind them (`stock.py`). The
figures to quote are ratios: machines are noisy. CPU time is that of a control group of the command's own where one
can be made, since processes that bubblewrap ends are counted nowhere else.
"""

import argparse
import contextlib
import copy
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.table import Table
from stock import without_demonstrations, write_stock_source

from autograder.authoring import build
from autograder.cli.demo import demo_config, fresh_course
from autograder.course import Course
from autograder.demo.people import Material, graded_cell

BIN = Path(sys.executable).parent
ASSIGNMENT = "optimization"
_GROUPS = (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup"))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost: seconds of wall and CPU time, and the largest memory of its main process in bytes."""

    wall: float
    cpu: float
    memory: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--stock", type=int, default=0, help="how many of them stock nbgrader grades (0: all)")
    parser.add_argument("--jobs", type=int, default=0, help="grading processes (0: one on each core)")
    parser.add_argument("--only", choices=["same", "shipped"], help="one of the two comparisons")
    options = parser.parse_args()
    count, sample = options.submissions, options.stock or options.submissions
    table = Table(title=f"{count} distinct submissions of {ASSIGNMENT}; stock nbgrader on {sample} of them")
    for heading in ("", "stock, ms each", "ours, ms each", "throughput", "ours, CPU ms", "stock, CPU ms", "peak MB"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory(prefix="bulk-") as folder:
        for name, title in (("same", "the same cells"), ("shipped", "as shipped: stock runs demonstrations")):
            if options.only in (None, name):
                ours, stock = make_courses(Path(folder) / name, count, sample, demonstrations=name == "shipped")
                table.add_row(title, *compared(ours, stock, count, sample, options.jobs))
    Console(width=120).print(table)


def compared(ours: Course, stock: Course, count: int, sample: int, jobs: int) -> Sequence[str]:
    """One row of the table: both ways in turn."""
    mine = run(ours, BIN / "autograder", "grade", ASSIGNMENT, "--jobs", jobs)
    again = run(ours, BIN / "autograder", "grade", ASSIGNMENT)
    theirs = run(stock, BIN / "nbgrader", "autograde", ASSIGNMENT)
    print(f"nothing left to grade: {again.wall:.1f} s", file=sys.stderr)
    each, stock_each = mine.wall / count, theirs.wall / sample
    return (
        f"{1000 * stock_each:.0f}",
        f"{1000 * each:.1f}",
        f"{stock_each / each:.1f} x",
        f"{1000 * mine.cpu / count:.1f}",
        f"{1000 * theirs.cpu / sample:.0f}",
        f"{mine.memory / 1e6:.0f}",
    )


def make_courses(folder: Path, count: int, sample: int, *, demonstrations: bool) -> tuple[Course, Course]:
    """Two courses with the same submissions: ours, and one that nbgrader grades by itself."""
    folder.mkdir(parents=True)
    ours = fresh_course(Course(Path.cwd(), "autograder/checks"), ASSIGNMENT, folder / "ours")
    build(ours, ASSIGNMENT, demo_config(ours))
    stock = Course(folder / "stock")
    (stock.root).mkdir()
    (stock.root / "nbgrader_config.py").write_text("c = get_config()\nc.ExecutePreprocessor.timeout = 60\n")
    write_stock_source(ours, stock, ASSIGNMENT)
    run(stock, BIN / "nbgrader", "generate_assignment", ASSIGNMENT)
    run(ours, BIN / "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    material = Material.of(ours, ASSIGNMENT)
    for number, notebook in enumerate(islice(distinct(material, demonstrations=demonstrations), count)):
        target = Path("submitted") / f"student{number:04}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        (ours.root / target).parent.mkdir(parents=True)
        nbformat.write(notebook, ours.root / target)
        if number < sample:
            (stock.root / target).parent.mkdir(parents=True)
            shutil.copy(ours.root / target, stock.root / target)
    return ours, stock


def distinct(material: Material, *, demonstrations: bool = False) -> Iterator[NotebookNode]:
    """Submissions without end, no two alike: alternatives and misconceptions in turn."""
    styles = {
        name: cycle([material.answer(name), *(one.source for one in material.alternatives if one.function == name)])
        for name in material.functions
    }
    mistakes = cycle(material.misconceptions)
    number = 0
    while True:
        notebook = copy.deepcopy(material.release)
        for name in material.functions:
            graded_cell(notebook, name).source = f"{next(styles[name])}\n# handed in by number {number}"
        if number % 2:
            wrong = next(mistakes)
            answer = wrong.apply(material.answer(wrong.function))
            graded_cell(notebook, wrong.function).source = f"{answer}\n# handed in by number {number}"
        yield notebook if demonstrations else without_demonstrations(notebook)
        number += 1


def run(course: Course, *command: object) -> Cost:
    """Run a command in a course's folder."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    with own_group() as group:
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command], cwd=course.root, env=env, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=lambda: join(group),  # noqa: PLW1509 - no threads yet
        )  # fmt: skip
        peak = Peak(process.pid)
        _, told = process.communicate()
        wall = time.monotonic() - started
        if process.returncode not in (0, 1):
            sys.exit(f"{command} failed:\n{told}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        counted = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Cost(wall, used(group, counted), peak.stop())


@contextlib.contextmanager
def own_group() -> Iterator[Path | None]:
    """A control group that counts CPU time, or None where none can be made."""
    for root in _GROUPS:
        group = root / f"benchmark-{os.getpid()}-{time.monotonic_ns()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if any((group / name).exists() for name in ("cpuacct.usage", "cpu.stat")):
            try:
                yield group
            finally:
                with contextlib.suppress(OSError):
                    group.rmdir()
            return
    yield None


def join(group: Path | None) -> None:
    """Put this process into a group."""
    if group is not None:
        (group / "cgroup.procs").write_text(str(os.getpid()))


def used(group: Path | None, otherwise: float) -> float:
    """CPU seconds of a group's processes, living and dead."""
    if group is None:
        return otherwise
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    lines = (group / "cpu.stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("usage_usec")) / 1e6


class Peak:
    """The largest resident memory of a process while it runs, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self._status, self._largest, self._over = Path(f"/proc/{pid}/status"), 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            with contextlib.suppress(OSError, StopIteration):
                lines = self._status.read_text().splitlines()
                self._largest = next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    def stop(self) -> int:
        """The largest, in bytes."""
        self._over.set()
        self._thread.join()
        return self._largest


if __name__ == "__main__":
    main()
