"""Processor time of the engine for one submission, as a multiple of the bare limit measured in the same run.

    .venv/bin/python benchmarks/engine.py [--submissions N] [--rounds N]

The engine is all of `Grader.grade`: restoring, sandbox, cells without demonstrations, hidden checks, the notebook that
shows them; no gradebook. The bare limit forks a warm interpreter for each submission, runs the same cells with ``exec``
and makes the calls that the items make of the reference, without walls, limits, shell or comparisons. All submissions
are distinct, and each engine starts with an empty memory. The figures to quote are the ratios: machines are noisy.
"""

import argparse
import gc
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from bulk import distinct
from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.demo.people import Material
from autograder.grading import attempts, grade
from autograder.grading.behaviour import Call
from autograder.grading.grade import Grader
from autograder.grading.reading import read_notebook
from autograder.grading.reference import Reference
from autograder.grading.running import cells_to_run
from autograder.grading.suite import Suite
from autograder.sandbox import Sandbox, Submission

ASSIGNMENT = "optimization"
COURSE = Course(Path(__file__).parents[1], "autograder/checks")
# The engine's stages: who owns the function, its name, and what it stands for.
STAGES: tuple[tuple[Any, str, str], ...] = (
    (grade, "read_notebook", "parse the notebook"),
    (grade, "restore", "restore its cells"),
    (Sandbox, "submission", "fork the template, put up the walls"),
    (Submission, "run_cell", "run the cells in the shell"),
    (Submission, "names", "look for the functions"),
    (Submission, "freeze", "get ready to fork"),
    (attempts.Runner, "_checked", "hidden checks, of which"),
    (Submission, "fork", "  fork the executed notebook"),
    (Suite, "run", "  run items, with the calls they make then"),
    (attempts.Runner, "_explained", "  explain failed items"),
    (Submission, "__exit__", "put the submission down"),
    (grade, "_shown", "put outputs and scores into the notebook"),
)
# The bare limit: a small warm interpreter, which forks for each submission.
BARE = """
import gc, os, pickle, random, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from inside.lazy import install_lazy_pyplot
install_lazy_pyplot()
notebooks, calls = pickle.load(sys.stdin.buffer)
random.seed(0)
np.random.seed(0)
gc.collect()
gc.freeze()
print("ready", flush=True)
sys.stdin.buffer.readline()
for cells in notebooks:
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        names = {"__name__": "__main__"}
        for source in cells:
            try:
                exec(compile(source, "<cell>", "exec"), names)
            except Exception:  # half of the submissions are wrong somewhere
                pass
        for seed, function, args, kwargs in calls:
            random.seed(seed)
            np.random.seed(seed % 2**32)
            try:
                names[function](*args, **kwargs)
            except Exception:
                pass
        os._exit(0)
    os.waitpid(child, 0)
print("done", flush=True)
"""
Meter = Callable[[], float]  # processor time so far, in milliseconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3, help="how often each way grades them, in turn")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    meter, how = metered()
    notebooks = list(islice(distinct(Material.of(COURSE, ASSIGNMENT)), asked.submissions))
    contents = [json.dumps(one).encode() for one in notebooks]
    cells = [[one.source for one in cells_to_run(read_notebook(one), demonstrations=False)] for one in contents]
    calls = calls_of_all_items()
    stages: dict[str, float] = {}
    rounds = []
    with Sandbox() as sandbox:
        graded(sandbox, contents[:3], meter, remembers=True)  # warms the templates
        for _ in range(asked.rounds):
            bare = bare_limit(cells, calls, meter)
            with counted(stages, meter):
                remembering = graded(sandbox, contents, meter, remembers=True)
            rounds.append((bare, remembering, graded(sandbox, contents, meter, remembers=False)))
    report(rounds, {name: spent / asked.rounds / asked.submissions for name, spent in stages.items()}, how)


def metered() -> tuple[Meter, str]:
    """A meter of this process and all that it starts, and how it measures."""
    name = f"autograder-engine-{os.getpid()}"
    for root, file, unit in (("cpuacct", "cpuacct.usage", 1e6), ("", "cpu.stat", 1e3)):
        group = Path("/sys/fs/cgroup", root, name)
        try:
            group.mkdir()
            (group / "cgroup.procs").write_text(str(os.getpid()))
            text = (group / file).read_text().split()
        except OSError:
            continue
        place = 0 if len(text) == 1 else text.index("usage_usec") + 1
        return _group_meter(group / file, place, unit), f"control group {group}"
    return _rusage, "getrusage: what the sandbox's processes took is missing (run as root for a control group)"


def _group_meter(file: Path, place: int, unit: float) -> Meter:
    return lambda: int(file.read_text().split()[place]) / unit


def _rusage() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1000 * sum(one.ru_utime + one.ru_stime for one in used)


def calls_of_all_items() -> list[tuple[int, Call]]:
    """The calls that the items make of the reference, each with its seed."""
    suite = Suite(COURSE.checks_folder(ASSIGNMENT), COURSE.root)
    under_check = Reference(suite.solutions)
    return [(item.seed, call) for item in suite.items for call in suite.run(item, under_check).calls]


def bare_limit(notebooks: Sequence[Sequence[str]], calls: Sequence[tuple[int, Call]], meter: Meter) -> float:
    """Milliseconds a submission at the bare limit."""
    made = [(seed, call.function, call.args, dict(call.kwargs)) for seed, call in calls]
    inside = str(Path(__file__).parents[1] / "autograder" / "sandbox")
    with subprocess.Popen(
        [sys.executable, "-c", BARE, inside],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump((list(notebooks), made), process.stdin)
        process.stdin.flush()
        process.stdout.readline()
        before = meter()
        process.stdin.write(b"go\n")
        process.stdin.flush()
        process.stdout.readline()
        return (meter() - before) / len(notebooks)


def graded(sandbox: Sandbox, contents: Sequence[bytes], meter: Meter, *, remembers: bool) -> float:
    """Milliseconds a submission in the engine, with an empty memory to begin with or without any."""
    grader = Grader(COURSE, ASSIGNMENT, sandbox)
    if not remembers:
        grader.memory = None
    gc.collect()
    gc.freeze()
    before = meter()
    for content in contents:
        if grader.grade(content).result.status != "graded":
            sys.exit("a submission was not graded: is the machine too slow for the limits?")
    return (meter() - before) / len(contents)


@contextmanager
def counted(spent: dict[str, float], meter: Meter) -> Iterator[None]:
    """Add up what the stages take, all processes together."""
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in STAGES]
    for owner, name, label in STAGES:
        setattr(owner, name, _counting(getattr(owner, name), label, spent, meter))
    try:
        yield
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def _counting(function: Callable[..., Any], label: str, spent: dict[str, float], meter: Meter) -> Callable[..., Any]:
    def counting(*args: Any, **kwargs: Any) -> Any:
        before = meter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[label] = spent.get(label, 0.0) + meter() - before

    return counting


def report(rounds: Sequence[tuple[float, float, float]], stages: Mapping[str, float], how: str) -> None:
    """Print the medians, the multiples of the bare limit, and the stages."""
    bare, remembering, forgetful = (statistics.median(one) for one in zip(*rounds, strict=True))
    table = Table(title=f"{ASSIGNMENT}: processor time of one submission, medians of {len(rounds)} round(s)")
    table.add_column("")
    for heading in ("ms", "times the bare limit"):
        table.add_column(heading, justify="right")
    table.add_row("bare limit: fork, exec, the same calls", f"{bare:.1f}", "1.0")
    table.add_row("engine, verdicts remembered", f"{remembering:.1f}", f"{remembering / bare:.1f}")
    table.add_row("engine, every item run", f"{forgetful:.1f}", f"{forgetful / bare:.1f}")
    console = Console(width=110)
    console.print(table)
    table = Table(title="where it goes, verdicts remembered (with the meter's own time)")
    table.add_column("stage")
    table.add_column("ms", justify="right")
    table.add_column("times the bare limit", justify="right")
    for _, _, label in STAGES:
        table.add_row(label, f"{stages.get(label, 0.0):.2f}", f"{stages.get(label, 0.0) / bare:.2f}")
    console.print(table)
    console.print(f"Measured by {how}; on {time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
