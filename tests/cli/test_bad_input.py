"""Whatever a user can cause ends in one line that says what to do, with exit code 2, and changes nothing."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import ASSIGNMENT, Run, run_in

from autograder.course import Course


def one_line(stderr: str) -> str:
    """The single line that a user gets."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    assert len(lines) == 1, stderr
    assert lines[0].startswith("autograder: ")
    return lines[0]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ((), "a command is missing"),
        (("grad", ASSIGNMENT), "no command 'grad'"),
        (("grade",), "usage: autograder grade"),
        (("grade", "no-such-assignment"), "no assignment 'no-such-assignment'"),
        (("grade", ASSIGNMENT, "--student", "nobody"), "no submission of student 'nobody'"),
        (("check", "none.ipynb", "--assignment", ASSIGNMENT), "no such file"),
        (
            ("check", "submitted/ada/optimization/optimization.ipynb", "--assignment", "nope"),
            "no assignment 'nope'",
        ),
        (("build", "nope"), "no assignment 'nope'"),
        (("feedback", ASSIGNMENT), "nothing is graded yet"),
        (("report", "nope"), "no assignment 'nope'"),
        (("demo", "submitted"), "not empty"),
        (("check", "submitted", "--assignment", ASSIGNMENT), "a folder"),
        (("grade", ASSIGNMENT, "--no-such-option"), "no option '--no-such-option'"),
        (("grade", ASSIGNMENT, "--Autograder.cell_seconds=-1"), "cell_seconds is -1"),
        (("grade", ASSIGNMENT, "--Autograder.call_seconds=nan"), "call_seconds is nan"),
        (("grade", ASSIGNMENT, "--Autograder.cell_seconds=soon"), "expected a float"),
    ],
)
def test_wrong_use_is_one_line(run: Run, command: tuple[str, ...], says: str) -> None:
    assert says in one_line(run("autograder", *command, code=2).stderr)


Damage = Callable[[Course], None]


def checks(course: Course) -> Path:
    return course.checks_folder(ASSIGNMENT) / f"test_{ASSIGNMENT}.py"


def delete_release(course: Course) -> None:
    shutil.rmtree(course.release_notebook(ASSIGNMENT).parent)


def break_release(course: Course) -> None:
    course.release_notebook(ASSIGNMENT).write_text("{")


def break_pinned(course: Course) -> None:
    path = course.checks_folder(ASSIGNMENT) / "expected.npz"
    path.write_bytes(path.read_bytes()[:500])


def delete_pinned(course: Course) -> None:
    (course.checks_folder(ASSIGNMENT) / "expected.npz").unlink()


def delete_checks(course: Course) -> None:
    shutil.rmtree(course.root / "checks")


def add_item(text: str) -> Damage:
    return lambda course: checks(course).write_text(f"{checks(course).read_text()}\n\n{text}\n")


def break_config(course: Course) -> None:
    (course.root / "nbgrader_config.py").write_text("1 / 0")


def delete_config(course: Course) -> None:
    (course.root / "nbgrader_config.py").unlink()


def break_gradebook(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"not a database" * 100)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (delete_release, "autograder build"),
        (break_release, "this is no notebook"),
        (break_pinned, "damaged"),
        (delete_pinned, "pinned results are missing"),
        (delete_checks, "no hidden checks"),
        (
            add_item('@pytest.mark.graded("initialize_adam")\ndef test_x(student):\n    """It."""'),
            "without points",
        ),
        (
            add_item('@pytest.mark.graded("initialize_adam", points=0)\ndef test_x(student):\n    """It."""'),
            "without points",
        ),
        (
            add_item('@pytest.mark.graded("initialize_adam", points=2)\ndef test_x(student):\n    pass'),
            "without a docstring",
        ),
        (add_item('def test_x(student):\n    """It."""'), "without points"),
        (add_item("def broken(:"), "cannot be collected"),
        (add_item("import no_such_module"), "no_such_module"),
        (break_config, "nbgrader_config.py"),
        (delete_config, "this is no course"),
        (break_gradebook, "gradebook"),
    ],
)
def test_a_damaged_course_is_one_line(course: Course, run: Run, damage: Damage, says: str) -> None:
    damage(course)
    done = run("autograder", "grade", ASSIGNMENT, code=2)
    assert says in one_line(done.stderr)
    assert not (course.root / "autograded").exists()


def test_a_damaged_check_is_refused_by_check_as_well(course: Course, run: Run) -> None:
    break_pinned(course)
    done = run(
        "autograder", "check", "submitted/ada/optimization/optimization.ipynb", "--assignment", ASSIGNMENT, code=2
    )
    assert "damaged" in one_line(done.stderr)


def test_the_assignment_of_a_notebook_follows_from_its_graded_lines(course: Course, run: Run) -> None:
    done = run("autograder", "check", "submitted/ada/optimization/optimization.ipynb", "--json")
    assert json.loads(done.stdout)["assignment"] == ASSIGNMENT


def test_a_submission_without_the_notebook_fails_alone(course: Course, run: Run) -> None:
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in ("ada", "june"):
            shutil.rmtree(folder)
    (course.root / "submitted" / "june" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    lines = run("autograder", "grade", ASSIGNMENT, "--json", code=1).stdout.splitlines()
    results = {result["student"]: result for result in map(json.loads, lines)}
    assert results["ada"]["score"] == 60
    assert results["june"]["status"] == "failed"
    assert "no notebook" in results["june"]["notes"][0]


def test_build_says_what_is_out_of_date_and_mends_it(course: Course, run: Run) -> None:
    source = course.source_notebook(ASSIGNMENT)
    source.write_text(source.read_text().replace("how a network takes its steps", "how a network walks"))
    done = run("autograder", "build", "--check", code=1)
    assert "out of date" in done.stdout
    run("autograder", "build")
    run("autograder", "build", "--check")


def test_doctor_takes_the_sandboxs_own_tmp_for_no_ones_folder() -> None:
    done = run_in(Path("/tmp"), "autograder", "doctor", "--json")
    assert json.loads(done.stdout)["reached"] == "namespaces"


def test_doctor_says_what_holds(run: Run) -> None:
    report = json.loads(run("autograder", "doctor", "--json").stdout)
    assert report["asked"] == report["reached"] == "namespaces"
    assert all(probe["held"] for probe in report["probes"])


def only(course: Course, *students: str) -> None:
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in students:
            shutil.rmtree(folder)


def test_a_time_that_is_none_costs_nothing_and_stops_nobody(course: Course, run: Run) -> None:
    only(course, "ada", "bela")
    (course.root / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt").write_text("yesterday evening")
    lines = run("autograder", "grade", ASSIGNMENT, "--json", code=1).stdout.splitlines()
    results = {result["student"]: result for result in map(json.loads, lines)}
    assert results["ada"]["status"] == "error"
    assert "this is no time" in results["ada"]["notes"][0]
    assert results["bela"]["score"] == 60
    assert not (course.root / "autograded" / "ada").exists(), "nothing is recorded, so the next run tries again"


def test_nbgraders_time_out_may_come_from_the_command_line(course: Course, run: Run) -> None:
    only(course, "ada")
    run("autograder", "grade", ASSIGNMENT, "--ExecutePreprocessor.timeout=30")
    run("nbgrader", "autograde", ASSIGNMENT, "--force", "--ExecutePreprocessor.timeout=-1")


def test_nbgrader_grades_a_released_assignment_that_the_gradebook_lacks(course: Course, run: Run) -> None:
    only(course, "ada")
    run("nbgrader", "autograde", ASSIGNMENT)
    assert (course.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").is_file()


def test_an_unknown_level_of_isolation_is_one_line_and_nothing_is_graded(course: Course, run: Run) -> None:
    done = run("autograder", "grade", ASSIGNMENT, "--Autograder.isolation=none", code=2)
    assert "Use one of namespaces, landlock, process" in one_line(done.stderr)
    assert not (course.root / "autograded").exists()


def test_the_level_that_was_asked_for_is_in_every_result(course: Course, run: Run) -> None:
    only(course, "ada")
    [line] = run("autograder", "grade", ASSIGNMENT, "--Autograder.isolation=landlock", "--json").stdout.splitlines()
    assert (json.loads(line)["isolation"], json.loads(line)["score"]) == ("landlock", 60)
