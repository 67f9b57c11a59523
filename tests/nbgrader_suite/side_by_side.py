"""nbgrader's own tests with both engines, in one run: `python -m tests.nbgrader_suite.side_by_side`."""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from test_nbgrader_suite import MODULES, excepted, run_suite  # noqa: E402 - found by the line above

MORE = (
    *MODULES,
    "apps.test_nbgrader_validate",
    "apps.test_nbgrader_generate_assignment",
    "apps.test_nbgrader_generate_feedback",
    "apps.test_nbgrader_generate_solution",
    "apps.test_nbgrader_collect",
    "apps.test_nbgrader_submit",
    "apps.test_nbgrader_fetch_assignment",
    "apps.test_nbgrader_fetchfeedback",
    "apps.test_nbgrader_releaseassignment",
    "apps.test_nbgrader_releasefeedback",
    "apps.test_nbgrader_export",
    "preprocessors",
    "test_validator",
)


def main() -> int:
    """Print what passes with which engine; 1 where ours fails a test that is not listed and that stock passes."""
    reports = {}
    for engine in ("stock", "ours"):
        with tempfile.TemporaryDirectory() as folder:
            reports[engine] = run_suite(Path(folder), MORE, ours=engine == "ours")
        counts = dict(Counter(reports[engine].outcomes.values()))
        print(f"{engine}: {counts}, notebooks executed: {reports[engine].executed or 'not counted'}", flush=True)
    worse = reports["ours"].failed() - reports["stock"].failed()
    listed = excepted(MORE)
    for name in sorted(worse):
        print(f"only ours fails: {name}: {listed.get(name, 'NOT LISTED')}")
    for name in sorted(reports["stock"].failed()):
        print(f"stock fails: {name}")
    return int(bool(worse - set(listed)))


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
