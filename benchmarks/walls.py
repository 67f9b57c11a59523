"""What the walls cost: processor time of a class graded by two versions of the platform, turn by turn.

    python benchmarks/walls.py OLD NEW COURSE [--rounds N] [--isolation LEVEL]

OLD and NEW are working trees of the project (`git worktree add`), COURSE one that `autograder demo` made. Processor
time is that of all processes, killed ones included, as Linux's cpuacct group counts it; it needs root.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

GROUP = Path("/sys/fs/cgroup/cpuacct/autograder-walls")
# One Sandbox, and the people whose notebooks neither hang nor crash, several times over.
PROGRAM = """
import sys
from pathlib import Path
from autograder.course import Course
from autograder.grading.attempts import Options
from autograder.grading.grade import Grader
from autograder.sandbox import Sandbox
course, level, usage = Course(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
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
        [sys.executable, "-c", PROGRAM, str(course), level, str(GROUP / "cpuacct.usage")],
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        preexec_fn=lambda: (GROUP / "cgroup.procs").write_text(str(os.getpid())),
    )
    return float(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("course", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--isolation", default="namespaces", help="level of the new one")
    asked = parser.parse_args()
    pairs = []
    for _ in range(asked.rounds):
        old = milliseconds(asked.old, asked.course, "namespaces")
        pairs.append((old, milliseconds(asked.new, asked.course, asked.isolation)))
        print(f"old {old:6.1f} ms   new {pairs[-1][1]:6.1f} ms   ratio {pairs[-1][1] / old:.3f}", flush=True)
    print(f"median ratio {statistics.median(new / old for old, new in pairs):.3f} over {len(pairs)} rounds")


if __name__ == "__main__":
    main()
