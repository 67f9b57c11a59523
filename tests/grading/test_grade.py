"""The one grading function, on real notebooks in the real sandbox."""

import copy
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT, descendants
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.grading.grade import Graded, Grader, Options
from autograder.grading.running import RunningSubmission
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import Limits, Sandbox

LIMITS = Limits(cell_seconds=1.0, call_seconds=1.0, submission_seconds=30.0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader(project: Course, sandbox: Sandbox) -> Grader:
    """A grader of the real assignment, with short limits."""
    return Grader(project, ASSIGNMENT, sandbox, Options(LIMITS))


@pytest.fixture(scope="module")
def patient_grader(project: Course, sandbox: Sandbox) -> Grader:
    """A grader whose limits leave the lesson's demonstrations their time, on a loaded machine too."""
    return Grader(project, ASSIGNMENT, sandbox, Options())


@pytest.fixture(scope="module")
def material(project: Course) -> Material:
    return Material.of(project, ASSIGNMENT)


def grade(grader: Grader, notebook: NotebookNode) -> Graded:
    return grader.grade(json.dumps(notebook).encode())


def points(graded: Graded) -> list[float]:
    return [function.score for function in graded.result.functions.values()]


def before_the_first_function(notebook: NotebookNode, source: str) -> NotebookNode:
    """The notebook with one more cell, in front of the first graded one."""
    first = next(n for n, cell in enumerate(notebook.cells) if (mark := read_mark(cell)) and mark.kind is Kind.GRADED)
    notebook.cells.insert(first, new_code_cell(source))
    return notebook


Edit = Callable[[str], str]


def with_answer(material: Material, function: str, source: str) -> NotebookNode:
    """The right notebook, with one graded cell's code replaced."""
    notebook = material.right()
    graded_cell(notebook, function).source = f"# GRADED FUNCTION: {function}\n{source}"
    return notebook


ALL = [10.0] * 6


def test_the_reference_gets_all_points(grader: Grader, material: Material) -> None:
    graded = grade(grader, material.right())
    assert points(graded) == ALL
    assert graded.result.status == "graded"
    assert graded.result.isolation == "namespaces"
    assert graded.result.notes == ()


def test_every_alternative_gets_all_points(grader: Grader, material: Material) -> None:
    by_function = {name: [one for one in material.alternatives if one.function == name] for name in material.functions}
    assert all(len(some) >= 3 for some in by_function.values())
    for number in range(max(map(len, by_function.values()))):
        notebook = material.right()
        for name, some in by_function.items():
            graded_cell(notebook, name).source = some[number % len(some)].source
        assert points(grade(grader, notebook)) == ALL, number


def test_every_misconception_costs_its_own_function_and_no_other(grader: Grader, material: Material) -> None:
    """Six at a time, one for each function, so that each costs what it costs beside five others."""
    by_function = {
        name: [one for one in material.misconceptions if one.function == name] for name in material.functions
    }
    for name, some in by_function.items():
        assert some, name
    for number in range(max(map(len, by_function.values()))):
        chosen = {name: some[number] for name, some in by_function.items() if number < len(some)}
        notebook = material.right()
        for name, one in chosen.items():
            graded_cell(notebook, name).source = one.apply(material.answer(name))
        result = grade(grader, notebook).result
        for name, function in result.functions.items():
            if name in chosen:
                assert function.score < 10, chosen[name].name
            else:
                assert function.score == 10, (number, name)


def test_the_bare_release_earns_nothing_and_says_that_nothing_is_written(grader: Grader, material: Material) -> None:
    graded = grade(grader, copy.deepcopy(material.release))
    assert points(graded) == [0.0] * 6
    messages = {item.message for one in graded.result.functions.values() for item in one.items}
    assert all("is not written yet" in message for message in messages)


def test_a_function_that_never_ends_costs_itself(grader: Grader, material: Material) -> None:
    notebook = with_answer(
        material, "initialize_velocity", "def initialize_velocity(p):\n    while True:\n        pass"
    )
    graded = grade(grader, notebook)
    assert points(graded) == [10, 10, 0, 10, 10, 10]
    messages = [item.message for item in graded.result.functions["initialize_velocity"].items]
    assert "did not end within 1 seconds" in messages[0]
    assert messages[-1].startswith("Not run")


Kill = Callable[[int], None]


@pytest.fixture(params=["outer", "inner"])
def killed_sandbox(
    request: pytest.FixtureRequest, project: Course, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Grader, Kill]]:
    """A grader, and how often from now on somebody kills its sandbox, one of bubblewrap's two processes, under it."""
    left = 0
    run_cells = RunningSubmission.run_cells

    def killed(running: RunningSubmission, functions: Sequence[str]) -> None:
        nonlocal left
        if left:
            left -= 1
            outer, inner = sorted(pid for pid, line in descendants(os.getpid()).items() if "bwrap" in line)[-2:]
            os.kill(inner if request.param == "inner" else outer, signal.SIGKILL)
        run_cells(running, functions)

    def kill(times: int) -> None:
        nonlocal left
        left = times

    monkeypatch.setattr(RunningSubmission, "run_cells", killed)
    with Sandbox(LIMITS) as sandbox:
        yield Grader(project, ASSIGNMENT, sandbox, Options(LIMITS)), kill


@pytest.mark.parametrize("times", [1, 2])
def test_who_kills_the_sandbox_takes_no_points(
    killed_sandbox: tuple[Grader, Kill], material: Material, times: int
) -> None:
    grader, kill = killed_sandbox
    kill(times)
    graded = grade(grader, material.right())
    assert graded.result.status == "graded"
    assert points(graded) == [10] * 6


def test_a_submission_whose_sandbox_is_killed_each_time_is_not_graded(
    killed_sandbox: tuple[Grader, Kill], material: Material
) -> None:
    grader, kill = killed_sandbox
    kill(3)
    graded = grade(grader, material.right())
    assert graded.result.status == "error"
    assert graded.result.notes[0].startswith("It could not be graded: the sandbox of a submission was killed")
    assert points(grade(grader, material.right())) == [10] * 6


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("import os; os._exit(0)", "ended the whole process"),
        ("import os; os.kill(os.getpid(), 9)", "ended the whole process"),
        ("raise SystemExit", "SystemExit"),
        ("return parameters.no_such", "AttributeError"),
        ("return [0] * 10**7", "could not be read"),
        ("import numpy as np; return np.broadcast_to(0.0, (10**7, 10**7))", "could not be read"),
        ("return initialize_velocity(parameters)", "RecursionError"),
        ("return bytearray(10**10)", "MemoryError"),
        ("print('x' * 10**8); raise ValueError('flood')", "flood"),
    ],
)
def test_a_function_that_dies_or_floods_costs_itself(grader: Grader, material: Material, body: str, says: str) -> None:
    source = f"def initialize_velocity(parameters):\n    {body}"
    graded = grade(grader, with_answer(material, "initialize_velocity", source))
    assert points(graded) == [10, 10, 0, 10, 10, 10]
    assert says in graded.result.functions["initialize_velocity"].items[0].message


@pytest.mark.parametrize(
    "value", ["None", "42", "'text'", "[]", "{}", "object()", "initialize_velocity", "float('nan')"]
)
def test_a_value_of_the_wrong_kind_is_a_wrong_answer_with_a_message(
    grader: Grader, material: Material, value: str
) -> None:
    source = f"def initialize_velocity(parameters):\n    return {value}"
    graded = grade(grader, with_answer(material, "initialize_velocity", source))
    assert points(graded) == [10, 10, 0, 10, 10, 10]
    assert all(item.message for item in graded.result.functions["initialize_velocity"].items)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def initialize_velocity(:", "SyntaxError"),
        ("1 / 0\ndef initialize_velocity(parameters):\n    return {}", "ZeroDivisionError"),
        ("while True:\n    pass", "did not end in time"),
    ],
)
def test_a_graded_cell_that_fails_costs_the_function_that_it_would_have_defined(
    grader: Grader, material: Material, source: str, says: str
) -> None:
    graded = grade(grader, with_answer(material, "initialize_velocity", source))
    assert points(graded) == [10, 10, 0, 10, 10, 10]
    assert graded.result.status == "graded"
    function = graded.result.functions["initialize_velocity"]
    assert function.status == "missing"
    assert says in function.items[0].message


def test_a_cell_that_ends_the_process_is_left_out_and_costs_nothing_else(grader: Grader, material: Material) -> None:
    graded = grade(grader, before_the_first_function(material.right(), "import os; os._exit(1)"))
    assert points(graded) == ALL
    assert any("was left out" in note for note in graded.result.notes)


def test_a_deleted_function_is_missing_and_its_stub_does_not_hide_one_defined_elsewhere(
    grader: Grader, material: Material
) -> None:
    notebook = material.right()
    notebook.cells.remove(graded_cell(notebook, "initialize_velocity"))
    result = grade(grader, notebook).result
    assert result.functions["initialize_velocity"].status == "missing"
    elsewhere = "def initialize_velocity(p):\n    return {'d' + k: np.zeros_like(v) for k, v in p.items()}"
    notebook.cells.append(new_code_cell(elsewhere))
    assert points(grade(grader, notebook)) == ALL


def test_a_cell_of_the_students_own_that_hangs_costs_nothing(grader: Grader, material: Material) -> None:
    graded = grade(grader, before_the_first_function(material.right(), "while True:\n    pass"))
    assert points(graded) == ALL


def test_a_flood_of_output_is_cut(grader: Grader, material: Material) -> None:
    graded = grade(grader, before_the_first_function(material.right(), "while True:\n    print('x' * 1000)"))
    assert points(graded) == ALL
    assert len(nbformat.writes(graded.notebook)) < 3 * LIMITS.output_bytes


def test_a_function_that_needs_a_demonstration_gets_it(patient_grader: Grader, material: Material) -> None:
    notebook = with_answer(material, "initialize_velocity", "def initialize_velocity(p):\n    return zeros_like_all(p)")
    helper = "# DEMO\ndef zeros_like_all(p):\n    return {'d' + k: np.zeros_like(v) for k, v in p.items()}"
    notebook.cells.append(new_code_cell(helper))
    assert points(grade(patient_grader, notebook)) == ALL


def test_a_demonstration_that_ends_the_process_costs_no_function_that_needs_another(
    grader: Grader, material: Material
) -> None:
    notebook = with_answer(material, "initialize_velocity", "def initialize_velocity(p):\n    return zeros_like_all(p)")
    helper = "# DEMO\ndef zeros_like_all(p):\n    return {'d' + k: np.zeros_like(v) for k, v in p.items()}"
    notebook.cells += [new_code_cell("# DEMO\nimport os\nos._exit(1)"), new_code_cell(helper)]
    assert points(grade(grader, notebook)) == ALL


def test_a_mistake_in_an_earlier_function_is_paid_for_once(grader: Grader, material: Material) -> None:
    notebook = with_answer(material, "initialize_velocity", "def initialize_velocity(parameters):\n    return {}")
    graded_cell(notebook, "initialize_adam").source = (
        "# GRADED FUNCTION: initialize_adam\n"
        "def initialize_adam(parameters):\n"
        "    return initialize_velocity(parameters), initialize_velocity(parameters)"
    )
    assert points(grade(grader, notebook)) == [10, 10, 0, 10, 10, 10]


def test_a_notebook_without_graded_functions_fails_with_the_reason(grader: Grader) -> None:
    result = grader.grade(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}').result
    assert result.status == "failed"
    assert "none of the graded functions" in result.notes[0]
    assert {function.status for function in result.functions.values()} == {"missing"}


def test_the_score_is_the_first_output_of_each_check_cell(grader: Grader, material: Material) -> None:
    graded = grade(grader, material.mistaken("update_parameters_with_gd"))
    for cell in graded.notebook.cells:
        mark = read_mark(cell)
        if mark is None or mark.kind is not Kind.CHECK:
            continue
        first, second = cell.outputs[:2]
        assert first.output_type == "execute_result"
        assert float(first.data["text/plain"]) == graded.result.functions[mark.name].score
        assert set(second.data) == {"text/plain", "text/html"}


def test_what_a_check_cell_prints_is_shown_but_does_not_count(grader: Grader, material: Material) -> None:
    graded = grade(
        grader,
        before_the_first_function(
            copy.deepcopy(material.release), "from IPython.display import display\nprint('10.0')\n10.0"
        ),
    )
    assert points(graded) == [0.0] * 6


def test_html_in_a_students_message_is_text(grader: Grader, material: Material) -> None:
    source = "def initialize_velocity(p):\n    raise ValueError('<script>alert(1)</script>')"
    graded = grade(grader, with_answer(material, "initialize_velocity", source))
    tables = [
        output.data["text/html"]
        for cell in graded.notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert any("&lt;script&gt;" in table for table in tables)
    assert not any("<script>" in table for table in tables)


def test_the_same_bytes_give_the_same_result(grader: Grader, material: Material) -> None:
    content = json.dumps(material.mistaken("random_mini_batches")).encode()
    first, second = grader.grade(content), grader.grade(content)
    assert first.result.functions == second.result.functions
    assert first.notebook == second.notebook


def test_a_release_whose_cells_have_no_ids_is_graded(
    project: Course, sandbox: Sandbox, material: Material, tmp_path: Path
) -> None:
    """As nbformat 4.4 and older tools write it."""
    course = Course(tmp_path, project.checks)
    release = course.release_notebook(ASSIGNMENT)
    release.parent.mkdir(parents=True)
    plain = json.loads(project.release_notebook(ASSIGNMENT).read_text())
    for cell in plain["cells"]:
        del cell["id"]
    release.write_text(json.dumps({**plain, "nbformat_minor": 4}))
    for folder in (project.checks_folder(ASSIGNMENT), project.root / "solutions"):
        shutil.copytree(folder, tmp_path / folder.relative_to(project.root))
    (tmp_path / "nbgrader_config.py").write_text("")
    assert points(grade(Grader(course, ASSIGNMENT, sandbox, Options(LIMITS)), material.right())) == [10] * 6
