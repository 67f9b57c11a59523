"""What the walls cost: processor time of a class graded with them and without, turn by turn in one run.

    python benchmarks/walls.py COURSE [--old TREE] [--rounds N] [--isolation LEVEL]

COURSE is one that `autograder demo` made. Without walls is this tree's own engine but for the filter of system calls
and Landlock, or with --old another working tree of the project (`git worktree add`). Processor time is that of all
processes, killed ones included, as Linux's cpuacct group counts it; it needs root.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[1]
WALLS = ("        landlock.restrict(", "        kernel.filter_calls(")

GROUP = Path("/sys/fs/cgroup/cpuacct/autograder-walls")
# One Sandbox, and the people whose notebooks neither hang nor crash, several times over.
PROGRAM = """
import sys
from pathlib import Path
import autograder
from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.grade import Grader
from autograder.sandbox import Sandbox
course, level, usage = Course(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
assert Path(autograder.__file__).is_relative_to(sys.argv[4]), autograder.__file__
contents = [(course.root / "submitted" / name / "optimization" / "optimization.ipynb").read_bytes()
            for name in ("ada", "bela", "chen")]
named = {} if level == "namespaces" else {"level": level}
with Sandbox(**named) as sandbox:
    grader = Grader(course, "optimization", sandbox, Options())
    for content in contents:
        grader.grade(content)
    before = int(usage.read_text())
    for _ in range(10):
        for content in contents:
            assert grader.grade(content).result.status == "graded"
    print((int(usage.read_text()) - before) / 1e6 / 30)
"""


def milliseconds(tree: Path, course: Path, level: str) -> float:
    """Processor time of one submission, in milliseconds."""
    GROUP.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, str(course), level, str(GROUP / "cpuacct.usage"), str(tree)],
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        preexec_fn=lambda: (GROUP / "cgroup.procs").write_text(str(os.getpid())),
    )
    return float(done.stdout)


def without_walls(folder: Path) -> Path:
    """A copy of this tree's package whose executor puts up neither of the walls."""
    shutil.copytree(HERE / "autograder", folder / "autograder")
    confine = folder / "autograder" / "sandbox" / "inside" / "confine.py"
    lines = confine.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(WALLS)]
    assert len(kept) == len(lines) - len(WALLS), "the walls are put up elsewhere now"
    confine.write_text("".join(kept))
    return folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("course", type=Path)
    parser.add_argument("--old", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--isolation", default="namespaces", help="level of the new one")
    asked = parser.parse_args()
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        before = asked.old or without_walls(Path(folder))
        for _ in range(asked.rounds):
            old = milliseconds(before, asked.course, "namespaces")
            pairs.append((old, milliseconds(HERE, asked.course, asked.isolation)))
            print(f"without {old:6.1f} ms   with {pairs[-1][1]:6.1f} ms   ratio {pairs[-1][1] / old:.3f}", flush=True)
    print(f"median ratio {statistics.median(new / old for old, new in pairs):.3f} over {len(pairs)} rounds")


if __name__ == "__main__":
    main()
