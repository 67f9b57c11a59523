"""Which file of a submitted folder is taken for the assignment's notebook."""

import os
from pathlib import Path

import pytest

from autograder.grading.reading import UndecidedNotebookError, UnreadableNotebookError
from autograder.grading.submitted import read_submitted


def test_the_notebook_of_the_assignments_name_is_it_without_a_note(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(b"mine")
    (tmp_path / "scratch.ipynb").write_bytes(b"scratch")
    submitted = read_submitted(tmp_path, "lesson")
    assert (submitted.content, submitted.notes) == (b"mine", ())


@pytest.mark.parametrize(
    "name",
    ["lesson (1).ipynb", "lesson-Copy1.ipynb", "Lesson.ipynb", "lesson.ipynb.txt", "lesson.IPYNB", "mine.ipynb.json",
     "Übung eins.ipynb", "lesson/lesson.ipynb", "handed in/lesson.ipynb"],
)  # fmt: skip
def test_one_notebook_of_another_name_is_it_with_a_note(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"mine")
    submitted = read_submitted(tmp_path, "lesson")
    assert submitted.content == b"mine"
    assert submitted.notes == (f"There was no lesson.ipynb; the only notebook handed in, '{name}', was taken for it.",)


def test_of_several_none_is_taken_and_the_reason_says_what_to_do(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"lesson ({number}).ipynb").write_bytes(b"{}")
    content = read_submitted(tmp_path, "lesson").content
    assert isinstance(content, UndecidedNotebookError)
    assert "'lesson (0).ipynb'" in str(content)
    assert "'lesson (6).ipynb'" not in str(content), "a message stays short"
    assert "Rename the right one to lesson.ipynb" in str(content)


def test_a_copy_beside_the_notebook_is_named_since_the_work_may_be_in_it(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(b"fetched")
    (tmp_path / "lesson-Copy1.ipynb").write_bytes(b"mine")
    submitted = read_submitted(tmp_path, "lesson")
    assert submitted.content == b"fetched"
    assert "'lesson-Copy1.ipynb', which was not looked at" in submitted.notes[0]


def test_checkpoints_and_what_systems_leave_behind_are_no_notebooks(tmp_path: Path) -> None:
    for name in (".ipynb_checkpoints/lesson-checkpoint.ipynb", "__MACOSX/._lesson.ipynb", "._lesson (1).ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert "no notebook of the assignment's name" in str(read_submitted(tmp_path, "lesson").content)


def test_links_and_pipes_of_other_names_are_not_followed(tmp_path: Path) -> None:
    folder, other = tmp_path / "eve", tmp_path / "ada.ipynb"
    folder.mkdir()
    other.write_bytes(b"ada's work")
    (folder / "lesson (1).ipynb").symlink_to(other)
    os.mkfifo(folder / "lesson (2).ipynb")
    assert "no notebook of the assignment's name" in str(read_submitted(folder, "lesson").content)


def test_a_link_of_the_right_name_is_not_passed_over_for_another_file(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "other.ipynb").write_bytes(b"mine")
    assert "is a link" in str(read_submitted(tmp_path, "lesson").content)


def test_a_folder_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "lesson.ipynb").write_bytes(b"ada's work")
    (tmp_path / "eve").symlink_to(tmp_path / "ada")
    assert isinstance(read_submitted(tmp_path / "eve", "lesson").content, UnreadableNotebookError)


@pytest.mark.parametrize("folder", ["none", "file"])
def test_no_folder_at_all_is_a_reason(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_bytes(b"x")
    assert isinstance(read_submitted(tmp_path / folder, "lesson").content, UnreadableNotebookError)


def test_a_name_that_cannot_be_shown_is_shown_all_the_same(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff\n\x1b[31m.ipynb"))).write_bytes(b"mine")
    [note] = read_submitted(tmp_path, "lesson").notes
    assert "'a??" in note
    note.encode("utf-8")
