"""nbgrader's own commands and Python API, on a course that does nothing but call `configure`."""

import csv
import json
import shutil
import sqlite3
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT, Run, run_in
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.course import Course
from autograder.frame import configure

pytestmark = pytest.mark.long

# Hides every error that comes after it, and with it the reason why a check gives no points.
MUTED = "import IPython.core.interactiveshell as shell\nshell.InteractiveShell.showtraceback = lambda *_, **__: None"


def scores(root: Path) -> dict[str, float]:
    """Automatic score of each student."""
    query = """select a.student_id, sum(g.auto_score) from grade g
               join submitted_notebook n on g.notebook_id = n.id
               join submitted_assignment a on n.assignment_id = a.id group by 1"""
    with sqlite3.connect(root / "gradebook.db") as connection:
        return dict(connection.execute(query))


def only(course: Course, *students: str) -> None:
    """Leave only these students' submissions."""
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in students:
            shutil.rmtree(folder)


def test_all_commands_from_release_to_export_work_with_no_flag(course: Course, run: Run) -> None:
    only(course, "ada", "chen", "june")
    run("nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run("nbgrader", "autograde", ASSIGNMENT)
    run("nbgrader", "generate_feedback", ASSIGNMENT)
    run("nbgrader", "export")
    with (course.root / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == scores(course.root)
    assert exported["ada"] == 60.0
    assert 0 < exported["chen"] < 60
    assert exported["june"] == 0
    page = (course.root / "feedback" / "chen" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "Not passed" in page


def test_the_feedback_of_a_file_that_is_no_notebook_says_why(course: Course, run: Run) -> None:
    only(course, "june")
    run("autograder", "grade", ASSIGNMENT, code=1)
    run("nbgrader", "generate_feedback", ASSIGNMENT)
    page = (course.root / "feedback" / "june" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "The submitted file is no notebook" in page


def test_the_python_api_grades_through_the_sandbox(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    only(course, "ada", "kai")
    monkeypatch.chdir(course.root)
    config = Config({"CourseDirectory": {"root": str(course.root)}})
    configure(config)
    api = NbGraderAPI(config=config)
    assert api.generate_assignment(ASSIGNMENT)["success"]
    for student in ("ada", "kai"):
        done = api.autograde(ASSIGNMENT, student)
        assert done["success"], done
        assert api.generate_feedback(ASSIGNMENT, student)["success"]
    assert scores(course.root) == {"ada": 60.0, "kai": 0.0}


def test_configuring_twice_is_configuring_once() -> None:
    once, twice = Config(), Config()
    configure(once)
    configure(twice)
    configure(twice)
    assert repr(once.Autograde) == repr(twice.Autograde)
    assert repr(once.GenerateAssignment) == repr(twice.GenerateAssignment)


def test_steps_that_a_course_added_are_kept() -> None:
    from nbgrader.preprocessors import ClearOutput, Execute, SaveAutoGrades

    config = Config()
    config.Autograde.autograde_preprocessors = [Execute, ClearOutput, SaveAutoGrades]
    configure(config)
    names = [step.__name__ for step in config.Autograde.autograde_preprocessors]
    assert names == ["SandboxExecute", "ClearOutput", "SaveAutoGrades", "MakeInert"]


@pytest.mark.parametrize(
    "name", ["nbgrader.preprocessors.Execute", "nbconvert.preprocessors.ExecutePreprocessor", "own", "made"]
)
def test_no_step_that_a_course_lists_runs_student_code_in_a_kernel(name: str) -> None:
    from nbconvert.preprocessors import ExecutePreprocessor
    from nbgrader.preprocessors import SaveAutoGrades

    config = Config()
    own = type("Own", (ExecutePreprocessor,), {})
    step = {"own": own, "made": own(timeout=9)}.get(name, name)
    config.Autograde.autograde_preprocessors = [step, "no.such.step", SaveAutoGrades]
    configure(config)
    kept = config.Autograde.autograde_preprocessors
    assert [getattr(one, "__name__", one) for one in kept] == [
        "SandboxExecute",
        "no.such.step",
        "SaveAutoGrades",
        "MakeInert",
    ]


def test_a_list_that_is_set_after_our_call_runs_no_kernel_either(course: Course, run: Run) -> None:
    only(course, "ada")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(
            "steps = 'Execute', 'SaveAutoGrades'\n"
            "c.Autograde.autograde_preprocessors = [f'nbgrader.preprocessors.{step}' for step in steps]\n"
            "c.Execute.timeout = 0  # a kernel would have no time at all\n"
        )
    run("nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run("nbgrader", "autograde", ASSIGNMENT)
    assert scores(course.root) == {"ada": 60.0}


def test_no_execute_runs_nothing_and_believes_no_output(course: Course, run: Run) -> None:
    only(course, "ada")
    path = course.root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "10.0"}, execution_count=1)]
    nbformat.write(notebook, path)
    run("nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run("nbgrader", "autograde", ASSIGNMENT, "--no-execute")
    assert scores(course.root) == {"ada": 0.0}
    shown = (course.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "--no-execute" in shown
    graded = nbformat.reads(shown, as_version=4)
    plain = next(cell for cell in graded.cells if cell.source.startswith("# GRADED FUNCTION"))
    assert plain.outputs, "outputs of other cells stay to be looked at"


def test_nbgraders_time_out_for_a_cell_counts(course: Course, run: Run) -> None:
    only(course, "ada")
    path = course.root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell("import time\ntime.sleep(3)\nprint('awake')"))
    nbformat.write(notebook, path)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("\nc.ExecutePreprocessor.timeout = 1\n")
    run("autograder", "grade", ASSIGNMENT, code=(0, 1))
    shown = (course.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "awake\\n" not in json.loads(shown)["cells"][-1]["outputs"].__repr__()
    assert scores(course.root) == {"ada": 60.0}


def test_points_that_differ_from_the_gradebooks_are_refused_by_every_entry(course: Course, run: Run) -> None:
    only(course, "ada")
    run("autograder", "grade", ASSIGNMENT)
    checks = course.checks_folder(ASSIGNMENT) / f"test_{ASSIGNMENT}.py"
    checks.write_text(checks.read_text().replace("points=2", "points=3"))
    for command in (("autograder", "grade", ASSIGNMENT), ("nbgrader", "autograde", ASSIGNMENT, "--force")):
        done = run(*command, code=(1, 2))
        assert f"nbgrader generate_assignment {ASSIGNMENT} --force" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_assignment_without_our_lines_is_graded_from_its_own_outputs_in_the_sandbox(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    source = course.source_notebook("plain")
    source.parent.mkdir(parents=True)
    cells = [
        new_code_cell("### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION", metadata=marks("answer", solution=True)),
        new_code_cell("assert answer == 42", metadata=marks("test-answer", grade=True, locked=True, points=5)),
        new_code_cell(
            "import os\nassert not os.path.exists('../../../gradebook.db') and os.getuid() != 0\n"
            "assert os.environ['NBGRADER_EXECUTION'] == 'autograde', 'as nbgrader itself says'\n"
            "assert open('data/numbers.csv').read() == '1,2', 'given files lie where a kernel finds them'",
            metadata=marks("test-walls", grade=True, locked=True, points=1),
        ),
    ]
    nbformat.write(new_notebook(cells=cells), source)
    (source.parent / "data").mkdir()
    (source.parent / "data" / "numbers.csv").write_text("1,2")
    (course.root / "nbgrader_config.py").write_text("import autograder\nc = get_config()\nautograder.configure(c)\n")
    run_in(course.root, "nbgrader", "generate_assignment", "plain")
    answers = {"ada": "answer = 42", "bob": "answer = 41", "eve": "import os; os._exit(0)", "kit": MUTED}
    for student, answer in answers.items():
        notebook = nbformat.read(course.release_notebook("plain"), as_version=4)
        notebook.cells[0].source = answer
        path = course.root / "submitted" / student / "plain" / "plain.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    run_in(course.root, "nbgrader", "autograde", "plain")
    assert scores(course.root) == {"ada": 6.0, "bob": 1.0, "eve": 0.0, "kit": 1.0}


def marks(grade_id: str, **changes: object) -> dict[str, object]:
    """Nbgrader's metadata of a cell."""
    plain = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    return {"nbgrader": {**plain, **changes}}
