"""`nbgrader export` writes what Canvas and Moodle import, and nothing that a spreadsheet would run."""

import shutil
from pathlib import Path

import pytest
from commands import ASSIGNMENT, run_in
from nbgrader.api import Gradebook
from traitlets.config import Config
from vendors import (
    CANVAS_IDS,
    NAMES,
    canvas_gradebook,
    canvas_import,
    formula_cells,
    moodle_import,
    moodle_participants,
    moodle_worksheet,
    table,
)

from autograder.errors import AutograderError
from autograder.lms import CanvasExport, CsvExport, MoodleExport, enrol, read_roster
from autograder.lms.exporting import LmsExport

pytestmark = pytest.mark.long

HANDED_IN = ("ada", "bela", "chen")
COMMENT = '=1+1 is <2>; -1 for units\n@ada: "see me"'


@pytest.fixture(scope="module")
def course(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten students of dangerous names, three of them graded: ada by hand too, bela late, chen in part."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("exports") / "course"))
    for folder in (root / "submitted").iterdir():
        if folder.name not in HANDED_IN:
            shutil.rmtree(folder)
    run_in(root, "autograder", "grade", ASSIGNMENT)
    (root / "canvas.csv").write_text(canvas_gradebook(), encoding="utf-8", newline="")
    (root / "moodle.csv").write_text(moodle_participants(), encoding="utf-8", newline="")
    url = f"sqlite:///{root}/gradebook.db"
    enrol(url, "", read_roster(root / "canvas.csv"))
    with Gradebook(url) as gradebook:
        for student in gradebook.students:
            student.email = f"{student.id}@uni.example"
        notebook = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada")
        written = next(grade for grade in notebook.grades if grade.auto_score is None)
        written.manual_score, written.extra_credit, written.needs_manual_grade = 2.5, 1.0, False
        notebook.comments[0].manual_comment = COMMENT
        gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "bela").late_submission_penalty = 12.25
        gradebook.add_submission(ASSIGNMENT, "dora")  # as for an extension, before anything is handed in
        gradebook.db.commit()
    return root


def export(course: Path, plugin: type[LmsExport], to: Path, **options: object) -> Path:
    """Export as `nbgrader export` does, in this process."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        plugin(config=Config({plugin.__name__: {"to": str(to), **options}})).export(gradebook)
    return to


@pytest.fixture(scope="module")
def canvas(course: Path) -> Path:
    """Canvas' file, made by the command line."""
    done = run_in(course, "nbgrader", "export", "--exporter=autograder.lms.CanvasExport", "--to=to-canvas.csv")
    ungraded = "answers that nobody has graded by hand yet, whose points the scores lack (2): bela, chen"
    assert ungraded in done.stderr
    assert "Canvas finds optimization by the title alone" in done.stderr
    assert "Canvas ID" not in done.stderr
    return course / "to-canvas.csv"


def test_canvas_finds_every_student_and_gets_what_nbgrader_counts(canvas: Path) -> None:
    users = {number: student for student, number in CANVAS_IDS.items()}
    grades = canvas_import(canvas, users, logins={})
    assert set(grades) == set(NAMES)
    scores = {student: grades[student]["optimization"] for student in NAMES}
    assert scores["ada"] == "63.5", "60 points of checks, 2.5 by hand, 1 of extra credit"
    assert scores["bela"] == "47.75", "60 points less the late penalty"
    assert 0 < float(scores["chen"]) < 60
    assert {score for student, score in scores.items() if student not in HANDED_IN} == {""}


def test_canvas_finds_students_by_login_where_it_has_given_no_id(course: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(course, tmp_path / "course"))
    with Gradebook(f"sqlite:///{copy}/gradebook.db") as gradebook:
        for student in gradebook.students:
            student.lms_user_id = None
        gradebook.db.commit()
    grades = canvas_import(export(copy, CanvasExport, tmp_path / "c.csv"), {}, {student: student for student in NAMES})
    assert set(grades) == set(NAMES)


def test_an_assignment_can_have_canvas_own_title(course: Path, tmp_path: Path) -> None:
    path = export(course, CanvasExport, tmp_path / "c.csv", titles={ASSIGNMENT: "Optimization, part 1 (8811)"})
    assert table(path)[0][5:] == ["Optimization, part 1 (8811)"]
    assert table(path)[1][5:] == ["63"]


def test_a_title_that_canvas_would_pass_over_in_silence_is_refused(course: Path, tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="one of its own totals"):
        export(course, CanvasExport, tmp_path / "c.csv", titles={ASSIGNMENT: "Final Score (1)"})
    assert not (tmp_path / "c.csv").exists()


def test_what_canvas_was_given_is_the_same_roster_again(canvas: Path) -> None:
    roster = read_roster(canvas)
    assert {one.id: (one.first_name, one.last_name) for one in roster.people} == NAMES
    assert {one.id: one.lms_user_id for one in roster.people} == CANVAS_IDS


@pytest.fixture(scope="module")
def moodle(course: Path) -> Path:
    """Moodle's file, made by the plugin that the configuration names."""
    config = course / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(before + '\nc.ExportApp.plugin_class = "autograder.lms.MoodleExport"\n')
    run_in(course, "nbgrader", "export")
    config.write_text(before)
    return course / "grades-moodle.csv"


@pytest.mark.parametrize(
    ("column", "of"),
    [("Email address", lambda who: f"{who}@uni.example"), ("Username", str), ("ID number", CANVAS_IDS.get)],
)
def test_moodle_finds_every_student_by_any_of_its_fields(moodle: Path, column: str, of: object) -> None:
    grades = moodle_import(moodle, column, {of(student): student for student in NAMES})  # type: ignore[operator]
    assert set(grades) == set(NAMES)
    assert grades["bela"]["optimization"] == "47.75"
    assert grades["fay"]["optimization"] == ""


def test_moodles_feedback_has_the_penalty_and_what_people_wrote(moodle: Path) -> None:
    feedback = {row[0]: row[-1] for row in table(moodle)}
    assert feedback["bela"] == "Score: 47.75 of 63 points.<br>12.25 points were taken off because it was late."
    assert feedback["ada"] == (
        "Score: 63.5 of 63 points.<br>=1+1 is &lt;2&gt;; &#45;1 for units<br>@ada: &quot;see me&quot;"
    )
    assert feedback["fay"] == ""


def test_what_moodle_was_given_is_the_same_roster_again(moodle: Path) -> None:
    roster = read_roster(moodle)
    assert {one.id: (one.first_name, one.last_name) for one in roster.people} == NAMES


def test_moodles_worksheet_is_filled_where_moodle_reads_it(course: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "Grades-CS101-Optimization--1234.csv"
    sheet.write_text(moodle_worksheet([*NAMES, "stranger"]), encoding="utf-8-sig", newline="")
    before, after = table(sheet), table(export(course, MoodleExport, tmp_path / "m.csv", worksheet=str(sheet)))
    assert after[0] == before[0]
    grades = {row[0]: (row[5], row[10]) for row in after[1:]}
    assert grades["Participant 502"] == (
        "47.75", "Score: 47.75 of 63 points.<br>12.25 points were taken off because it was late.",
    )  # fmt: skip
    assert grades["Participant 504"] == grades["Participant 511"] == ("", "")
    for old, new in zip(before, after, strict=True):
        for column in (0, 2, 3, 4, 6, 7, 8, 9):
            assert new[column] == old[column]
    assert formula_cells(tmp_path / "m.csv") == []


def test_what_teachers_wrote_in_moodle_is_not_touched(course: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "w.csv"
    feedback = "agreed; -1"  # an apostrophe in it would reach the student
    sheet.write_text(moodle_worksheet(["fay"]).rstrip() + f'"{feedback}"\r\n', encoding="utf-8", newline="")
    assert table(export(course, MoodleExport, tmp_path / "m.csv", worksheet=str(sheet)))[1][10] == feedback


def test_a_worksheet_says_what_moodle_would_do_in_silence(
    course: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sheet = tmp_path / "w.csv"
    text = moodle_worksheet(["ada", "stranger"], maximum="60.00").replace("Yes", "No", 1)
    sheet.write_text(text, encoding="utf-8", newline="")
    with caplog.at_level("WARNING", logger="traitlets"):
        export(course, MoodleExport, tmp_path / "m.csv", worksheet=str(sheet))
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "the maximum grade in the worksheet is 60.00, and optimization has 63 points" in said
    assert "graded students who are not in the worksheet (2): bela, chen" in said
    assert "rows of the worksheet that are no student of the gradebook (1): Participant 502" in said
    assert "grades that Moodle will not change, locked or overridden there (1): Participant 501" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [("a,b\n1,2\n", "no grading worksheet of Moodle: it has no column Identifier"), (None, "cannot be read")],
)
def test_what_is_no_worksheet_is_refused(course: Path, tmp_path: Path, content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / "w.csv").write_text(content)
    with pytest.raises(AutograderError, match=says):
        export(course, MoodleExport, tmp_path / "m.csv", worksheet=str(tmp_path / "w.csv"))


def test_the_plain_table_has_a_row_for_each_student_and_assignment(course: Path, tmp_path: Path) -> None:
    path = export(course, CsvExport, tmp_path / "g.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "by which Excel knows UTF-8"
    rows = [dict(zip(table(path)[0], row, strict=True)) for row in table(path)[1:]]
    assert {row["student_id"]: row["score"] for row in rows if row["score"]}.keys() == set(HANDED_IN)
    assert next(row for row in rows if row["student_id"] == "bela")["late_submission_penalty"] == "12.25"
    assert {row["student_id"] for row in rows if row["needs_manual_grade"] == "1"} == {"bela", "chen"}


@pytest.mark.parametrize("plugin", [CanvasExport, MoodleExport, CsvExport])
def test_no_cell_is_a_formula_for_any_spreadsheet(course: Path, tmp_path: Path, plugin: type[LmsExport]) -> None:
    assert formula_cells(export(course, plugin, tmp_path / "g.csv")) == []


@pytest.mark.parametrize("plugin", [CanvasExport, MoodleExport, CsvExport])
def test_a_missing_submission_is_zero_when_asked(course: Path, tmp_path: Path, plugin: type[LmsExport]) -> None:
    path = export(course, plugin, tmp_path / "g.csv", missing_as_zero=True, student=["fay"])
    (row,) = [row for row in table(path) if "fay" in row]
    assert "0" in row


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"assignment": ["nope"]}, "no assignment 'nope'. It has: optimization"),
        ({"student": ["nobody"]}, "no student 'nobody'. It has: "),
        ({"to": "/dev/null/c.csv"}, "cannot be written"),
    ],
)
def test_bad_input_is_one_line(course: Path, tmp_path: Path, options: dict[str, object], says: str) -> None:
    with pytest.raises(AutograderError, match=says) as error:
        export(course, CanvasExport, **{"to": tmp_path / "c.csv", **options})  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


def test_an_empty_gradebook_has_nothing_to_export_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("import autograder\nc = get_config()\nautograder.configure(c)\n")
    done = run_in(tmp_path, "nbgrader", "export", "--exporter=autograder.lms.CanvasExport", code=1)
    assert "the gradebook has no assignment. Run: autograder grade ASSIGNMENT" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.csv"))
