"""What a student who misreads everything is told before the deadline."""

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT, PROJECT, run_in
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.grading.attempts import Options
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import Limits, Sandbox
from autograder.selfcheck import Expected, Finding, Report, self_check
from autograder.selfcheck.running import Ran, Work, run_in_kernel, run_in_sandbox

LIMITS = Limits(cell_seconds=3.0, submission_seconds=60.0)
F = "initialize_velocity"
RIGHT = f"def {F}(parameters):\n    return {{'d' + k: np.zeros_like(v) for k, v in parameters.items()}}"

Edit = Callable[[NotebookNode], None]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def material(project: Course) -> Material:
    return Material.of(project, ASSIGNMENT)


@pytest.fixture(scope="module")
def released(project: Course) -> Expected:
    return Expected.of_release(project.release_notebook(ASSIGNMENT))


@pytest.fixture(scope="module")
def checked(sandbox: Sandbox) -> Callable[..., Report]:
    """Check a notebook in one sandbox for all tests."""
    known: dict[object, Ran] = {}

    def run(work: Work) -> Ran:
        """Run each notebook once, though it is checked with its release and without."""
        key = (work.cells, work.functions, work.names)
        if key not in known:
            known[key] = run_in_sandbox(sandbox, work)
        return known[key]

    def check(
        content: NotebookNode | bytes, expected: Expected | None = None, name: str = f"{ASSIGNMENT}.ipynb"
    ) -> Report:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self_check(name, data, expected, Options(LIMITS), run=run)

    return check


def cell(notebook: NotebookNode, kind: Kind, name: str) -> NotebookNode:
    return next(one for one in notebook.cells if (mark := read_mark(one)) and (mark.kind, mark.name) == (kind, name))


def answer(source: str, first: str = f"# GRADED FUNCTION: {F}\n") -> Edit:
    """Write this into the graded cell."""

    def edit(notebook: NotebookNode) -> None:
        graded_cell(notebook, F).source = first + source

    return edit


def own(source: str, place: int = 5) -> Edit:
    """Add a cell of the student's own."""
    return lambda notebook: notebook.cells.insert(place, new_code_cell(source))


def several(*edits: Edit) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in edits:
            one(notebook)

    return edit


def retype(notebook: NotebookNode) -> None:
    old = graded_cell(notebook, F)
    notebook.cells[notebook.cells.index(old)] = new_markdown_cell(old.source, metadata=old.metadata)


def delete(notebook: NotebookNode) -> None:
    notebook.cells.remove(graded_cell(notebook, F))


def change_given(notebook: NotebookNode) -> None:
    cell(notebook, Kind.GIVEN, "imports").source += "\nx = 1"


def change_check(notebook: NotebookNode) -> None:
    cell(notebook, Kind.CHECK, F).source = f"# CHECK: {F}\npass"


def strip(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        one.metadata = NotebookNode()


def double(notebook: NotebookNode) -> None:
    notebook.cells.append(copy.deepcopy(graded_cell(notebook, F)))


def unwrite(notebook: NotebookNode) -> None:
    graded_cell(notebook, F).source = graded_cell(notebook, F).source.replace("return", "answer =")
    graded_cell(notebook, F).source += "\n    raise NotImplementedError()"


# An edit of the right notebook; the finding's kind, its severity, the function that it costs, what is said.
BAD: dict[str, tuple[Edit, str, str, str | None, str]] = {
    "renamed": (answer(RIGHT.replace(F, "init_velocity")), "missing", "function", F, "called init_velocity here"),
    "misspelt": (answer(RIGHT.replace(F, "initialise_velocity"), ""), "missing", "function", F, "initialise_velocity"),
    "deleted": (delete, "missing", "function", F, "no cell defines it"),
    "empty": (answer("pass"), "missing", "function", F, "no cell defines it"),
    "not written": (unwrite, "unwritten", "function", F, "still raises NotImplementedError"),
    "in a demonstration": (several(answer(""), own(f"# DEMO\n{RIGHT}")), "missing", "function", F, "demonstration"),
    "in a class": (answer("class C:\n    " + RIGHT.replace("\n", "\n    ")), "missing", "function", F, "inside of"),
    "as text": (retype, "not-code", "function", F, "is a markdown cell"),
    "timed by a magic": (answer(RIGHT, f"%%timeit\n# GRADED FUNCTION: {F}\n"), "missing", "function", F, "%%timeit"),
    "in another language": (answer("echo hello", "%%bash\n"), "missing", "function", F, "begins with %%bash"),
    "syntax": (answer(f"def {F}(parameters)\n    return {{}}"), "syntax", "function", F, "no valid Python"),
    "indentation": (answer(f"def {F}(parameters):\nreturn {{}}"), "syntax", "function", F, "IndentationError"),
    "raises before it": (answer(f"1 / 0\n{RIGHT}"), "raises", "function", F, f"so {F} is not defined"),
    "hangs before it": (answer(f"while True:\n    pass\n{RIGHT}"), "endless", "function", F, "did not end within 3"),
    "hangs when called": (answer(f"def {F}(p):\n    while 1: pass"), "example-failed", "function", F, "within 3"),
    "ends everything": (answer(f"import os\nos._exit(1)\n{RIGHT}"), "ends-process", "function", F, "whole notebook"),
    "lacks an import": (answer(f"import pandas as pd\n{RIGHT}"), "import", "function", F, "no module pandas"),
    "imports late": (answer(RIGHT.replace("\n", "\n    import torch\n")), "import", "function", F, "when initialize"),
    "asks": (answer(RIGHT.replace("\n", "\n    n = input('n? ')\n")), "asks", "function", F, "nobody is there"),
    "asks first": (answer(f"n = int(input())\n{RIGHT}"), "asks", "function", F, "nobody is there"),
    "wrong": (answer(f"def {F}(parameters):\n    return {{}}"), "example-failed", "function", F, "visible example"),
    "not a function": (own(f"{F} = 3", 99), "missing", "function", F, "there is no function"),
    "needs a name of a cell that raises": (
        several(own("1 / 0\nnoughts = np.zeros_like"), answer(RIGHT.replace("np.zeros_like", "noughts"))),
        "undefined-name", "function", F, "uses noughts"),
    "needs a deleted cell": (answer(RIGHT.replace("np.zeros_", "zeros_")), "undefined-name", "function", F, "zeros"),
    "changed given": (change_given, "locked-changed", "risk", None, "restored when grading"),
    "changed check": (change_check, "locked-changed", "risk", None, "restored when grading"),
    "stripped": (strip, "metadata-gone", "risk", None, "lost nbgrader's metadata"),
    "doubled": (double, "doubled-cell", "risk", None, "2 cells carry"),
    "own cell raises": (own("print(undefined)"), "raises", "risk", None, "NameError"),
    "own cell hangs": (own("while True:\n    pass"), "endless", "risk", None, "does not end"),
    "own cell asks": (own("input('name')"), "asks", "risk", None, "nobody is there"),
    "own cell imports": (own("import seaborn as sns\nx = sns"), "import", "risk", None, "no module seaborn"),
    "own cell leaves": (own("import os\nos.kill(os.getpid(), 9)"), "ends-process", "risk", None, "ends the whole"),
}  # fmt: skip


@pytest.mark.parametrize("with_release", [False, True], ids=["alone", "with the release"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_notebook_is_told_what_to_mend(
    checked: Callable[..., Report], material: Material, released: Expected, name: str, with_release: bool
) -> None:
    edit, kind, severity, function, says = BAD[name]
    notebook = material.right()
    edit(notebook)
    report = checked(notebook, released if with_release else None)
    found = {(one.kind, one.severity, one.function): one for one in report.findings}
    assert (kind, severity, function) in found, report.findings
    assert says in found[kind, severity, function].what
    assert {one.function for one in report.findings} <= {None, F}, "no other function is blamed"
    assert not report.ok


@pytest.mark.parametrize("assignment", ["initialization", "regularization", "gradient_checking", "optimization"])
def test_a_right_notebook_has_nothing_to_mend(checked: Callable[..., Report], project: Course, assignment: str) -> None:
    right = Material.of(project, assignment)
    expected = Expected.of_release(project.release_notebook(assignment))
    for known in (None, expected):
        report = checked(right.right(), known, f"{assignment}.ipynb")
        assert report.findings == ()
        assert report.functions == right.functions
        assert report.ok


def test_no_right_answer_written_another_way_is_said_to_cost_its_function(
    checked: Callable[..., Report], material: Material, released: Expected
) -> None:
    """Some rename parameters, and then a cell of the lesson that names them stops: that is a risk, truly."""
    by_function = {name: [one for one in material.alternatives if one.function == name] for name in material.functions}
    for number in range(max(map(len, by_function.values()))):
        notebook = material.right()
        for name, some in by_function.items():
            graded_cell(notebook, name).source = some[number % len(some)].source
        assert {(found.severity, found.kind) for found in checked(notebook, released).findings} <= {("risk", "raises")}


@pytest.mark.parametrize(
    "harmless",
    [RIGHT + "\n    raise NotImplementedError()", RIGHT.replace("return", "# no input() here\n    return"),
     f"try:\n    import pandas\nexcept ImportError:\n    pass\n{RIGHT}",
     f"%matplotlib inline\n{RIGHT}\n%timeit -n1 -r1 1",
     f"exec('zeros = np.zeros_like')\n{RIGHT.replace('np.zeros_like', 'zeros')}"],
)  # fmt: skip
def test_what_costs_nothing_is_not_told(checked: Callable[..., Report], material: Material, harmless: str) -> None:
    notebook = material.right()
    answer(harmless)(notebook)
    assert checked(notebook).findings == ()


def test_marks_that_are_damaged_are_told_as_a_change(checked: Callable[..., Report], material: Material) -> None:
    notebook = material.right()
    for one in notebook.cells:
        one.metadata.get("nbgrader", {}).pop("points", None)
    assert {one.kind for one in checked(notebook).findings} == {"locked-changed"}


def test_the_stub_is_told_once_for_each_function_and_not_for_what_follows_from_it(
    checked: Callable[..., Report], material: Material
) -> None:
    findings = checked(material.release).findings
    assert [(one.kind, one.function) for one in findings] == [("unwritten", name) for name in material.functions]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"{", "not JSON"), (b"print('hello')", "not JSON"), (b"\x89PNG\xff", "UTF-8"),
     (b'{"cells": []}', "format version"), (b" " * (21 << 20), "larger than 20 MB")],
)  # fmt: skip
def test_a_file_that_does_not_parse_costs_everything(checked: Callable[..., Report], content: bytes, says: str) -> None:
    [finding] = checked(content).findings
    assert (finding.severity, finding.kind) == ("everything", "unreadable")
    assert says in finding.what


def test_a_notebook_of_something_else_costs_everything(checked: Callable[..., Report], released: Expected) -> None:
    other = nbformat.v4.new_notebook(cells=[new_code_cell("x = 1")])
    for expected in (None, released):
        assert checked(other, expected).findings[0].severity == "everything"


@pytest.mark.parametrize(
    ("name", "right"),
    [("optimization (1).ipynb", None), ("optimization-Copy1.ipynb", None), ("optimization.ipynb.txt", None),
     ("optimization copy 2.ipynb", None), ("final_FINAL.ipynb", "with the release")],
)  # fmt: skip
def test_a_wrong_file_name_is_told(
    checked: Callable[..., Report], material: Material, released: Expected, name: str, right: str | None
) -> None:
    [finding] = checked(material.right(), released if right else None, name).findings
    assert (finding.kind, finding.severity) == ("file-name", "risk")
    assert "Rename it to optimization.ipynb" in finding.remedy


def test_parameters_that_differ_from_the_releases_are_told(
    checked: Callable[..., Report], material: Material, released: Expected
) -> None:
    notebook = material.right()
    mine = graded_cell(notebook, F)
    mine.source = RIGHT.replace("(parameters)", "(scale, parameters)")
    assert any(one.kind == "parameters" for one in checked(notebook, released).findings)
    mine.source = RIGHT.replace("(parameters)", "(parameters, scale=1)")
    assert checked(notebook, released).findings == ()


def test_a_locked_cell_that_was_deleted_is_told(
    checked: Callable[..., Report], material: Material, released: Expected
) -> None:
    notebook = material.right()
    notebook.cells.remove(cell(notebook, Kind.CHECK, F))
    [finding] = checked(notebook, released).findings
    assert (finding.kind, finding.cell) == ("locked-missing", None)


def test_findings_name_the_cell_by_its_number_and_first_line(
    checked: Callable[..., Report], material: Material
) -> None:
    notebook = material.right()
    unwrite(notebook)
    finding: Finding = checked(notebook).findings[0]
    assert finding.cell == notebook.cells.index(graded_cell(notebook, F)) + 1
    assert finding.line == f"# GRADED FUNCTION: {F}"


def test_it_says_what_it_cannot_see(checked: Callable[..., Report], material: Material, released: Expected) -> None:
    alone, better = checked(material.right()), checked(material.right(), released)
    assert "Hidden checks are not run" in alone.unseen[0]
    assert "Hidden checks are not run" in better.unseen[0]
    assert any("--release" in one for one in alone.unseen)
    assert not any("--release" in one for one in better.unseen)
    assert "sandbox" in alone.ran


@pytest.mark.parametrize(
    "name",
    ["ends everything", *(pytest.param(name, marks=pytest.mark.long) for name in ("hangs before it", "asks first",
                                                                                  "renamed", "raises before it"))],
)  # fmt: skip
def test_without_a_sandbox_a_kernel_shows_the_same(material: Material, name: str) -> None:
    edit, kind, severity, function, _ = BAD[name]
    notebook = material.right()
    edit(notebook)
    options = Options(Limits(cell_seconds=20.0, submission_seconds=900.0))
    report = self_check(f"{ASSIGNMENT}.ipynb", json.dumps(notebook).encode(), None, options, run=run_in_kernel)
    assert (kind, severity, function) in {(one.kind, one.severity, one.function) for one in report.findings}
    assert "without a sandbox" in report.ran


def test_where_no_level_can_be_had_the_report_says_so(monkeypatch: pytest.MonkeyPatch, material: Material) -> None:
    monkeypatch.setattr("autograder.selfcheck.running.LEVELS", ())
    options = Options(Limits(cell_seconds=60.0, submission_seconds=900.0))
    report = self_check(f"{ASSIGNMENT}.ipynb", json.dumps(material.right()).encode(), None, options)
    assert report.findings == ()
    assert "without a sandbox" in report.ran


def test_cells_that_are_not_run_because_the_time_is_up_are_told(sandbox: Sandbox, material: Material) -> None:
    notebook = material.right()
    for _ in range(3):
        own("import time\ntime.sleep(0.9)", 3)(notebook)
    options = Options(Limits(submission_seconds=2.0))
    run = partial(run_in_sandbox, sandbox)
    findings = self_check(f"{ASSIGNMENT}.ipynb", json.dumps(notebook).encode(), None, options, run=run).findings
    assert (findings[0].severity, findings[0].kind) == ("everything", "too-slow")


@pytest.fixture
def at_home(material: Material, tmp_path: Path) -> Callable[..., object]:
    """Run the command on a student's machine: a notebook in a folder, and nothing else of the course."""

    def run(notebook: NotebookNode, *words: str, code: int) -> object:
        nbformat.write(notebook, tmp_path / f"{ASSIGNMENT}.ipynb")
        return run_in(tmp_path, "autograder", "selfcheck", f"{ASSIGNMENT}.ipynb", *words, code=code)

    return run


def test_the_command_needs_no_course(at_home: Callable[..., object], material: Material) -> None:
    done = at_home(material.right(), code=0)
    assert "nothing was found" in done.stdout
    assert "Hidden checks are not run" in done.stdout
    bad = material.right()
    unwrite(bad)
    done = at_home(bad, code=1)
    assert "1. costs a function: cell" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_command_prints_one_json_object(at_home: Callable[..., object], material: Material) -> None:
    bad = material.right()
    delete(bad)
    report = json.loads(at_home(bad, "--json", code=1).stdout)
    assert report["schema"] == 1
    assert set(report) == {"schema", "notebook", "ok", "findings", "functions", "ran", "unseen"}
    assert set(report["findings"][0]) == {"severity", "kind", "what", "remedy", "cell", "line", "function"}


@pytest.mark.parametrize(
    ("words", "says"),
    [((), "usage: autograder selfcheck"), (("none.ipynb",), "no such file"), ((".",), "a folder"),
     (("a.ipynb", "--release", "none.ipynb"), "missing"), (("a.ipynb", "--release", "a.ipynb"), "GRADED FUNCTION")],
)  # fmt: skip
def test_wrong_use_is_one_line(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "a.ipynb")
    done = run_in(tmp_path, "autograder", "selfcheck", *words, code=2)
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_in_a_course_the_release_is_found(material: Material, tmp_path: Path) -> None:
    nbformat.write(material.right(), tmp_path / "final.ipynb")
    done = run_in(PROJECT, "autograder", "selfcheck", tmp_path / "final.ipynb", "--json", code=1)
    [finding] = json.loads(done.stdout)["findings"]
    assert finding["remedy"].startswith("Rename it to optimization.ipynb")
