"""`autograder roster` takes what Canvas and Moodle export, tells students apart by ids, and never deletes anybody."""

import codecs
import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run_in
from nbgrader.api import Gradebook
from vendors import CANVAS_IDS, NAMES, as_csv, canvas_gradebook, moodle_participants, moodle_worksheet

from autograder.errors import AutograderError
from autograder.lms import Enrolment, enrol, read_roster
from autograder.lms.tables import read_table

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-8 with a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 and tabs, as Excel's Unicode text": lambda text: (
        codecs.BOM_UTF16_LE + separated(text, "\t").encode("utf-16-le")
    ),
    "UTF-16, the other order": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "semicolons": lambda text: separated(text, ";").encode(),
    "semicolons that Excel is told of": lambda text: b"sep=;\r\n" + separated(text, ";").encode(),
    "line ends of Unix": lambda text: text.replace("\r\n", "\n").encode(),
}


def separated(text: str, separator: str) -> str:
    return as_csv(list(csv.reader(io.StringIO(text, newline=""))), separator)


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook made once: nbgrader takes seconds for it."""
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def gradebook(empty_gradebook: Path, tmp_path: Path) -> str:
    """The address of an empty gradebook."""
    return f"sqlite:///{shutil.copy(empty_gradebook, tmp_path / 'gradebook.db')}"


def students(url: str) -> dict[str, tuple[str | None, ...]]:
    with Gradebook(url) as gradebook:
        return {one.id: (one.first_name, one.last_name, one.email, one.lms_user_id) for one in gradebook.students}


def put(path: Path, text: str, encode: Callable[[str], bytes] = str.encode) -> Path:
    path.write_bytes(encode(text))
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_canvas_gradebook_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    roster = read_roster(put(tmp_path / "canvas.csv", canvas_gradebook(), ENCODINGS[encoding]))
    assert (roster.vendor, roster.id_column, roster.test_students) == ("canvas", "SIS Login ID", 1)
    assert {one.id: (one.first_name, one.last_name) for one in roster.people} == NAMES
    assert {one.id: one.lms_user_id for one in roster.people} == CANVAS_IDS


def test_names_with_a_comma_and_students_without_a_name_survive_canvas(gradebook: str, tmp_path: Path) -> None:
    """Its one cell for a name cannot say where the last name ends; the gradebook knows."""
    cells = [("Žižek, Jr., Zoë", "1", "zoe"), ("ivo", "2", "ivo"), ("Lovelace, Augusta", "3", "ada")]
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]]
    rows += [[name, number, "", login, "1"] for name, number, login in cells]
    with Gradebook(gradebook) as opened:
        opened.add_student("zoe", first_name="Zoë", last_name="Žižek, Jr.")
        opened.add_student("ivo")
        opened.add_student("ada", first_name="Ada", last_name="Lovelace")
    enrol(gradebook, "", read_roster(put(tmp_path / "canvas.csv", as_csv(rows))))
    assert {one: names[:2] for one, names in students(gradebook).items()} == {
        "zoe": ("Zoë", "Žižek, Jr."), "ivo": (None, None), "ada": ("Augusta", "Lovelace"),
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_moodle_participants_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    roster = read_roster(put(tmp_path / "moodle.csv", moodle_participants(), ENCODINGS[encoding]))
    assert (roster.vendor, roster.id_column) == ("moodle", "ID number")
    assert [(one.first_name, one.last_name) for one in roster.people] == list(NAMES.values())
    assert roster.people[0].email == "ada@uni.example"


def test_canvas_with_first_and_last_names_apart(tmp_path: Path) -> None:
    roster = read_roster(put(tmp_path / "canvas.csv", canvas_gradebook(first_last=True)))
    assert {one.id: (one.first_name, one.last_name) for one in roster.people} == NAMES
    assert roster.test_students == 1


def test_students_are_added_then_unchanged_then_updated_and_kept(tmp_path: Path, gradebook: str) -> None:
    with Gradebook(gradebook) as open_gradebook:
        open_gradebook.add_student("zoe", first_name="Zoe")
        open_gradebook.add_student("ada", email="ada@home.example")
    canvas = read_roster(put(tmp_path / "canvas.csv", canvas_gradebook()))
    assert enrol(gradebook, "", canvas) == Enrolment(
        added=tuple(sorted(set(NAMES) - {"ada"})), updated=("ada",), unchanged=(), absent=("zoe",)
    )
    assert enrol(gradebook, "", canvas).unchanged == tuple(sorted(NAMES))
    # A blank cell takes nothing away: Canvas tells no email addresses.
    assert students(gradebook)["ada"] == ("Ada", "Lovelace", "ada@home.example", CANVAS_IDS["ada"])
    assert students(gradebook)["zoe"] == ("Zoe", None, None, None)


def test_a_roster_whose_ids_are_another_column_adds_nobody_twice(tmp_path: Path, gradebook: str) -> None:
    path = put(tmp_path / "canvas.csv", canvas_gradebook())
    enrol(gradebook, "", read_roster(path))
    before = students(gradebook)
    with pytest.raises(AutograderError, match="is student 'ada' of the gradebook, whose id here would be 'S-ada'"):
        enrol(gradebook, "", read_roster(path, id_column="SIS User ID"))
    assert students(gradebook) == before


def test_rows_that_cannot_be_taken_are_said_and_the_others_are_taken(tmp_path: Path) -> None:
    text = moodle_participants(ada="", bela="../up", chen="a*", dora="x" * 200, emil="=1+1")
    roster = read_roster(put(tmp_path / "moodle.csv", text))
    assert len(roster.people) == len(NAMES) - 5
    assert [problem.partition(".csv, ")[2].partition(":")[0] for problem in roster.problems] == [
        "line 2", "line 3", "line 4", "line 5", "line 6"
    ]  # fmt: skip
    assert "'Ada Lovelace' has no ID number" in roster.problems[0]


def test_names_of_a_worksheet_do_not_replace_better_ones(tmp_path: Path, gradebook: str) -> None:
    enrol(gradebook, "", read_roster(put(tmp_path / "m.csv", moodle_participants(), str.encode), "", "Email address"))
    worksheet = read_roster(put(tmp_path / "w.csv", moodle_worksheet(["ada", "dora", "new"])), "", "Email address")
    done = enrol(gradebook, "", worksheet)
    assert (done.added, done.unchanged) == (("new@uni.example",), ("ada@uni.example", "dora@uni.example"))
    assert students(gradebook)["dora@uni.example"][:2] == NAMES["dora"]
    assert students(gradebook)["new@uni.example"][:2] == ("Some", "Body")


BAD_FILES = {
    "empty": (b"", "the file is empty"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", "not CSV"),
    "old Windows": ("Student,ID,SIS Login ID,Section\nBartók,1,b,1".encode("cp1252"), "not UTF-8"),
    "half of UTF-16": (codecs.BOM_UTF16_LE + b"S", "not UTF-8"),
    "other columns": (b"name,points\nada,3\n", "the columns of no Canvas gradebook"),
    "quotes": (b'Student,ID,SIS Login ID,Section\n"Ada,1,ada,1\n', "this is no CSV"),
    "a comma too many": (b"Student,ID,SIS Login ID,Section\nLovelace, Ada,1,ada,1\n", "line 2 has 5 cells"),
    "one id twice": (
        b"First name,Last name,Username\nA,B,ab\nC,D,ab\n", "lines 2 and 3 have the same Username, 'ab'",
    ),
    "one Canvas ID at two logins": (
        b"Student,ID,SIS Login ID,Section\nA,7,ada,1\nB,8,bela,1\nA,7,ada2,1\n",
        "lines 2 and 4 have the same ID, '7', and two SIS Login IDs, 'ada' and 'ada2'. Leave one row for each student",
    ),
    "one login at two Canvas IDs": (
        b"Student,ID,SIS Login ID,Section\nA,7,ada,1\nA,8,ada,1\n", "lines 2 and 3 have the same SIS Login ID, 'ada'",
    ),
    "one username at two ID numbers": (
        b"First name,Last name,Username,ID number\nA,B,ab,7\nC,D,ab,8\n", "lines 2 and 3 have the same Username, 'ab'",
    ),
    "a header alone": (b"First name,Last name,Username\n", "the file has no students"),
    "points and the test student alone": (
        b'Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"Student, Test",9,x,1\n',
        "the file has no students",
    ),
    "no ids": (b"Student,ID,SIS Login ID,Section\nAda,,,1\n", "no student has any of SIS Login ID"),
}  # fmt: skip


@pytest.mark.parametrize("which", BAD_FILES)
def test_what_is_no_roster_is_refused_in_one_line(tmp_path: Path, which: str) -> None:
    content, says = BAD_FILES[which]
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(AutograderError, match=says) as error:
        read_roster(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_ids_of_another_column_do_not_hide_that_a_login_is_doubled(tmp_path: Path) -> None:
    path = put(tmp_path / "canvas.csv", "Student,ID,SIS Login ID,Section\nA,7,ada,1\nA,8,ada,1\n")
    with pytest.raises(AutograderError, match="the same SIS Login ID, 'ada', and two IDs, '7' and '8'"):
        read_roster(path, id_column="ID")


@pytest.mark.parametrize(("column", "value"), [("Email address", "home@x.example"), ("ID number", "n/a")])
def test_an_email_address_or_an_id_number_may_be_two_peoples(tmp_path: Path, column: str, value: str) -> None:
    """A family's one mailbox, where Moodle's site allows that; a placeholder where it uses no numbers."""
    text = f"First name,Last name,Username,{column}\nA,B,ab,{value}\nC,B,cb,{value}\n"
    assert [one.id for one in read_roster(put(tmp_path / "moodle.csv", text)).people] == ["ab", "cb"]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert read_table(put(tmp_path / "t.csv", "a,b\r\n,\r\n")).rows == ()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that has nothing yet but its configuration."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text("import autograder\nc = get_config()\nautograder.configure(c)\n")
    put(root / "canvas.csv", canvas_gradebook().replace(",june,", ",,"))
    return root


def test_the_command_counts_and_says_who_needs_a_person(course: Path) -> None:
    done = run_in(course, "autograder", "roster", "canvas.csv", code=1)
    counts = "9 added, 0 updated, 0 unchanged, 1 test student left out, 1 not taken"
    assert done.stdout == f"Canvas roster, ids from 'SIS Login ID': {counts}\n"
    assert done.stderr.count("\n") == 1
    assert "has no SIS Login ID" in done.stderr
    assert set(students(f"sqlite:///{course}/gradebook.db")) == set(NAMES) - {"june"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("roster",), "usage: autograder roster FILE"),
        (("roster", "nowhere.csv"), "cannot be read (No such file or directory)"),
        (("roster", "."), "cannot be read (Is a directory)"),
        (("roster", "canvas.csv", "--student-id", "Matriculation"), "there is no column 'Matriculation'"),
        (("roster", "canvas.csv", "--from", "blackboard"), "blackboard"),
        (("roster", "canvas.csv", "--db", "sqlite:////nowhere/gradebook.db"), "the gradebook cannot be used"),
        (("roster", "canvas.csv", "--course-dir", "/"), "this is no course"),
    ],
)
def test_wrong_use_of_the_command_is_one_line(course: Path, words: tuple[str, ...], says: str) -> None:
    done = run_in(course, "autograder", *words, code=2)
    assert says in done.stderr
    assert done.stderr.strip().count("\n") == 0, done.stderr
