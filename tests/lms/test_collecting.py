"""`nbgrader zip_collect` takes the archives of Canvas and Moodle as they are; the roster tells whose each file is."""

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from commands import ASSIGNMENT, run_in
from nbgrader.api import Gradebook
from vendors import CANVAS_IDS, canvas_gradebook, moodle_participants, moodle_worksheet

from autograder.lms import enrol, read_roster
from autograder.lms.archives import read_name, stems

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def template(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a release and a gradebook without students, and nothing handed in."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("collecting") / "course"))
    shutil.rmtree(root / "submitted")
    Gradebook(f"sqlite:///{root}/gradebook.db").close()
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "course"))


def roster(course: Path, text: str, id_column: str = "") -> None:
    (course / "roster.csv").write_text(text, encoding="utf-8", newline="")
    enrol(f"sqlite:///{course}/gradebook.db", "", read_roster(course / "roster.csv", id_column=id_column))


def archive(course: Path, name: str = "submissions.zip") -> Path:
    folder = course / "downloaded" / ASSIGNMENT / "archive"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def zipped(files: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return packed.getvalue()


def collect(course: Path, *words: str) -> tuple[dict[str, str], list[str]]:
    """What lies in submitted/ after a real run, and the lines in which our collector said something."""
    done = run_in(course, "nbgrader", "zip_collect", ASSIGNMENT, *words)
    assert "Traceback" not in done.stderr
    root = course / "submitted"
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}
    own = ("INFO]", "Skipped submission", "Directory not found", "Clearing existing", "files collected")
    return files, [line for line in done.stderr.splitlines() if not any(part in line for part in own)]


def at(student: str, name: str = f"{ASSIGNMENT}.ipynb") -> str:
    return f"{student}/{ASSIGNMENT}/{name}"


def test_canvas_archive(course: Path) -> None:
    roster(course, canvas_gradebook())
    number = CANVAS_IDS
    archive(course).write_bytes(
        zipped({
            f"lovelaceada_{number['ada']}_5001_{ASSIGNMENT}.ipynb": "ada's first",
            f"lovelaceada_{number['ada']}_5013_{ASSIGNMENT}-2.ipynb": "ada's last",
            f"lovelaceada_{number['ada']}_5009_{ASSIGNMENT}-1.ipynb": "ada's second",
            f"bartókbéla_LATE_{number['bela']}_5002_{ASSIGNMENT}-1.ipynb": "bela's",
            f"cmdccalca0_{number['chen']}_5003_My homework (final).ipynb": "chen's, by another name",
            f"obrienjrdora_{number['dora']}_5004_Optimization.ipynb": "dora's first",
            f"obrienjrdora_{number['dora']}_5005_{ASSIGNMENT}-0f8fad5b-d9cb-469f-a165-70867728950e.ipynb": "dora's",
            f"عليمحمد_{number['emil']}_5006_{ASSIGNMENT}.ipynb": "emil's",
            f"zoehyperlink1fay_{number['fay']}_5007_notes.ipynb": "fay's notes",
            f"zoehyperlink1fay_{number['fay']}_5008_{ASSIGNMENT} (1).ipynb": "fay's",
            f"zoehyperlink1fay_{number['fay']}_5010_picture.png": "fay's picture",
            f"sum123_{number['gus']}_5014_work.zip": zipped({f"work/{ASSIGNMENT}.ipynb": "gus's, in a zip"}),
            f"dropout_7777_5011_{ASSIGNMENT}.ipynb": "a stranger's",
            f"anon_Ab3xY_5012_{ASSIGNMENT}.ipynb": "somebody's",
            "__MACOSX/._x.ipynb": "rubbish",
            "readme.ipynb": "of neither",
        })
    )  # fmt: skip
    files, said = collect(course)
    assert files == {
        at("ada"): "ada's last",
        at("bela"): "bela's",
        at("chen"): "chen's, by another name",
        at("dora"): "dora's",
        at("emil"): "emil's",
        at("fay"): "fay's",
        at("fay", "notes.ipynb"): "fay's notes",
        at("gus"): "gus's, in a zip",
    }
    for file, why in {
        f"submissions/dropout_7777_5011_{ASSIGNMENT}.ipynb": "no student of the gradebook has this name or the Canvas "
        "ID 7777; run: autograder roster FILE",
        f"submissions/anon_Ab3xY_5012_{ASSIGNMENT}.ipynb": "Canvas hides names while grading is anonymous",
        "submissions/readme.ipynb": "neither Canvas nor Moodle names files like this",
        f"submissions/zoehyperlink1fay_{number['fay']}_5010_picture.png": "only .ipynb is collected",
        f"{ASSIGNMENT}-1.ipynb": f"ada has a newer one, '{ASSIGNMENT}-2.ipynb'",
        f"{ASSIGNMENT}.ipynb": f"ada has a newer one, '{ASSIGNMENT}-1.ipynb'",
        "Optimization.ipynb": "dora has a newer one",
    }.items():
        (line,) = [line for line in said if f"Not collected: '{file}': " in line]
        assert why in line
    assert any("late, but not when" in line and line.endswith(": bela") for line in said)
    assert any("chen handed in one notebook, 'My homework (final).ipynb': it is taken for" in line for line in said)
    kept = {path.name for path in (course / "downloaded" / ASSIGNMENT / "extracted").rglob("*.ipynb")}
    assert {f"dropout_7777_5011_{ASSIGNMENT}.ipynb", f"anon_Ab3xY_5012_{ASSIGNMENT}.ipynb", "readme.ipynb"} <= kept


def test_collecting_again_needs_force_and_takes_what_is_new(course: Path) -> None:
    roster(course, canvas_gradebook())
    archive(course).write_bytes(zipped({f"lovelaceada_{CANVAS_IDS['ada']}_5001_{ASSIGNMENT}.ipynb": "first"}))
    collect(course)
    archive(course).write_bytes(zipped({f"lovelaceada_{CANVAS_IDS['ada']}_5002_{ASSIGNMENT}-1.ipynb": "second"}))
    refused = run_in(course, "nbgrader", "zip_collect", ASSIGNMENT, code=1)
    assert "use the --force option" in refused.stderr
    assert collect(course, "--force")[0] == {at("ada"): "second"}


def test_nobody_can_hand_in_for_somebody_else(course: Path) -> None:
    """What a student names a file, a folder or an archive never tells whose it is."""
    roster(course, canvas_gradebook())
    ada, bela = CANVAS_IDS["ada"], CANVAS_IDS["bela"]
    lie = f"lovelaceada_{ada}_9999_{ASSIGNMENT}.ipynb"
    worksheet = moodle_worksheet(["ada"]).replace("Participant 501", "Participant 777")
    archive(course).write_bytes(
        zipped({
            f"lovelaceada_{ada}_5001_{ASSIGNMENT}.ipynb": "ada's own",
            f"bartókbéla_{bela}_5002_{lie}": "bela's lie",
            f"bartókbéla_{bela}_5003_work.zip": zipped({lie: "bela's lie in an archive"}),
            "dropout_7777_5004_work.zip": zipped({lie: "a stranger's lie"}),
            f"bartókbéla_{bela}_5005_grades.zip": zipped({"grades.csv": worksheet}),
            "Mal Lory_777_assignsubmission_file_/Ada Lovelace_1_assignsubmission_file_a.ipynb": "mal's",
            "Mal Lory_778_assignsubmission_file_Ada Lovelace_1_assignsubmission_file_a.ipynb": "mal's",
        })
    )  # fmt: skip
    files, _ = collect(course)
    assert files[at("ada")] == "ada's own"
    assert {name.partition("/")[0] for name in files} == {"ada", "bela"}


def test_a_link_in_an_archive_is_not_followed(course: Path) -> None:
    roster(course, canvas_gradebook())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as target:
        link = tarfile.TarInfo(f"{ASSIGNMENT}.ipynb")
        link.type, link.linkname = tarfile.SYMTYPE, str(course / "gradebook.db")
        target.addfile(link)
    archive(course).write_bytes(zipped({f"lovelaceada_{CANVAS_IDS['ada']}_5001_x.tar.gz": packed.getvalue()}))
    done = run_in(course, "nbgrader", "zip_collect", ASSIGNMENT, code=(0, 1))
    assert not [path for path in (course / "submitted").rglob("*") if path.is_file()], done.stderr


def test_moodle_archive_by_the_grading_worksheet(course: Path) -> None:
    roster(course, moodle_participants(), "Email address")
    archive(course, "Grades.csv").write_text(moodle_worksheet(["ada", "bela", "emil", "dora"]), encoding="utf-8-sig")
    archive(course, "CS 101-Optimization-1234.zip").write_bytes(
        zipped({
            f"A. Nickname_501_assignsubmission_file_/{ASSIGNMENT}.ipynb": "ada's, under a nickname",
            f"Béla Bartók_502_assignsubmission_file/{ASSIGNMENT} (2).ipynb": "bela's",
            f"Béla Bartók_502_assignsubmission_file/{ASSIGNMENT}.ipynb": "bela's older one",
            "Béla Bartók_502_assignsubmission_onlinetext_/onlinetext.html": "a remark",
            f"محمد علي_503_assignsubmission_file_/mine/{ASSIGNMENT}.ipynb": "emil's, in a folder",
            f"Group A-Dora OBrien_504_assignsubmission_file_{ASSIGNMENT}.ipynb": "dora's, of an old Moodle",
        })
    )  # fmt: skip
    files, said = collect(course)
    assert files == {
        at("ada@uni.example"): "ada's, under a nickname",
        at("bela@uni.example"): "bela's",
        at("emil@uni.example"): "emil's, in a folder",
        at("dora@uni.example"): "dora's, of an old Moodle",
    }
    assert any("onlinetext.html" in line and "only .ipynb is collected" in line for line in said)
    assert any("bela@uni.example has a newer one" in line for line in said)


def test_moodle_archive_by_names_alone(course: Path) -> None:
    roster(course, moodle_participants(), "Email address")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for student in ("twin-1", "twin-2"):
            gradebook.add_student(student, first_name="Jo", last_name="Double")
    utf8_read_as_cp437 = "Béla Bartók".encode().decode("cp437")
    archive(course).write_bytes(
        zipped({
            f"Ada Lovelace_11_assignsubmission_file_/{ASSIGNMENT}.ipynb": "first name first",
            f"علي محمد_12_assignsubmission_file_/{ASSIGNMENT}.ipynb": "last name first",
            f"Group 7-{utf8_read_as_cp437}_13_assignsubmission_file_/{ASSIGNMENT}.ipynb": "of an old archive",
            f"Jo Double_14_assignsubmission_file_/{ASSIGNMENT}.ipynb": "one of two",
            f"Participant_15_assignsubmission_file_/{ASSIGNMENT}.ipynb": "marked blind",
        })
    )  # fmt: skip
    files, said = collect(course)
    assert files == {
        at("ada@uni.example"): "first name first",
        at("emil@uni.example"): "last name first",
        at("bela@uni.example"): "of an old archive",
    }
    assert any("twin-1 and twin-2 have this name; put the assignment's grading worksheet" in line for line in said)
    assert any("'submissions/Participant_15_" in line and "no student of the gradebook" in line for line in said)


def test_without_a_roster_there_is_one_line_that_says_how_to_get_one(course: Path) -> None:
    archive(course).write_bytes(zipped({f"lovelaceada_1001_5001_{ASSIGNMENT}.ipynb": "ada's"}))
    done = run_in(course, "nbgrader", "zip_collect", ASSIGNMENT, code=1)
    assert "the gradebook has no students" in done.stderr
    assert "run: autograder roster FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_collector_of_the_course_itself_is_kept() -> None:
    from nbgrader.plugins import FileNameCollectorPlugin
    from traitlets.config import Config

    from autograder.frame import configure

    config = Config()
    config.ZipCollectApp.collector_plugin = FileNameCollectorPlugin
    configure(config)
    assert config.ZipCollectApp.collector_plugin is FileNameCollectorPlugin


def test_nbgraders_own_pattern_for_names_counts_where_it_is_given(course: Path) -> None:
    archive(course, f"ps1_ada_attempt_2026-01-30-20-30-10_{ASSIGNMENT}.ipynb").write_text("ada's")
    pattern = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
    files, _ = collect(course, f"--FileNameCollectorPlugin.named_regexp={pattern}")
    assert files[at("ada")] == "ada's"
    assert at("ada", "timestamp.txt") in files


@pytest.mark.parametrize(
    ("name", "number", "given"),
    [
        ("vanderbergjan_12_34_a_b.ipynb", "12", "a_b.ipynb"),
        ("12_34_a.ipynb", "12", "a.ipynb"),
        ("x_1y_LATE_12_34_56_78_a.ipynb", "12", "56_78_a.ipynb"),
        ("name_with_words_12_34_a.ipynb", "12", "a.ipynb"),
    ],
)
def test_canvas_numbers_are_the_first_two_in_a_name(name: str, number: str, given: str) -> None:
    file = read_name([name])
    assert file is not None
    assert (file.vendor, file.number, file.given) == ("canvas", number, given)


@pytest.mark.parametrize("name", ["optimization.ipynb", "a_1_b.ipynb", "ps1_x_attempt_2016-01-30_problem.ipynb", ""])
def test_other_names_are_of_neither(name: str) -> None:
    assert read_name([name]) is None


@pytest.mark.parametrize(
    "given", ["a.ipynb", "a-1.ipynb", "a (3).ipynb", "a-Copy1.ipynb", "a-1 (2).ipynb", "folder/a-12.ipynb", "A.IPYNB"]
)
def test_numbers_that_were_added_to_a_name_are_known(given: str) -> None:
    assert stems(given)[-1].casefold() == "a"
