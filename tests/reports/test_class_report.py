"""The instructor's report says of a really graded class what gradebook and results hold, also of odd classes."""

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from commands import ASSIGNMENT, run_in
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import GradebookError
from autograder.reports.class_report import ClassReport, make_report, render_page, spreadsheets

QUICK = ("ada", "bela", "chen", "dora", "fay", "ivo", "june", "lena")


@pytest.fixture(scope="module")
def template(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which eight of the demonstration's people are graded."""
    root = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("report") / "course"))
    for folder in (root / "submitted").iterdir():
        if folder.name not in QUICK:
            shutil.rmtree(folder)
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "course"))


class Page(HTMLParser):
    """Ids, addresses and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.words = ""
        self.feed(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "xlink:href"):
                self.addresses.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words += data


def made(root: Path, **options: str) -> tuple[ClassReport, str]:
    """The report and its page, which must make sense whatever the class."""
    config = Config({"Exchange": {"root": str(root / "exchange")}})
    coursedir = CourseDirectory(root=str(root), db_url=f"sqlite:///{root / 'gradebook.db'}", config=config, **options)
    one = make_report(Course(root), coursedir, ASSIGNMENT, root / "reports" / f"{ASSIGNMENT}.html")
    text = render_page(one)
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert not re.search(r"\b(nan|NaN|inf|None|Undefined)\b", page.words)
    assert "script" not in page.tags
    json.dumps(spreadsheets(one.report))
    return one.report, text


def listed(page: str) -> dict[str, list[str]]:
    """The students in each list of a page, by what a reader of a screen hears of it."""
    lists = re.findall(r'<span class="sr"> ([^<]*)</span></summary><p[^>]*>(.*?)</p></details>', page, flags=re.DOTALL)
    found = {}
    for what, links in lists:
        students = re.findall(r">(.*?)</a>", links)
        assert re.match("(student|submission)s?\\b", what)[0].endswith("s") == (len(students) != 1)
        found[re.sub(r"^(student|submission)\b", r"\1s", unescape(what))] = students
    return found


def sql(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "gradebook.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def change_results(root: Path, change: Callable[[dict], None]) -> None:
    """Change the recorded results in place."""
    for path in (root / "autograded").glob("*/*/*.ipynb"):
        notebook = json.loads(path.read_text())
        change(notebook["metadata"]["autograder"]["result"])
        path.chmod(0o644)
        path.write_text(json.dumps(notebook))


def answer(result: dict, passed: bool) -> None:
    """As if every item had passed, or none had."""
    for function in result["functions"].values():
        function["score"] = function["max_score"] if passed else 0.0
        for item in function["items"]:
            item["passed"] = passed
    result["score"] = sum(one["score"] for one in result["functions"].values())
    result["status"] = "graded"


def test_the_command_writes_one_page_whose_links_lead_somewhere(root: Path) -> None:
    run_in(root, "autograder", "feedback", ASSIGNMENT)
    done = run_in(root, "autograder", "report", ASSIGNMENT)
    assert done.stdout == ""
    assert done.stderr.strip() == f"reports/{ASSIGNMENT}.html"
    page = Page((root / "reports" / f"{ASSIGNMENT}.html").read_text())
    files = {unquote(address) for address in page.addresses if not address.startswith("#")}
    assert {(root / "reports" / file).resolve() for file in files} == {
        root.resolve() / step / student / ASSIGNMENT / f"{ASSIGNMENT}.{ending}"
        for step, ending in (("feedback", "html"), ("autograded", "ipynb"), ("submitted", "ipynb"))
        for student in QUICK
    }
    assert all((root / "reports" / file).is_file() for file in files)


def test_json_and_csv_hold_what_the_page_holds(root: Path) -> None:
    done = run_in(root, "autograder", "report", ASSIGNMENT, "--csv", "--json")
    report = json.loads(done.stdout)
    page = Page((root / "reports" / f"{ASSIGNMENT}.html").read_text()).words
    rows = {
        name: list(csv.DictReader(io.StringIO((root / "reports" / f"{ASSIGNMENT}-{name}.csv").read_text())))
        for name in ("students", "functions", "items", "misconceptions", "alike")
    }
    assert [row["student"] for row in rows["students"]] == [one["student"] for one in report["people"]] == list(QUICK)
    assert [float(row["score"]) for row in rows["students"]] == [one["score"] for one in report["people"]]
    assert [row["id"] for row in rows["items"]] == [one["id"] for one in report["items"]]
    assert [int(row["passed"]) for row in rows["items"]] == [one["passed"] for one in report["items"]]
    assert [row["misconception"] for row in rows["misconceptions"]] == [one["name"] for one in report["mistakes"]]
    assert all(one["line"] in page and one["id"] in page for one in report["items"])
    assert all(one["name"] in page and one["hint"] in page for one in report["mistakes"])


def test_figures_are_those_of_the_class(root: Path) -> None:
    report, _ = made(root)
    states = {one.student: one.state for one in report.people}
    assert states == {
        **dict.fromkeys(QUICK, "graded"), "ivo": "needs_review", "lena": "needs_review", "june": "failed",
    }  # fmt: skip
    momentum = next(one for one in report.functions if one.id == "update_parameters_with_momentum")
    # All but fay, who handed in the stubs; june's picture is no answer to it at all.
    assert (momentum.of, momentum.passed, momentum.partial) == (7, 6, 0)
    batches = next(one for one in report.functions if one.id == "random_mini_batches")
    assert (batches.of, batches.passed, batches.partial) == (7, 5, 1)  # dora has some of its points
    assert report.functions[0].id == "update_parameters_with_gd"  # the notebook's order
    assert {one.name: one.students for one in report.mistakes}["gd-plus-for-minus"] == ("chen",)
    assert all(one.separation is None and not one.remark for one in report.items)  # seven say nothing
    risks = {one.student: one.risks for one in report.people if one.risks}
    assert risks == {"fay": ("0% of the points",), "june": ("the submission could not be graded",)}
    assert report.alike == ()  # most hand in the reference's answers: that says nothing


def test_scores_are_nbgraders(root: Path) -> None:
    """Marks given by hand, extra credit and penalties are counted as nbgrader's own export counts them."""
    sql(
        root,
        "update assignment set duedate = '2026-01-30 19:00:00.000000'",
        "update grade set manual_score = 2, needs_manual_grade = 0, extra_credit = 0.5 where auto_score is null",
        "update submitted_notebook set late_submission_penalty = 3 where rowid % 2 = 0",
    )
    report, text = made(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for one in report.people:
            submission = gradebook.find_submission(ASSIGNMENT, one.student)
            assert one.score == max(0.0, submission.score - submission.late_submission_penalty)
            assert one.late == submission.total_seconds_late
            assert one.penalty == submission.late_submission_penalty
        assert report.max_score == gradebook.find_assignment(ASSIGNMENT).max_score
    assert all(one.waiting == 0 for one in report.people)
    assert "late" in text


def test_a_student_far_below_the_own_other_assignments_is_at_risk(root: Path) -> None:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("before")
        gradebook.add_notebook("before", "before")
        gradebook.add_grade_cell("check-f", "before", "before", max_score=10, cell_type="code")
        for student, score in zip(QUICK, (10, 10, 10, 8, 0, 10, 0, 8), strict=True):
            gradebook.add_submission("before", student)
            grade = gradebook.find_grade("check-f", "before", "before", student)
            grade.auto_score = score
        gradebook.db.commit()
    report, _ = made(root)
    risks = {one.student: one.risks for one in report.people}
    assert risks["chen"] == ("far below the own other assignments (100% there)",)  # 41 of 63 points here
    assert risks["ada"] == risks["dora"] == ()
    assert risks["fay"] == ("0% of the points",)


def test_attempts_are_those_that_the_exchange_has_seen(root: Path) -> None:
    report, text = made(root)
    assert all(one.hand_ins is None for one in report.people)
    assert "How often students tried is not known" in Page(text).words
    inbound = root / "exchange" / "anything" / "inbound"
    for name in (f"ada+{ASSIGNMENT}+2026-01-30 10:00 UTC+x1", f"ada+{ASSIGNMENT}+2026-01-30 11:00 UTC", "bela+b+c"):
        (inbound / name).mkdir(parents=True)
    report, _ = made(root)
    assert {one.student: one.hand_ins for one in report.people} == {**dict.fromkeys(QUICK, 0), "ada": 2}


def test_without_a_gradebook_one_line_says_what_to_do(class_template: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(class_template, tmp_path / "course"))
    done = run_in(root, "autograder", "report", ASSIGNMENT, code=2)
    assert "there is no gradebook yet. Run: autograder grade" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (root / "reports").exists()
    assert not (root / "gradebook.db").exists()
    assert "no assignment 'nothing'" in run_in(root, "autograder", "report", "nothing", code=2).stderr
    (root / "gradebook.db").write_text("no database at all, but long enough to look like one" * 9)
    with pytest.raises(GradebookError, match="cannot be read"):
        made(root)


def test_no_submissions(root: Path) -> None:
    shutil.rmtree(root / "autograded")
    shutil.rmtree(root / "submitted")
    sql(root, "delete from grade", "delete from comment", "delete from submitted_notebook",
        "delete from submitted_assignment")  # fmt: skip
    report, text = made(root)
    assert {one.state for one in report.people} == {"missing"}
    assert "Nobody has a score yet." in text
    sql(root, "delete from student")
    report, text = made(root)
    assert report.people == ()
    assert "The gradebook has no students yet." in text


def test_one_submission(root: Path) -> None:
    for student in QUICK[1:]:
        shutil.rmtree(root / "autograded" / student)
        shutil.rmtree(root / "submitted" / student)
    sql(root, "delete from submitted_assignment where student_id != 'ada'")
    report, text = made(root)
    assert [one.of for one in report.functions] == [1] * 6
    assert "1 submission has a score" in Page(text).words


@pytest.mark.parametrize("passed", [True, False])
def test_everybody_full_or_zero(root: Path, passed: bool) -> None:
    for n in range(6):  # enough to say something about items
        shutil.copytree(root / "autograded" / "ada", root / "autograded" / f"guest{n}")
    change_results(root, lambda result: answer(result, passed))
    sql(root, *(f"insert into student (id) values ('guest{n}')" for n in range(6)))
    sql(root, *(f"insert into submitted_assignment (id, assignment_id, student_id) select 'g{n}', id, 'guest{n}' "
                "from assignment" for n in range(6)))  # fmt: skip
    sql(root, f"update grade set auto_score = {10 if passed else 0} where auto_score is not null")
    report, text = made(root)
    remark = "nobody fails it" if passed else "everybody fails it"
    assert {one.remark for one in report.items} == {one.remark for one in report.functions} == {remark}
    assert {one.separation for one in report.items} == {None}
    assert remark in text


def test_an_extension_alone_is_no_hand_in(root: Path) -> None:
    sql(
        root,
        "insert into student (id) values ('zed')",
        "insert into submitted_assignment (id, assignment_id, student_id, extension)"
        " select 'zz', id, 'zed', '1970-01-03 00:00:00.000000' from assignment",
    )
    report, _ = made(root)
    (zed,) = [one for one in report.people if one.student == "zed"]
    assert (zed.state, zed.score, zed.risks) == ("missing", None, ("nothing handed in",))
    assert not any("zed" in notice.students for notice in report.notices)


def test_who_handed_in_and_is_in_no_roster_is_named(root: Path) -> None:
    first = sorted((root / "submitted").iterdir())[0]
    shutil.copytree(first, root / "submitted" / "newbie")
    report, _ = made(root)
    (notice,) = [one for one in report.notices if "newbie" in one.students]
    assert notice.text.startswith("Handed in by people who are not in the gradebook yet, left out.")
    assert notice.students == ("newbie",)


def test_points_given_by_hand_before_a_regrade_are_not_said_to_be_missing(root: Path) -> None:
    sql(root, "update grade set manual_score = 2, needs_manual_grade = 1 where auto_score is null")
    report, _ = made(root)
    assert not any(one.waiting for one in report.people)
    (notice,) = [one for one in report.notices if "formgrader asks for another look" in one.text]
    assert "given by hand before the last grading" in notice.text
    assert "june" not in notice.students


def test_what_many_share_is_one_line_behind_what_few_have(root: Path) -> None:
    def flag(result: dict) -> None:
        result |= {"status": "needs_review", "notes": ["Seen in all of them."]}

    change_results(root, flag)
    first = next((root / "autograded").glob("*/*/*.ipynb"))
    first.write_text(first.read_text().replace("Seen in all of them.", "Seen once."))
    _, page = made(root)
    (section,) = re.findall(r'<h2 id="look">.*?</section>', page, flags=re.DOTALL)
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', section, flags=re.DOTALL)
    assert len(rows) == 2
    assert "Seen once." in rows[0]
    assert f">{first.parts[-3]}</a>" in rows[0]
    assert f'aria-label="submitted file of {first.parts[-3]}"' in rows[0]
    assert "Seen in all of them." in rows[1]
    assert f">{first.parts[-3]}</a>" not in rows[1]


def test_a_removed_student_is_left_out_and_named(root: Path) -> None:
    sql(root, "delete from submitted_assignment where student_id = 'bela'", "delete from student where id = 'bela'")
    report, _ = made(root)
    assert "bela" not in {one.student for one in report.people}
    (notice,) = [one for one in report.notices if "not in the gradebook any more, left out" in one.text]
    assert notice.students == ("bela",)
    assert report.functions[0].of == 6


def test_results_of_older_checks_are_left_out_of_the_items_and_of_the_lists_behind_them(root: Path) -> None:
    def older(result: dict) -> None:
        if result["score"] == 41:  # chen
            result["functions"]["initialize_velocity"]["items"].pop()

    change_results(root, older)
    report, page = made(root)
    (notice,) = [one for one in report.notices if "Graded by other check items" in one.text]
    assert notice.students == ("chen",)
    chen = next(one for one in report.people if one.student == "chen")
    assert (chen.state, chen.compared) == ("graded", False)
    lists = listed(page)
    for one in report.functions:
        parts = [lists.get(f"students with {which} of the points of {one.id}", []) for which in ("all", "some", "none")]
        assert one.of == 6
        assert list(map(len, parts)) == [one.passed, one.partial, one.of - one.passed - one.partial]
    for one in report.items:
        failed = lists.get(f"students who failed {one.id}", [])
        passed = lists.get(f"students who passed {one.id}", [])
        assert len(failed) == one.of - one.passed or len(passed) == one.passed
        assert "chen" not in [*failed, *passed]


def test_what_sums_up_the_class_leads_to_the_values_that_it_sums_up(root: Path) -> None:
    report, page = made(root)
    (scores,) = re.findall(r"<p>.*?</p>", page[page.index('<h2 id="scores">') :], flags=re.DOTALL)[:1]
    numbers = re.findall(r"\d+(?:\.\d+)?", re.sub(r"<.*?>", "", re.sub(r"of \d+ points", "", scores)))
    assert len(numbers) == scores.count('<a href="#each-score">') == 7
    values: dict[str, float] = {}
    for what, students in listed(page).items():
        if what.startswith("students with the score "):
            values |= dict.fromkeys(students, float(what.split()[-1]))
    assert values == {one.student: one.score for one in report.people if one.score is not None}
    assert len(re.findall('<a href="#each-time">', page)) == 1
    took: list[str] = []
    for what, students in listed(page).items():
        took += students if what.startswith("students whose grading took") else []
    assert sorted(took) == sorted(one.student for one in report.people if one.seconds is not None)
    assert all(f'href="#who-{one.id}"' in page or one.passed == one.of for one in report.items)


def test_answers_that_wait_lead_to_whose_they_are(root: Path) -> None:
    report, page = made(root)
    (notice,) = [one for one in report.notices if "for a person: scores may still rise" in one.text]
    assert notice.students == tuple(one.student for one in report.people if one.waiting)
    (shown,) = re.findall(r'<div class="notice">.*?</div>', page, flags=re.DOTALL)
    assert all(f">{student}</a>" in shown for student in notice.students)


def test_most_of_a_large_class_is_all_but_the_others(root: Path) -> None:
    sql(root, *(f"insert into student (id) values ('guest{n}')" for n in range(160)))
    _, page = made(root)
    (missing,) = re.findall(r"<details[^<]*<summary>160<.*?</details>", page, flags=re.DOTALL)
    assert "All 168 students</a> but these 8: " in missing
    assert re.findall(r">(\w+)</a>", missing) == list(QUICK)


def test_a_result_that_cannot_be_read_is_named(root: Path) -> None:
    path = root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.chmod(0o644)
    for content in ('{"metadata": {}, "cells": []}', "", "\x00", '{"metadata": {"autograder": {"result": 7}}}'):
        path.write_text(content)
        report, _ = made(root)
        assert report.people[0].state == "ungraded"
        (notice,) = [one for one in report.notices if "without a result that can be read" in one.text]
        assert notice.students == ("ada",)


def test_markup_in_names_ids_and_code_is_text(root: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    (root / "submitted" / "ada").rename(root / "submitted" / "<b>ada")
    (root / "autograded" / "ada").rename(root / "autograded" / "<b>ada")
    sql(root, "update submitted_assignment set student_id = '<b>ada' where student_id = 'ada'",
        "update student set id = '<b>ada' where id = 'ada'",
        f"update student set first_name = '{evil}', last_name = '=cmd()'")  # fmt: skip
    change_results(root, lambda result: result.update(notes=[evil], status="needs_review"))
    report, text = made(root)
    assert not {"img", "b"} & Page(text).tags
    assert evil in Page(text).words
    assert report.people[0].files["graded"] == "../autograded/%3Cb%3Eada/optimization/optimization.ipynb"
    rows = list(csv.DictReader(io.StringIO(spreadsheets(report)["students"])))
    assert {row["name"] for row in rows} == {f"{evil} =cmd()"}  # begins with no formula
    sql(root, "update student set first_name = NULL")
    rows = list(csv.DictReader(io.StringIO(spreadsheets(made(root)[0])["students"])))
    assert {row["name"] for row in rows} == {"'=cmd()"}
    sql(root, "update student set first_name = 'a; =cmd()', last_name = ''")  # where lines are split at semicolons
    rows = list(csv.DictReader(io.StringIO(spreadsheets(made(root)[0])["students"])))
    assert {row["name"] for row in rows} == {"a;' =cmd()"}


def test_it_says_when_it_was_made(root: Path) -> None:
    assert datetime.fromisoformat(made(root)[0].made).tzinfo is not None
