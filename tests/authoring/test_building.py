"""Release and reference on disk: the same bytes everywhere, or one line that says why not."""

import copy
import json
import logging
from pathlib import Path

import nbformat
import pytest
from courses import POINTS, SCALE, by_id, configuration, lesson, write_course
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.authoring import build, stale
from autograder.course import Course
from autograder.errors import CourseError
from autograder.notebooks import Kind, read_mark


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of one assignment, nothing built."""
    return write_course(tmp_path / "course", lesson())


def files(root: Path) -> dict[str, bytes]:
    """What lies below a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def built(course: Course) -> NotebookNode:
    """The release, after a build."""
    build(course, "lesson", configuration(course))
    return course.read_release("lesson")


def refusal(course: Course) -> str:
    """The one line that a build ends with; it changed nothing."""
    before = files(course.root)
    with pytest.raises(CourseError) as refused:
        build(course, "lesson", configuration(course))
    assert files(course.root) == before
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_build_writes_the_release_and_the_solutions_and_nothing_else(course: Course) -> None:
    before = files(course.root)
    build(course, "lesson", configuration(course))
    made = set(files(course.root)) - set(before)
    assert made == {"release/lesson/lesson.ipynb", "solutions/lesson.py", "solutions/__init__.py"}
    assert before.items() <= files(course.root).items()


def test_a_build_says_nothing(course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    build(course, "lesson", configuration(course))
    assert capfd.readouterr() == ("", "")


def test_two_machines_build_the_same_bytes(course: Course, tmp_path: Path) -> None:
    """Also where the source remembers which Python ran it last."""
    notebook = lesson()
    notebook.metadata["language_info"] = {"name": "python", "version": "3.99"}
    other = write_course(tmp_path / "other", notebook)
    for one in (course, other):
        build(one, "lesson", configuration(one))
    for place in (Course.release_notebook, Course.solutions_module):
        assert place(course, "lesson").read_bytes() == place(other, "lesson").read_bytes()


def test_the_release_is_what_nbgraders_own_command_makes(course: Course) -> None:
    build(course, "lesson", configuration(course))
    ours = course.release_notebook("lesson").read_bytes()
    config = configuration(course)
    config.CourseDirectory.assignment_id = "lesson"
    config.GenerateAssignment.force = True
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    assert course.release_notebook("lesson").read_bytes() == ours


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (new_code_cell("# CHECK: nothing"), "a check without its function above it"),
        (
            new_code_cell('assert student.scale(3.0, factor=1.5) == 4.5, "not multiplied"'),
            "a line of a hidden check",
        ),
    ],
    ids=["mark", "leak"],
)
def test_nbgraders_own_command_refuses_in_one_line(
    course: Course, extra: NotebookNode, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of the source is found before nbgrader begins, which would print a traceback."""
    nbformat.write(lesson(extra), course.source_notebook("lesson"))
    before = files(course.root)
    config = configuration(course)
    config.CourseDirectory.assignment_id = "lesson"
    log = logging.getLogger("generating")
    with pytest.raises(NbGraderException, match=said):
        GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=log).start()
    assert [said in line and "\n" not in line for line in caplog.messages] == [True]
    assert files(course.root) == before


def test_nbgraders_own_command_writes_the_solutions_too(course: Course) -> None:
    """An instructor who only ever presses formgrader's button can grade with them."""
    config = configuration(course)
    config.CourseDirectory.assignment_id = "lesson"
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    assert stale(course, "lesson", config) == ()


def test_the_release_opens_and_only_unwritten_functions_raise(course: Course) -> None:
    release = built(course)
    nbformat.validate(release)
    NotebookClient(release, timeout=60, allow_errors=True, kernel_name="python3").execute()
    raised = {
        cell.id: output.ename
        for cell in release.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    }
    assert raised == dict.fromkeys(("example", "check-scale", "check-shift"), "NotImplementedError")


def test_first_lines_stay_in_the_release(course: Course) -> None:
    kinds = [mark.kind for cell in built(course).cells if (mark := read_mark(cell))]
    assert kinds == [read_mark(cell).kind for cell in lesson().cells if read_mark(cell)]
    assert kinds.count(Kind.GRADED) == 2


def test_the_model_answer_of_a_written_question_is_not_released(course: Course) -> None:
    assert by_id(built(course), "answer").source == "YOUR ANSWER HERE"


def test_a_fresh_course_is_stale_and_a_built_one_is_not(course: Course) -> None:
    config = configuration(course)
    assert stale(course, "lesson", config) == (
        "release/lesson/lesson.ipynb", "solutions/__init__.py", "solutions/lesson.py",
    )  # fmt: skip
    build(course, "lesson", config)
    assert stale(course, "lesson", config) == ()


def test_asking_whether_it_is_stale_writes_nothing(course: Course) -> None:
    before = files(course.root)
    stale(course, "lesson", configuration(course))
    assert files(course.root) == before


@pytest.mark.parametrize("place", [Course.release_notebook, Course.solutions_module])
def test_a_changed_file_is_stale(course: Course, place: object) -> None:
    build(course, "lesson", configuration(course))
    path: Path = place(course, "lesson")  # type: ignore[operator]
    path.write_text(path.read_text() + "\n")
    assert stale(course, "lesson", configuration(course)) == (str(path.relative_to(course.root)),)


def test_other_points_make_the_release_stale(course: Course) -> None:
    build(course, "lesson", configuration(course))
    config = configuration(course)
    config.TagCells.points_of = lambda _root, _assignment: {**POINTS, "scale": 11.0}
    assert stale(course, "lesson", config) == ("release/lesson/lesson.ipynb",)


def test_a_current_file_is_not_written_again(course: Course) -> None:
    build(course, "lesson", configuration(course))
    before = course.release_notebook("lesson").stat().st_mtime_ns
    build(course, "lesson", configuration(course))
    assert course.release_notebook("lesson").stat().st_mtime_ns == before


def test_files_beside_the_notebook_come_along_and_go_again(course: Course) -> None:
    data = course.source_notebook("lesson").with_name("data") / "points.csv"
    data.parent.mkdir()
    data.write_bytes(b"x,y\n1,\xff\n")
    copy_of_data = course.release_notebook("lesson").with_name("data") / "points.csv"
    build(course, "lesson", configuration(course))
    assert copy_of_data.read_bytes() == data.read_bytes()
    data.unlink()
    assert stale(course, "lesson", configuration(course)) == ("release/lesson/data/points.csv",)
    build(course, "lesson", configuration(course))
    assert not copy_of_data.exists()


def test_what_an_editor_left_in_the_release_is_not_touched(course: Course) -> None:
    build(course, "lesson", configuration(course))
    left = course.release_notebook("lesson").with_name(".ipynb_checkpoints") / "lesson-checkpoint.ipynb"
    left.parent.mkdir()
    left.write_text("{}")
    build(course, "lesson", configuration(course))
    assert left.exists()
    assert stale(course, "lesson", configuration(course)) == ()


def test_a_course_behind_a_symbolic_link_is_built(course: Course, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(course.root)
    built(Course(link))
    assert stale(Course(link), "lesson", configuration(Course(link))) == ()


def test_points_are_asked_for_the_courses_own_folder(course: Course) -> None:
    asked: list[object] = []
    config = configuration(course)
    config.TagCells.points_of = lambda root, name: (asked.append((root, name)), POINTS)[1]
    build(course, "lesson", config)
    assert asked == [(course.root, "lesson")]


def test_a_course_may_have_a_header_of_its_own(course: Course) -> None:
    nbformat.write(new_notebook(cells=[new_markdown_cell("Welcome.", id="welcome")]), course.root / "header.ipynb")
    config = configuration(course)
    config.IncludeHeaderFooter.header = "header.ipynb"
    build(course, "lesson", config)
    assert course.read_release("lesson").cells[0].source == "Welcome."


@pytest.mark.parametrize("broken", ["missing", "doubled"])
def test_cells_without_an_id_of_their_own_get_the_same_in_every_build(course: Course, broken: str) -> None:
    """Reading such a file gives the cells random ids, others each time."""
    path = course.source_notebook("lesson")
    content = json.loads(path.read_text())
    if broken == "missing":
        del content["cells"][0]["id"]
    else:
        content["cells"][0]["id"] = content["cells"][3]["id"]
    path.write_text(json.dumps(content))
    build(course, "lesson", configuration(course))
    assert stale(course, "lesson", configuration(course)) == ()
    assert len({cell.id for cell in course.read_release("lesson").cells}) == len(content["cells"])


def test_a_notebook_of_an_old_format_is_built(course: Course) -> None:
    path = course.source_notebook("lesson")
    content = json.loads(path.read_text())
    content["nbformat_minor"] = 4
    content["cells"] = [{k: v for k, v in cell.items() if k != "id"} for cell in content["cells"]]
    content["cells"] = [cell for cell in content["cells"] if "# GIVEN\n" not in cell["source"]]
    path.write_text(json.dumps(content))
    nbformat.validate(built(course))
    assert stale(course, "lesson", configuration(course)) == ()


def test_a_source_that_may_not_be_released_changes_nothing_on_disk(course: Course) -> None:
    build(course, "lesson", configuration(course))
    notebook = lesson(without=("check-scale",))
    nbformat.write(notebook, course.source_notebook("lesson"))
    text = refusal(course)
    assert text.startswith("lesson.ipynb, cell 3 '# GRADED FUNCTION: scale': a graded function without a check cell")


def test_a_reference_that_is_no_module_is_refused(course: Course) -> None:
    nbformat.write(lesson(new_code_cell("# GIVEN: files\nfiles = !ls")), course.source_notebook("lesson"))
    assert "# DEMO" in refusal(course)


def test_a_missing_source_is_refused(course: Course) -> None:
    course.source_notebook("lesson").unlink()
    assert "the notebook is missing" in refusal(course)


def test_an_error_of_nbgraders_own_is_one_line(course: Course) -> None:
    notebook = lesson()
    notebook.metadata.kernelspec.language = "fortran"
    nbformat.write(notebook, course.source_notebook("lesson"))
    assert "nbgrader could not make the release (ValueError: language 'fortran'" in refusal(course)


def test_an_error_in_the_hidden_checks_is_passed_on(course: Course) -> None:
    def points_of(_root: Path, _assignment: str) -> dict[str, float]:
        raise CourseError("a check item without a docstring", where="test_lesson.py:3")

    config = configuration(course)
    config.TagCells.points_of = points_of
    with pytest.raises(CourseError, match=r"^test_lesson.py:3: a check item without a docstring$"):
        build(course, "lesson", config)


def test_a_marked_notebook_without_a_configured_course_is_refused(course: Course) -> None:
    config = configuration(course)
    del config["TagCells"]
    with pytest.raises(CourseError, match=r"autograder\.configure\(c\)"):
        build(course, "lesson", config)


def test_a_hidden_check_that_was_copied_into_the_notebook_is_refused(course: Course) -> None:
    copied = 'assert student.scale(3.0, factor=1.5) == 4.5, "not multiplied"'
    nbformat.write(lesson(new_code_cell(copied)), course.source_notebook("lesson"))
    assert "a line of a hidden check" in refusal(course)


def test_a_file_beside_the_notebook_that_holds_the_answer_is_refused(course: Course) -> None:
    course.source_notebook("lesson").with_name("answers.py").write_text(SCALE)
    text = refusal(course)
    assert "answers.py: this file would be released and holds a whole solution" in text


def test_a_file_of_helpers_may_share_a_line_with_a_solution(course: Course) -> None:
    helpers = course.source_notebook("lesson").with_name("helpers.py")
    helpers.write_text("def enlarge(x, factor):\n    enlarged = x * factor\n    return enlarged + 0\n")
    build(course, "lesson", configuration(course))
    assert course.release_notebook("lesson").with_name("helpers.py").is_file()


def test_another_notebook_of_the_folder_that_holds_the_answer_is_refused(course: Course) -> None:
    notebook = copy.deepcopy(new_notebook(cells=[new_code_cell("enlarged = x * factor")]))
    nbformat.write(notebook, course.source_notebook("lesson").with_name("notes.ipynb"))
    assert "notes.ipynb: the release would give answers away" in refusal(course)


def test_a_stock_assignment_is_released_by_nbgrader_alone(tmp_path: Path) -> None:
    marks = {
        "grade": False,
        "grade_id": "a",
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    cell = new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", metadata={"nbgrader": marks})
    course = write_course(tmp_path, new_notebook(cells=[cell]))
    assert built(course).cells[0].source == "# YOUR CODE HERE\nraise NotImplementedError()"
    assert not course.solutions_module("lesson").exists()
