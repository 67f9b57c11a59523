"""A gradebook on a PostgreSQL server serves every command, and two graders at once."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commands import ASSIGNMENT, BIN, run_in

from .conftest import FAST, SCORES, Scores, by_student, scores
from .postgresql import PASSWORD, Server, a_server

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with a_server() as one:
        yield one


def use(root: Path, url: str) -> None:
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {url!r}\nc.CourseDirectory.course_id = 'numpy'\n")


def on_server(server: Server, database: str) -> Scores:
    with server.connect(database) as connection:
        return by_student(connection.execute(SCORES).fetchall())


def test_every_command_works_and_a_backup_is_one_that_nbgrader_opens(
    server: Server, ungraded: Path, graded_template: Path
) -> None:
    use(ungraded, server.new_database("whole"))
    run_in(ungraded, "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    run_in(ungraded, "autograder", "grade", ASSIGNMENT, code=1)
    assert on_server(server, "whole") == scores(graded_template)
    run_in(ungraded, "nbgrader", "autograde", ASSIGNMENT, "--force", "--student", "ada")
    assert on_server(server, "whole") == scores(graded_template)
    run_in(ungraded, "autograder", "feedback", ASSIGNMENT)
    run_in(ungraded, "autograder", "report", ASSIGNMENT)
    run_in(ungraded, "nbgrader", "export")
    before = (ungraded / "grades.csv").read_text()
    assert all(student in before for student in FAST)

    run_in(ungraded, "autograder", "grade", ASSIGNMENT, "--force", code=1)
    (backup,) = (ungraded / "backups").iterdir()
    shutil.copy(backup, ungraded / "gradebook.db")
    assert scores(ungraded) == scores(graded_template)
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
    run_in(ungraded, "nbgrader", "export", f"--CourseDirectory.db_url=sqlite:///{backup}", "--to", "copy.csv")
    assert (ungraded / "copy.csv").read_text() == before
    assert PASSWORD not in backup.read_bytes().decode("latin-1")


def test_two_graders_of_two_assignments_share_their_new_students(
    server: Server, ungraded: Path, graded_template: Path
) -> None:
    other = "optimization_again"
    use(ungraded, server.new_database("both"))
    for folder in (ungraded / "source", ungraded / "checks"):
        shutil.copytree(folder / ASSIGNMENT, folder / other)
    (ungraded / "source" / other / f"{ASSIGNMENT}.ipynb").rename(ungraded / "source" / other / f"{other}.ipynb")
    (ungraded / "checks" / other / f"test_{ASSIGNMENT}.py").rename(ungraded / "checks" / other / f"test_{other}.py")
    run_in(ungraded, "autograder", "build", other)
    for student in FAST:
        place = ungraded / "submitted" / student
        shutil.copytree(place / ASSIGNMENT, place / other)
        (place / other / f"{ASSIGNMENT}.ipynb").rename(place / other / f"{other}.ipynb")

    runs = [
        subprocess.Popen(
            [str(BIN / "autograder"), "grade", one, "--json"], cwd=ungraded, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for one in (ASSIGNMENT, other)
    ]  # fmt: skip
    for run in runs:
        found, told = run.communicate(timeout=300)
        assert run.returncode == 1, told
        assert {json.loads(line)["student"] for line in found.splitlines()} == set(FAST)
    expected = scores(graded_template)
    with server.connect("both") as connection:
        for one in (ASSIGNMENT, other):
            rows = connection.execute(
                SCORES + " join assignment on a.assignment_id = assignment.id where assignment.name = %s", (one,)
            )
            assert by_student(rows.fetchall()) == expected


@pytest.mark.parametrize("command", [("grade", ASSIGNMENT), ("feedback", ASSIGNMENT), ("report", ASSIGNMENT)])
def test_a_wrong_password_or_a_server_that_is_down_is_one_line_without_the_password(
    server: Server, graded: Path, command: tuple[str, ...]
) -> None:
    wrong = server.url("postgres", "not s3cret")
    for url in (wrong, wrong.replace(f":{server.port}/", ":1/")):
        words = (f"--CourseDirectory.db_url={url}", "--CourseDirectory.course_id=numpy")
        told = run_in(graded, "autograder", *command, *words, code=2).stderr
        (line,) = told.strip().splitlines()
        assert "s3cret" not in line
        assert "postgresql+psycopg://grader:***@127.0.0.1:" in line, line


@pytest.mark.parametrize(
    ("command", "code"),
    [(("autograder", "grade", ASSIGNMENT), 2), (("nbgrader", "generate_assignment", ASSIGNMENT, "--force"), 1)],
)
def test_a_course_without_a_name_is_refused_before_anything_changes(
    server: Server, ungraded: Path, command: tuple[str, ...], code: int
) -> None:
    released = (ungraded / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    told = run_in(ungraded, *command, f"--CourseDirectory.db_url={server.url('postgres')}", code=code).stderr
    assert "needs the course's name. Set in nbgrader_config.py: c.CourseDirectory.course_id" in told
    assert "Traceback" not in told
    assert PASSWORD not in told
    assert (ungraded / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes() == released
