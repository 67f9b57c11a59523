"""An assignment whose gate is shut is released by no command, unless it is named."""

from pathlib import Path

import pytest
from commands import run_in
from small import NAME, spoil, write

from autograder.course import Course
from autograder.gate import Experience, advice, keep_experience

pytestmark = pytest.mark.long


@pytest.fixture
def shut(tmp_path: Path) -> Course:
    """A course whose items don't see the mistake that its catalogue names."""
    course = write(tmp_path)
    spoil(course.checks_folder(NAME) / "misconceptions.py", '"x + factor"', '"factor * x"')
    return course


def test_the_command_says_why_and_exits_with_one(shut: Course) -> None:
    done = run_in(shut.root, "autograder", "gate", NAME, code=1)
    assert "lesson: the gate is shut" in done.stdout
    assert "misconceptions.py:4: the misconception 'scale-adds' loses no point in scale" in done.stdout
    assert run_in(shut.root, "autograder", "gate", "nothing", code=2).stderr.count("\n") == 1


def test_a_gate_whose_process_is_killed_says_so_in_one_line(tmp_path: Path) -> None:
    course = write(tmp_path)
    spoil(course.checks_folder(NAME) / "test_lesson.py", "    x = draw.randn(4)", "    os.kill(os.getpid(), 9)")
    spoil(course.checks_folder(NAME) / "test_lesson.py", "import numpy", "import os\n\nimport numpy")
    said = run_in(tmp_path, "autograder", "gate", NAME, code=2).stderr
    assert "ended from outside" in said
    assert "Traceback" not in said


def test_the_command_prints_a_table_of_an_open_gate(tmp_path: Path) -> None:
    write(tmp_path)
    done = run_in(tmp_path, "autograder", "gate")
    assert "lesson: the gate is open" in done.stdout
    assert ["scale", "2", "1/1", "1/1"] in [line.split()[:4] for line in done.stdout.splitlines()]


def test_what_a_class_taught_about_items_is_said_and_shuts_nothing(tmp_path: Path) -> None:
    course = write(tmp_path)
    remarks = {"test_scale": "nobody fails it", "test_gone_since": "everybody fails it"}
    keep_experience(course, Experience(NAME, "2026-02-03T10:00:00+00:00", 240, remarks))
    done = run_in(tmp_path, "autograder", "gate")
    assert "the gate is open" in done.stdout
    assert "test_scale: nobody fails it (240 submissions, report of 2026-02-03)" in done.stdout
    assert "test_gone_since" not in done.stdout
    (course.checks_folder(NAME) / "experience.json").write_text("{")
    assert advice(course, NAME) == ()


@pytest.mark.parametrize(
    "command",
    [
        ("autograder", "build", NAME),
        ("nbgrader", "generate_assignment", NAME),
    ],
)
def test_no_release_is_made(shut: Course, command: tuple[str, ...]) -> None:
    done = run_in(shut.root, *command, code=(1, 2))
    assert "the release gate is shut: " in done.stderr
    assert "name it in c.Autograder.ungated" in done.stderr
    assert "Traceback" not in done.stderr
    assert not shut.release_notebook(NAME).exists()


@pytest.mark.parametrize(
    "command",
    [
        ("autograder", "build", NAME, f"--ungated={NAME}"),
        ("nbgrader", "generate_assignment", NAME, f"--Autograder.ungated={NAME}"),
    ],
)
def test_named_it_is_released_all_the_same(shut: Course, command: tuple[str, ...]) -> None:
    run_in(shut.root, *command)
    assert shut.release_notebook(NAME).is_file()


def test_an_open_gate_is_not_tried_again_for_the_same_files(tmp_path: Path) -> None:
    course = write(tmp_path)
    assert "at the release gate" in run_in(tmp_path, "autograder", "build").stderr
    record = course.checks_folder(NAME) / "gate.json"
    before = record.stat().st_mtime_ns
    run_in(tmp_path, "autograder", "build")
    assert record.stat().st_mtime_ns == before
