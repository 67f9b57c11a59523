"""Size and time of ``autograder report`` for a large class, and whether it finds the copies that were put there.

    .venv/bin/python benchmarks/report.py                       # 5,000 submissions
    .venv/bin/python benchmarks/report.py --students 500 --keep /tmp/class

The class is put together from the course's own catalogue: every alternative and every misconception is really graded,
once; each synthetic student then picks one for every function, by ability, writes it in a way of its own (names,
comments, lines that do nothing), and gets the results of what was picked. Only these rows and files are synthetic; the
command and the browser are real. Machines are noisy: processor time is printed beside wall time.
"""

import argparse
import ast
import copy
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "pages"))
from browser import chromium

from autograder.authoring import build
from autograder.authoring.registration import register
from autograder.cli.demo import demo_config, fresh_course
from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.frame.engines import close_all, grader_for
from autograder.frame.options import Autograder
from autograder.grading.record import with_record
from autograder.models import FunctionResult, Result
from autograder.notebooks import Kind, read_mark

BIN = Path(sys.executable).parent
ASSIGNMENT = "optimization"
DUE = datetime(2026, 2, 1, 22, 0)
OTHERS = ("linear", "softmax", "trees")
_IDLE = (
    "assert {n} > {k}", "scale_{n} = {k} / {n}", "names_{n} = [str(i) for i in range({k})]", "done_{n} = not {k}",
    "print('step', {n})", "limit_{n} = max({k}, {n}, 3)", "seen_{n} = {{'a': {k}, 'b': ({n},)}}",
    "if {n} < {k}: raise ValueError({n})", "check_{n} = (lambda z: z ** {k})({n})", "for _ in range({k}): pass",
)  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """One way of writing a function, as it was really graded."""

    source: str
    result: FunctionResult
    check: dict[str, Any]


def main() -> None:
    """Make the class, make the report, open it, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=5000)
    parser.add_argument("--copies", type=int, default=12, help="groups of copied code, of two to four submissions")
    parser.add_argument("--keep", type=Path, help="a folder for the class, to look at it afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        root = (options.keep or Path(folder)).absolute() / "course"
        if not root.exists():
            began = time.monotonic()
            make_class(root, options.students, options.copies)
            print(f"class of {options.students} made in {time.monotonic() - began:.0f} s")
        measure(root)


def measure(root: Path) -> None:
    """Run the command twice, open the page, and print sizes, times and what was found."""
    for words in ((), ("--csv", "--json")):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = [str(BIN / "autograder"), "report", ASSIGNMENT, *words]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"autograder report {' '.join(words):12} {wall:6.1f} s wall {cpu:6.1f} s processor")
    for path in sorted((root / "reports").iterdir()):
        print(f"{path.name:40} {path.stat().st_size / 1e6:7.2f} MB")
    print_copies(json.loads(done.stdout), json.loads((root / "copies.json").read_text()))
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1100, "height": 1600})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        for _ in range(3):
            page.goto("data:text/html,nothing")
            page.goto((root / "reports" / f"{ASSIGNMENT}.html").as_uri())
            page.wait_for_timeout(500)
            spent = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
            print(f"opened, ms: {page.evaluate(_TIMES)}; {spent['ThreadTime']:.2f} s processor of the page's thread")


_TIMES = """(() => { const t = performance.getEntriesByType('navigation')[0],
  p = Object.fromEntries(performance.getEntriesByType('paint').map(e => [e.name, Math.round(e.startTime)]));
  return `first paint ${p['first-contentful-paint']}, loaded ${Math.round(t.loadEventEnd)}, ` +
         `${document.querySelectorAll('*').length} elements`; })()"""


def print_copies(report: Mapping[str, Any], planted: list[list[str]]) -> None:
    """How many of the planted groups the report shows, and how many groups that were not planted."""
    shown = [set(group["students"]) for group in report["alike"]]
    whole = sum(any(set(group) <= found for found in shown) for group in planted)
    strange = [group for group in shown if not any(set(one) & group for one in planted)]
    print(f"{len(planted)} groups of copies planted, {whole} shown whole; {len(strange)} other groups shown")


def make_class(root: Path, count: int, copies: int) -> None:
    """A course whose class has been graded, as far as files and gradebook tell."""
    os.chdir(Path(__file__).parents[1])
    course = fresh_course(Course(Path.cwd(), "autograder/checks"), ASSIGNMENT, root)
    build(course, ASSIGNMENT, demo_config(course))
    chance = random.Random(7)
    variants, shell = graded_variants(course)
    students = [f"student{number:04}" for number in range(count)]
    picked = {student: pick(variants, chance) for student in students[: -max(1, count // 50)]}
    codes = {student: own_way(choice, chance) for student, choice in picked.items()}
    mixed = iter(chance.sample(sorted(codes), 4 * copies))
    planted = [[next(mixed) for _ in range(chance.randint(2, 4))] for _ in range(copies)]
    for first, *others in planted:
        for other in others:
            picked[other] = picked[first]
            codes[other] = {name: renamed(text, chance) for name, text in codes[first].items()}
    (root / "copies.json").write_text(json.dumps(planted))
    for student, choice in picked.items():
        write_autograded(course, student, choice, codes[student], shell, chance)
    fill_gradebook(course, students, picked, chance)


def graded_variants(course: Course) -> tuple[dict[str, list[Variant]], dict[str, Any]]:
    """Every way of writing each function, right ones first, really graded; and an autograded notebook."""
    material = Material.of(course, ASSIGNMENT)
    texts: dict[str, list[str]] = {}
    for name in material.functions:
        right = [material.answer(name), *(one.source for one in material.alternatives if one.function == name)]
        wrong = [one.apply(material.answer(name)) for one in material.misconceptions if one.function == name]
        texts[name] = [*right, *wrong]
    grader = grader_for(course, ASSIGNMENT, Autograder(config=demo_config(course)).grading())
    variants: dict[str, list[Variant]] = {name: [] for name in texts}
    for number in range(max(map(len, texts.values()))):
        notebook = copy.deepcopy(material.release)
        for name, ways in texts.items():
            graded_cell(notebook, name).source = ways[number % len(ways)]
        graded = grader.grade(json.dumps(notebook).encode())
        shell = json.loads(json.dumps(with_record(graded, "")))
        checks = {mark.name: cell for cell in shell["cells"] if (mark := _mark(cell)) and mark.kind is Kind.CHECK}
        for name, ways in texts.items():
            if number < len(ways):
                variants[name].append(Variant(ways[number], graded.result.functions[name], checks[name]))
    close_all()
    return variants, shell


def _mark(cell: dict[str, Any]) -> Any:
    from nbformat import NotebookNode

    return read_mark(NotebookNode(cell))


def pick(variants: Mapping[str, list[Variant]], chance: random.Random) -> dict[str, Variant]:
    """One student's choice: the abler, the more often a right one."""
    able = chance.betavariate(4, 1.5)
    choice = {}
    for name, ways in variants.items():
        right = [one for one in ways if one.result.status == "passed"]
        wrong = [one for one in ways if one.result.status != "passed"]
        choice[name] = chance.choice(right if chance.random() < able or not wrong else wrong)
    return choice


def own_way(choice: Mapping[str, Variant], chance: random.Random) -> dict[str, str]:
    """The choice as this student writes it: own names, comments, lines that do nothing."""
    return {name: renamed(_with_idle_lines(one.source, chance), chance) for name, one in choice.items()}


def _with_idle_lines(source: str, chance: random.Random) -> str:
    lines = [line for line in source.split("\n") if "SOLUTION" not in line]
    start = max(n for n, line in enumerate(lines) if line.startswith("def ")) + 1
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        for place in chance.sample(range(start, len(lines) + 1), 1):
            idle = chance.choice(_IDLE).format(n=chance.randint(1, 99), k=chance.randint(1, 9))
            indent = re.match(r" *", lines[place - 1])[0] if place > start else "    "  # type: ignore[index]
            lines.insert(place, f"{indent or '    '}{idle}")
    return "\n".join(lines)


def renamed(source: str, chance: random.Random) -> str:
    """The same code with other names for what it assigns, and a comment of its own."""
    try:
        names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)
                 and isinstance(node.ctx, ast.Store)}  # fmt: skip
    except SyntaxError:
        names = set()
    for name in names:
        source = re.sub(rf"\b{name}\b", f"{name}_{chance.randint(1, 99)}", source)
    return f"{source}\n# {chance.randint(0, 10**9)}"


def write_autograded(
    course: Course,
    student: str,
    choice: Mapping[str, Variant],
    code: Mapping[str, str],
    shell: dict[str, Any],
    chance: random.Random,
) -> None:
    """The autograded notebook that grading would have left."""
    functions = {name: one.result for name, one in choice.items()}
    suspicious = chance.random() < 0.01
    result = Result(
        assignment=ASSIGNMENT,
        status="needs_review" if suspicious else "graded",
        score=sum(one.score for one in functions.values()),
        max_score=sum(one.max_score for one in functions.values()),
        seconds=round(chance.lognormvariate(-2, 0.5), 3),
        isolation="namespaces",
        functions=functions,
        notes=("The locked cell 'given-data' had been changed; it was restored.",) if suspicious else (),
    )
    cells = []
    for cell in shell["cells"]:
        mark = _mark(cell)
        if mark and mark.kind is Kind.GRADED:
            cells.append({**cell, "source": code[mark.name]})
        else:
            cells.append(choice[mark.name].check if mark and mark.kind is Kind.CHECK else cell)
    metadata = {**shell["metadata"], "autograder": {"result": msgspec.to_builtins(result), "digest": ""}}
    path = course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**shell, "cells": cells, "metadata": metadata}, indent=1, sort_keys=True))
    for other in ("submitted", "feedback"):  # a report only looks whether they are there
        folder = course.root / other / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}{'.ipynb' if other == 'submitted' else '.html'}").touch()


def fill_gradebook(
    course: Course, students: list[str], picked: Mapping[str, Mapping[str, Variant]], chance: random.Random
) -> None:
    """The rows that grading would have left, for this assignment and for others before it."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        register(course.read_release(ASSIGNMENT), gradebook, ASSIGNMENT, ASSIGNMENT)
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
        for other in OTHERS:
            gradebook.add_assignment(other)
            gradebook.add_notebook(other, other)
            gradebook.add_grade_cell("check-f", other, other, max_score=10, cell_type="code")
        session = gradebook.db
        session.execute(insert(Student), [{"id": one, "last_name": one.title()} for one in students])
        rows: dict[Any, list[dict[str, Any]]] = {SubmittedAssignment: [], SubmittedNotebook: [], Grade: []}
        for assignment in session.query(Assignment).all():
            cells = {cell.name: cell.id for cell in session.query(GradeCell) if cell.notebook.assignment is assignment}
            for student in picked:
                _rows(rows, assignment, cells, student, picked[student], chance)
        for table, some in rows.items():
            session.execute(insert(table), some)
        session.commit()


def _rows(
    rows: dict[Any, list[dict[str, Any]]],
    assignment: Assignment,
    cells: Mapping[str, str],
    student: str,
    choice: Mapping[str, Variant],
    chance: random.Random,
) -> None:
    submission, notebook = new_uuid(), new_uuid()
    late = chance.random() < 0.08
    when = DUE + timedelta(hours=chance.expovariate(1 / 20)) * (1 if late else -1)
    rows[SubmittedAssignment].append(
        {"id": submission, "assignment_id": assignment.id, "student_id": student, "timestamp": when}
    )
    rows[SubmittedNotebook].append({
        "id": notebook, "assignment_id": submission, "notebook_id": assignment.notebooks[0].id,
        "late_submission_penalty": 2.0 if late and assignment.name == ASSIGNMENT else None,
    })  # fmt: skip
    share = sum(one.result.score for one in choice.values()) / sum(one.result.max_score for one in choice.values())
    for name, cell in cells.items():
        function = name.removeprefix("check-")
        score = choice[function].result.score if function in choice else None
        if assignment.name != ASSIGNMENT:
            score = 10 * min(1.0, max(0.0, chance.gauss(share, 0.15)))
        rows[Grade].append(
            {"id": new_uuid(), "notebook_id": notebook, "cell_id": cell, "auto_score": score,
             "needs_manual_grade": score is None}
        )  # fmt: skip


if __name__ == "__main__":
    main()
