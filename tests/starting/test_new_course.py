"""``autograder new`` makes what an instructor needs to begin; it works as it is, and harms nothing that is there."""

import shutil
from pathlib import Path

import nbformat
import pytest
from commands import PROJECT, run_in

from autograder.course import Course
from autograder.notebooks import Kind, marked
from autograder.starting import FIRST, new_assignment, new_course

TEMPLATES = PROJECT / "autograder" / "starting" / "templates"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A new course, built: its gate was open."""
    folder = tmp_path_factory.mktemp("new") / "statistics"
    run_in(folder.parent, "autograder", "new", "course", "statistics")
    run_in(folder, "autograder", "build")
    return Course(folder)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_notebook_has_a_cell_of_every_kind(tmp_path: Path) -> None:
    course = new_course(tmp_path / "course")
    notebook = nbformat.read(course.source_notebook(FIRST), 4)
    nbformat.validate(notebook)
    assert {mark.kind for mark, _ in marked(notebook.cells)} == set(Kind)


def test_the_gate_of_the_first_assignment_is_open_and_the_reference_gets_everything(built: Course) -> None:
    assert built.release_notebook(FIRST).is_file()
    done = run_in(built.root, "autograder", "check", "--assignment", FIRST, built.release_notebook(FIRST))
    assert "0 of 8 points" in done.stdout
    done = run_in(built.root, "autograder", "check", built.source_notebook(FIRST), "--assignment", FIRST, code=1)
    assert "8 of 8 points" in done.stdout  # and a look, since a source has no marks


def test_what_is_pinned_is_what_the_reference_returns(built: Course) -> None:
    run_in(built.root, "pytest", "checks", "--pin", "-q", "-p", "no:cacheprovider")
    pinned = built.checks_folder(FIRST) / "expected.npz"
    assert pinned.read_bytes() == (TEMPLATES / "assignment" / "expected.npz").read_bytes()


def test_results_can_be_pinned_before_anything_is_built(tmp_path: Path) -> None:
    """A build waits for the gate, and the gate for what is pinned."""
    course = new_course(tmp_path / "course")
    pinned = course.checks_folder(FIRST) / "expected.npz"
    pinned.unlink()
    run_in(course.root, "pytest", "checks", "--pin", "-q", "-p", "no:cacheprovider")
    assert pinned.is_file()
    assert not (course.root / "solutions").exists()


def test_a_new_assignment_is_one_notebook_and_one_folder_of_checks(tmp_path: Path) -> None:
    course = new_course(tmp_path / "course")
    before = files_below(course.root)
    assert new_assignment(course, "second") is None
    after = files_below(course.root)
    assert {name: after[name] for name in before} == before
    new = {Path(name).parent.as_posix() for name in after.keys() - before.keys()}
    assert new == {"source/second", "checks/second"}


def test_nothing_of_the_template_is_left_unnamed(tmp_path: Path) -> None:
    course = Course(tmp_path / "course", "hidden/checks")
    new_assignment(course, "second")
    texts = b"".join(files_below(course.root).values())
    assert not any(word in texts for word in (b"ASSIGNMENT", b"CHECKS", b"COURSE"))
    assert b"pytest hidden/checks/second --pin" in texts


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "usage: autograder new course DIR"),
        (("course",), "usage: autograder new course DIR"),
        (("course", "one", "two"), "usage: autograder new course DIR"),
        (("lesson", "one"), "usage: autograder new course DIR"),
        (("course", "statistics"), "the folder is not empty"),
        (("course", "file"), "this is a file"),
        (("course", "un été"), "'un été' cannot be the name of a course"),
        (("course", "c", "--from", "file"), "usage: autograder new course DIR"),
        (("course", "file/below"), "the folder cannot be written (File exists)"),
        (("assignment", "second"), "this is no course"),
        (("assignment", "unit_vectors", "--course-dir", "statistics"), "the assignment is there already"),
        (("assignment", "../up", "--course-dir", "statistics"), "'../up' cannot be the name of an assignment"),
        (("assignment", "1st", "--course-dir", "statistics"), "'1st' cannot be the name of an assignment"),
        (("assignment", "b", "--from", "no.ipynb", "--course-dir", "statistics"), "there is no such notebook"),
        (("assignment", "b", "--from", "file", "--course-dir", "statistics"), "this is no notebook"),
        (("assignment", "b", "--from", "empty.ipynb", "--course-dir", "statistics"), "no cell of it solves a function"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    from autograder.cli import main

    monkeypatch.chdir(small)
    before = files_below(small)
    with pytest.raises(SystemExit) as stopped:
        main(["new", *words])
    shown = capsys.readouterr()
    assert stopped.value.code == 2
    assert says in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert shown.out == ""
    assert files_below(small) == before


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with a course and a few files that are none."""
    new_course(tmp_path / "statistics")
    (tmp_path / "file").write_text("nothing")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "empty.ipynb")
    return tmp_path


def test_where_one_folder_cannot_be_written_the_other_is_taken_back(tmp_path: Path) -> None:
    course = new_course(tmp_path / "course")
    before = files_below(course.root)
    shutil.move(course.root / "checks", tmp_path / "moved")
    (course.root / "checks").write_text("in the way")
    with pytest.raises(Exception, match="cannot be written"):
        new_assignment(course, "second")
    (course.root / "checks").unlink()
    shutil.move(tmp_path / "moved", course.root / "checks")
    assert files_below(course.root) == before
