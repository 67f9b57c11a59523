"""Pages of feedback: ``autograder feedback`` against stock ``nbgrader generate_feedback``, on the same graded class.

    .venv/bin/python benchmarks/feedback.py --submissions 60

Stock nbgrader reads the same autograded notebooks and the same gradebook, through its own exporter. Each command
makes all pages, then one page alone, so that the time it takes to start can be told from the time for a student.
The figures to quote are the ratios: machines are noisy.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from bulk import ASSIGNMENT, BIN, Cost, make_courses, run
from rich.console import Console
from rich.table import Table

from autograder.course import Course

# Each with its course (ours or stock), and the words of the command.
WAYS = {
    "nbgrader generate_feedback, stock": ("stock", "nbgrader", "generate_feedback", ASSIGNMENT, "--force"),
    "nbgrader generate_feedback, our page": ("ours", "nbgrader", "generate_feedback", ASSIGNMENT, "--force"),
    "autograder feedback --jobs 1": ("ours", "autograder", "feedback", ASSIGNMENT, "--force", "--jobs", "1"),
    "autograder feedback": ("ours", "autograder", "feedback", ASSIGNMENT, "--force"),
    "autograder feedback, all current": ("ours", "autograder", "feedback", ASSIGNMENT),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedback-") as folder:
        courses = graded_courses(Path(folder), options.submissions)
        first = sorted(path.name for path in (courses["ours"].root / "autograded").iterdir())[0]
        costs = {}
        for name, (whose, program, *words) in WAYS.items():
            whole = run(courses[whose], BIN / program, *words)
            costs[name] = whole, run(courses[whose], BIN / program, *words, "--student", first)
        report(options.submissions, costs)


def graded_courses(folder: Path, count: int) -> dict[str, Course]:
    """Our course with its class graded, and a copy that knows nbgrader alone."""
    ours, stock = make_courses(folder / "courses", count, 0, demonstrations=False)
    run(ours, BIN / "autograder", "grade", ASSIGNMENT)
    shutil.rmtree(stock.root)
    shutil.copytree(ours.root, stock.root)
    (stock.root / "nbgrader_config.py").write_text("c = get_config()\n")
    return {"ours": ours, "stock": stock}


def report(count: int, costs: dict[str, tuple[Cost, Cost]]) -> None:
    """Print milliseconds for a page, and behind them how many times as fast as stock nbgrader that is."""
    table = Table(title=f"{count} pages of {ASSIGNMENT}, milliseconds for each (times as fast as stock)")
    for heading in ("", "wall", "wall without its start", "CPU", "CPU without its start"):
        table.add_column(heading, justify="right" if heading else "left")
    figures = {
        name: [
            figure
            for field in ("wall", "cpu")
            for whole, one in [(getattr(both[0], field), getattr(both[1], field))]
            for figure in (whole / count, max(whole - one, 1e-6) / (count - 1))
        ]
        for name, both in costs.items()
    }
    stock = next(iter(figures.values()))
    for name, own in figures.items():
        cells = (f"{1000 * mine:.1f} ({theirs / mine:.1f})" for mine, theirs in zip(own, stock, strict=True))
        table.add_row(name, *cells)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
