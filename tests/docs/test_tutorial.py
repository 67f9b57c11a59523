"""The tutorial works as it stands, also from an installed wheel in an empty environment."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import BIN, PROJECT
from nbgrader.api import Gradebook
from tutorials import follow_tutorial

pytestmark = pytest.mark.long

EXAMPLE = PROJECT / "examples" / "statistics"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is distributed."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder), str(PROJECT))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds nothing but the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    _pip(folder / "bin" / "python", "install", str(wheel))
    return folder / "bin"


def _pip(python: str | Path, *words: str) -> None:
    command = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip("pip finds no packages from here: give it an index to try an installation")
    assert done.returncode == 0, done.stderr


def files_below(folder: Path, *names: str) -> Iterator[tuple[str, bytes]]:
    for name in names:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(folder)), path.read_bytes()


def test_the_wheel_holds_the_templates_and_nothing_of_this_course(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "autograder/starting/templates/assignment/notebook.ipynb" in names
    assert "autograder/starting/templates/assignment/expected.npz" in names
    assert "autograder/grading/expect.py" in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"autograder"}
    ours = ("optimization", "initialization", "regularization", "gradient_checking", "rank_correlation")
    assert [name for name in names if name.startswith("autograder/checks") or any(one in name for one in ours)] == []


@pytest.mark.parametrize("environment", ["this", "wheel"])
def test_the_tutorial_makes_the_example_course_and_grades_a_class(
    environment: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    programs = BIN if environment == "this" else request.getfixturevalue("installed")
    course = follow_tutorial(tmp_path, programs)
    kept = ("source", "checks", "release", "solutions")
    assert dict(files_below(course, *kept)) == dict(files_below(EXAMPLE, *kept))
    assert (course / "nbgrader_config.py").read_bytes() == (EXAMPLE / "nbgrader_config.py").read_bytes()
    with Gradebook(f"sqlite:///{course / 'demo-course' / 'gradebook.db'}") as gradebook:
        scores = {one.student.id: one.score for one in gradebook.assignment_submissions("rank_correlation")}
    assert scores["ada"] == scores["bela"] == 12.0
    assert 0 < scores["chen"] < 12
    page = course / "demo-course" / "feedback" / "chen" / "rank_correlation" / "rank_correlation.html"
    assert "Sorting twice gives equal entries different ranks" in page.read_text()
