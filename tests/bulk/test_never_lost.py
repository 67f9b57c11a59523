"""Whatever stops a run, the gradebook holds old results and new ones, never half of one, and the next run goes on."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from commands import ASSIGNMENT, BIN, descendants, run_in

from .conftest import FAST, Scores, scores, submission

pytestmark = pytest.mark.long

# `make full` sets 100; which instants they are is told by the seed when a test fails.
KILLS = int(os.environ.get("AUTOGRADER_KILLS", "10"))


def start(root: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    """A run in the background, in a session of its own."""
    return subprocess.Popen(
        [str(BIN / "autograder"), "grade", ASSIGNMENT, *words], cwd=root, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment},
    )  # fmt: skip


def kill_one(run: "subprocess.Popen[str]", what: str, rng: random.Random) -> None:
    """Kill the main process, a grading process, a template of the sandbox, or all of them."""
    below = descendants(run.pid)
    graders = [pid for pid, line in below.items() if "forkserver" in line]
    templates = [pid for pid, line in below.items() if "bwrap" in line]
    chosen = {"main": [], "grader": graders, "template": templates, "all": list(below)}[what]
    victims = chosen if what == "all" else rng.sample(chosen, min(1, len(chosen)))
    for pid in [*([run.pid] if what in ("main", "all") else []), *victims]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


@pytest.fixture(scope="module")
def exchanged(graded_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded class in which everybody has handed in somebody else's notebook since."""
    root = Path(shutil.copytree(graded_template, tmp_path_factory.mktemp("exchanged") / "course"))
    contents = [submission(root, student).read_bytes() for student in FAST]
    for student, content in zip(FAST, contents[1:] + contents[:1], strict=True):
        submission(root, student).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def undisturbed(exchanged: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scores, float]:
    """What the second grading gives, and how long it takes in seconds."""
    root = Path(shutil.copytree(exchanged, tmp_path_factory.mktemp("undisturbed") / "course"))
    began = time.monotonic()
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    return scores(root), time.monotonic() - began


def whole(found: Scores, *allowed: Scores) -> bool:
    """Whether each student has one of the allowed results, complete, or none at all."""
    return all(any(found[student] == one.get(student) for one in allowed) for student in found)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_at_any_instant_loses_nothing(
    number: int,
    small_template: Path,
    graded_template: Path,
    exchanged: Path,
    undisturbed: tuple[Scores, float],
    tmp_path: Path,
) -> None:
    rng = random.Random(number)
    first_time = number % 2 == 0
    after, seconds = (scores(graded_template), undisturbed[1]) if first_time else undisturbed
    root = Path(shutil.copytree(small_template if first_time else exchanged, tmp_path / "course"))
    before = {} if first_time else scores(root)
    what = ("main", "grader", "template", "all")[number // 2 % 4]

    run = start(root)
    instant = rng.uniform(0.2, 1.1 * seconds)
    time.sleep(instant)
    kill_one(run, what, rng)
    _, said = run.communicate(timeout=120)

    told = f"{what} killed after {instant:.2f} of {seconds:.2f} s: {said}"
    if (root / "gradebook.db").exists() and tables(root):
        assert whole(scores(root), before, after), told
    if what in ("grader", "template"):
        assert run.returncode == 1, told  # it needs no second run
        assert scores(root) == after, told
    assert gone(run.pid), told
    done = run_in(root, "autograder", "grade", ASSIGNMENT, "--json", code=1)
    assert scores(root) == after, told
    assert len(done.stdout.splitlines()) == len(FAST), told
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    assert not list(root.glob("autograded/*/.*")), told
    assert {path.parent.name for path in root.glob(f"autograded/*/{ASSIGNMENT}")} == set(FAST), told


def tables(root: Path) -> bool:
    """Whether the gradebook was made before the kill."""
    with closing(sqlite3.connect(root / "gradebook.db")) as connection:
        return bool(connection.execute("select 1 from sqlite_master where name = 'grade'").fetchall())


def gone(session: int) -> bool:
    """Whether all processes of a run end by themselves soon after it."""
    for _ in range(100):
        if not _of_session(session):
            return True
        time.sleep(0.1)
    return False


def _of_session(session: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append(int(folder.name))
    return found


def test_an_interrupt_keeps_what_was_graded_and_says_so(ungraded: Path, graded_template: Path) -> None:
    run = start(ungraded)
    while not list(ungraded.glob("autograded/*/.*")) and run.poll() is None:  # the graders are at work
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    if run.returncode != 1:  # else it was done before
        assert run.returncode == 130
        assert told.strip().splitlines()[-1].startswith("autograder: interrupted; what was finished is kept")
    assert "Traceback" not in told
    run_in(ungraded, "autograder", "grade", ASSIGNMENT, code=1)
    assert scores(ungraded) == scores(graded_template)


def test_a_run_that_is_stopped_while_graders_open_the_assignment_leaves_nothing_unpacked(
    ungraded: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    temporary = tmp_path_factory.mktemp("t")  # short: sockets lie there
    run = start(ungraded, TMPDIR=str(temporary))
    while not list(temporary.glob("autograder-*")):
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130
    assert list(temporary.glob("autograder-*")) == []


def test_of_two_runs_at_once_the_second_is_refused(ungraded: Path, graded_template: Path) -> None:
    run = start(ungraded)
    lock = ungraded / ".autograder" / f"{ASSIGNMENT}.lock"
    while not lock.exists() or not lock.read_text():
        time.sleep(0.01)
    run.send_signal(signal.SIGSTOP)  # else it could be done before the second looks
    try:
        told = run_in(ungraded, "autograder", "grade", ASSIGNMENT, code=2).stderr
    finally:
        run.send_signal(signal.SIGCONT)
    assert f"another run is grading this assignment (process {run.pid})" in told
    run.communicate(timeout=120)
    assert run.returncode == 1
    assert scores(ungraded) == scores(graded_template)


def test_a_gradebook_that_another_program_is_writing_to_is_waited_for(graded: Path) -> None:
    with closing(sqlite3.connect(graded / "gradebook.db", isolation_level=None)) as formgrader:
        formgrader.execute("begin immediate")
        run = start(graded, "--force")
        time.sleep(8)
        formgrader.execute("update grade set extra_credit = 1.0")
        formgrader.execute("commit")
    _, told = run.communicate(timeout=120)
    assert run.returncode == 1, told
    assert "locked" not in told


@contextmanager
def without_permission(path: Path) -> Iterator[None]:
    """Root may write anything; the immutable flag stops root too."""
    path.chmod(0o444)
    flags = subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False)
    try:
        if os.getuid() == 0 and flags.returncode:
            pytest.skip("needs a file system with the immutable flag (chattr +i), or an ordinary user")
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], capture_output=True, check=False)
        path.chmod(0o644)


def test_a_gradebook_that_cannot_be_written_is_one_line_before_anything_is_graded(graded: Path) -> None:
    before = scores(graded)
    with without_permission(graded / "gradebook.db"):
        told = run_in(graded, "autograder", "grade", ASSIGNMENT, "--force", code=2).stderr
    assert len(told.strip().splitlines()) == 1
    assert "readonly" in told or "unable to open" in told
    assert scores(graded) == before


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs root, to mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_is_one_line_and_the_next_run_goes_on(
    small_template: Path, graded_template: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 8):
        root = Path(shutil.copytree(small_template, tmp_path / "disk" / "course"))
        run_in(root, "autograder", "grade", ASSIGNMENT, "--student", "ada")
        filler = root / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        told = run_in(root, "autograder", "grade", ASSIGNMENT, code=2).stderr
        assert "Traceback" not in told
        assert told.strip().splitlines()[-1].startswith("autograder: ")
        assert scores(root)["ada"] == scores(graded_template)["ada"]
        filler.unlink()
        run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
        assert scores(root) == scores(graded_template)


def test_a_gradebook_of_another_version_of_nbgrader_is_refused(graded: Path) -> None:
    with sqlite3.connect(graded / "gradebook.db") as connection:
        connection.execute("update alembic_version set version_num = '50a4d84c131a'")
    told = run_in(graded, "autograder", "grade", ASSIGNMENT, code=2).stderr
    assert len(told.strip().splitlines()) == 1
    assert "nbgrader db upgrade" in told
