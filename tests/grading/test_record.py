"""The digest that tells whether a submission has to be graded again."""

from pathlib import Path

from autograder.grading.record import Provenance
from autograder.grading.submitted import read_submitted


def digest(folder: Path) -> str:
    """What the record of a submission holds of it."""
    made_from = Provenance("", "release", "checks", "limits", "versions")
    return made_from.of(read_submitted(folder, "lesson"), folder).submission


def test_it_changes_with_the_content_the_name_the_time_and_the_files_beside_it(tmp_path: Path) -> None:
    notebook, renamed = tmp_path / "lesson.ipynb", tmp_path / "lesson (1).ipynb"
    seen = [digest(tmp_path)]
    notebook.write_bytes(b"one")
    seen.append(digest(tmp_path))
    notebook.write_bytes(b"two")
    seen.append(digest(tmp_path))
    notebook.rename(renamed)
    seen.append(digest(tmp_path))
    renamed.rename(tmp_path / "lesson (2).ipynb")
    seen.append(digest(tmp_path))
    renamed.write_bytes(b"three")
    seen.append(digest(tmp_path))
    (tmp_path / "timestamp.txt").write_text("2026-01-31 23:59:00 UTC")
    seen.append(digest(tmp_path))
    assert len(set(seen)) == len(seen)


def test_it_is_the_same_for_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(b"one")
    assert digest(tmp_path) == digest(tmp_path)
