"""The whole life of a course with nbgrader's own tools: four assignments, two students, an exchange between accounts.

Ada hands in on time, all right. Bela hands in two typical mistakes on time and a right notebook late. Each
assignment is autograded through another door: nbgrader's command, the bulk command, the Python API, and what
formgrader's button asks of the server.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from accounts import ROOT, Account
from jupyter_servers import Server, jupyter_server
from school import ASSIGNMENTS, COURSE, School, record, school, work

from autograder.demo import PEOPLE

pytestmark = pytest.mark.full
WRITTEN = 3.0
GIVEN_BY_HAND = {"ada": 2.5, "bela": 1.0}
_RIGHT, _MISTAKEN = (next(one for one in PEOPLE if one.student == name) for name in ("ada", "chen"))
_API = """
import autograder
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
c = Config()
c.CourseDirectory.root, c.CourseDirectory.course_id = {root!r}, {course!r}
c.LateSubmissionPlugin.penalty_method = "zero"
autograder.configure(c)
api = NbGraderAPI(config=c)
for student in ("ada", "bela"):
    done = api.autograde({assignment!r}, student)
    assert done["success"], done["log"]
"""


def test_a_course_from_its_first_notebook_to_the_exported_grades(place: Path) -> None:
    here = school(place, "ada", "bela")
    for assignment in ASSIGNMENTS:
        release(here, assignment)
    for assignment in ASSIGNMENTS:
        for student in here.students:
            fetch(here, student, assignment)
        hand_in_on_time(here, assignment)
        close(here, assignment)
        hand_in_late(here, assignment)
        nobody_reads_what_others_do(here, assignment)
    collect_what_was_in_time(here, ASSIGNMENTS[-1])
    with jupyter_server(here.course.root, command=here.staff.command, environment=here.staff.environment()) as server:
        for assignment in ASSIGNMENTS:
            here.do("nbgrader", "collect", assignment, "--update")
        autograde_each_through_another_door(here, server)
        for assignment in ASSIGNMENTS:
            check_rows(here, assignment)
            grade_written_answers(here, server, assignment)
    for assignment in ASSIGNMENTS:
        give_feedback(here, assignment)
        for student in here.students:
            fetch_feedback(here, student, assignment)
    check_export(here)


def release(here: School, assignment: str) -> None:
    """The exchange gets the students' notebook and nothing else."""
    here.do("nbgrader", "generate_assignment", assignment)
    here.do("nbgrader", "release_assignment", assignment)
    released = here.exchange / COURSE / "outbound" / assignment
    assert [path.name for path in released.iterdir()] == [f"{assignment}.ipynb"]
    text = (released / f"{assignment}.ipynb").read_text()
    assert text == here.course.release_notebook(assignment).read_text()
    assert "BEGIN SOLUTION" not in text and "raise NotImplementedError" in text


def fetch(here: School, student: Account, assignment: str) -> None:
    student.run("nbgrader", "fetch_assignment", assignment)
    own = student.home / assignment / f"{assignment}.ipynb"
    assert own.read_bytes() == here.course.release_notebook(assignment).read_bytes()
    assert own.stat().st_uid == student.user


def hand_in_on_time(here: School, assignment: str) -> None:
    """Both hand in; `nbgrader validate` says before that who has mistakes."""
    for student, person in zip(here.students, (_RIGHT, _MISTAKEN), strict=True):
        notebook = work(student, assignment, person, here.course)
        said = student.run("nbgrader", "validate", notebook).stdout
        assert ("Success" in said) == (person is _RIGHT), said
        student.run("nbgrader", "submit", assignment)
        [handed_in] = here.inbound(student, assignment)
        assert (handed_in / notebook.name).read_bytes() == notebook.read_bytes()
        assert handed_in.stat().st_uid == student.user


def close(here: School, assignment: str) -> None:
    """The time is over now."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    here.do("nbgrader", "db", "assignment", "add", assignment, f"--duedate={now}")


def hand_in_late(here: School, assignment: str) -> None:
    _, bela = here.students
    notebook = work(bela, assignment, _RIGHT, here.course)
    bela.run("nbgrader", "submit", assignment)
    assert len(here.inbound(bela, assignment)) == 2
    assert (here.inbound(bela, assignment)[1] / notebook.name).read_bytes() == notebook.read_bytes()


def nobody_reads_what_others_do(here: School, assignment: str) -> None:
    if not ROOT:
        return  # all accounts are one user's
    ada, bela = here.students
    for closed in (here.course.root, here.exchange / COURSE / "inbound", bela.home):
        assert "Permission denied" in ada.run("python", "-c", f"import os; os.listdir({str(closed)!r})", code=1).stderr


def collect_what_was_in_time(here: School, assignment: str) -> None:
    """`--before-duedate` takes Bela's first notebook, whose mistakes cost points and whose time costs none."""
    here.do("nbgrader", "collect", assignment, "--before-duedate")
    first, _ = here.inbound(here.students[1], assignment)
    submitted = here.course.root / "submitted" / "bela" / assignment
    assert (submitted / f"{assignment}.ipynb").read_bytes() == (first / f"{assignment}.ipynb").read_bytes()
    here.do("autograder", "grade", assignment)
    [(score, penalty)] = here.rows(_SCORES.format(assignment=assignment, student="bela"))
    assert 0 < score < full(here, assignment) and not penalty


def autograde_each_through_another_door(here: School, server: Server) -> None:
    def by_command(assignment: str) -> None:
        here.do("nbgrader", "autograde", assignment)

    def by_api(assignment: str) -> None:
        here.do("python", "-c", _API.format(root=str(here.course.root), course=COURSE, assignment=assignment))

    def by_button(assignment: str) -> None:
        for student in here.students:
            done = server.ask("POST", f"formgrader/api/submission/{assignment}/{student.name}/autograde")
            assert done["success"], done

    def in_bulk(assignment: str) -> None:
        here.do("autograder", "grade", assignment)

    for assignment, door in zip(ASSIGNMENTS, (by_command, by_api, by_button, in_bulk), strict=False):
        door(assignment)


def check_rows(here: School, assignment: str) -> None:
    """The latest notebooks are graded, right, with the late one's penalty; a person is asked for the answers."""
    for student in here.students:
        latest = here.inbound(student, assignment)[-1]
        for step in ("submitted", "autograded"):
            folder = here.course.root / step / student.name / assignment
            assert {path.name for path in folder.iterdir()} == {path.name for path in latest.iterdir()}
            assert (folder / "timestamp.txt").read_text() == (latest / "timestamp.txt").read_text()
        result = record(folder / f"{assignment}.ipynb")
        assert (result["status"], result["score"]) == ("graded", full(here, assignment)), result
        [(score, penalty)] = here.rows(_SCORES.format(assignment=assignment, student=student.name))
        assert score == full(here, assignment)
        assert (penalty or 0) == (score if student.name == "bela" else 0)
    waiting = here.rows(f"{_GRADES.format(assignment=assignment)} and g.needs_manual_grade")
    assert [(row[0], row[1].startswith("answer-")) for row in waiting] == [("ada", True), ("bela", True)]


def grade_written_answers(here: School, server: Server, assignment: str) -> None:
    """As formgrader's page does when a person types a score and a comment."""
    for student in here.students:
        [(notebook,)] = here.rows(
            "select n.id from submitted_notebook n join submitted_assignment a on n.assignment_id = a.id "
            f"join assignment t on a.assignment_id = t.id where t.name = '{assignment}' "
            f"and a.student_id = '{student.name}'"
        )
        grades: list[dict[str, Any]] = server.ask("GET", f"formgrader/api/grades?submission_id={notebook}")
        [answer] = [grade for grade in grades if grade["needs_manual_grade"]]
        given = {"id": answer["id"], "manual_score": GIVEN_BY_HAND[student.name], "extra_credit": None}
        assert not server.ask("PUT", f"formgrader/api/grade/{answer['id']}", given)["needs_manual_grade"]
        comments = server.ask("GET", f"formgrader/api/comments?submission_id={notebook}")
        [comment] = [one for one in comments if one["name"] == answer["name"]]
        text = {"id": comment["id"], "manual_comment": f"Well put, {student.name}."}
        server.ask("PUT", f"formgrader/api/comment/{comment['id']}", text)
    assert not here.rows(f"{_GRADES.format(assignment=assignment)} and g.needs_manual_grade")


def give_feedback(here: School, assignment: str) -> None:
    here.do("nbgrader", "generate_feedback", assignment)
    for student in here.students:
        page = here.course.root / "feedback" / student.name / assignment / f"{assignment}.html"
        assert f"Well put, {student.name}." in page.read_text()
    here.do("nbgrader", "release_feedback", assignment)


def fetch_feedback(here: School, student: Account, assignment: str) -> None:
    """Each student gets the own page, for the submission that was graded."""
    student.run("nbgrader", "fetch_feedback", assignment)
    [page] = (student.home / assignment / "feedback").rglob("*.html")
    made = here.course.root / "feedback" / student.name / assignment / page.name
    assert page.read_bytes() == made.read_bytes()
    assert page.parent.name == (made.parent / "timestamp.txt").read_text().strip()


def check_export(here: School) -> None:
    exported = here.grades()
    for assignment in ASSIGNMENTS:
        total = full(here, assignment)
        for student in here.students:
            row = exported.pop((student.name, assignment))
            raw = total + GIVEN_BY_HAND[student.name]
            assert float(row["max_score"]) == total + WRITTEN
            assert float(row["raw_score"]) == raw
            late = total if student.name == "bela" else 0  # what the score was when it was autograded
            assert float(row["late_submission_penalty"] or 0) == late
            assert float(row["score"]) == raw - late
            assert row["timestamp"]
    assert all(student not in ("ada", "bela") for student, _ in exported)


def full(here: School, assignment: str) -> float:
    """All points of the hidden checks."""
    [(points,)] = here.rows(
        "select sum(g.max_score) from grade_cells g join base_cell b on g.id = b.id "
        f"join notebook n on b.notebook_id = n.id where n.name = '{assignment}' and b.name not like 'answer-%'"
    )
    return float(points)


_SCORES = """
select sum(coalesce(g.auto_score, 0)), n.late_submission_penalty from grade g
join submitted_notebook n on g.notebook_id = n.id join submitted_assignment a on n.assignment_id = a.id
join assignment t on a.assignment_id = t.id where t.name = '{assignment}' and a.student_id = '{student}'
"""
_GRADES = """
select a.student_id, b.name from grade g join submitted_notebook n on g.notebook_id = n.id
join submitted_assignment a on n.assignment_id = a.id join assignment t on a.assignment_id = t.id
join base_cell b on g.cell_id = b.id where t.name = '{assignment}'
"""
