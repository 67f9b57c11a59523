"""A Dask cluster gives the grades that this machine gives, whoever of it dies; what is wrong with it is one line."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ASSIGNMENT, BIN, run_in

from .clusters import Cluster, crowd, free_port, kill
from .conftest import FAST, Scores, scores

pytestmark = pytest.mark.long
TIMES = 6


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers."""
    one = Cluster(tmp_path / "cluster")
    try:
        one.start_scheduler()
        one.add_worker()
        one.add_worker()
        with one.client() as client:
            client.wait_for_workers(2, timeout=120)
        yield one
    finally:
        one.end()


@pytest.fixture(scope="module")
def crowded(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(small_template, tmp_path_factory.mktemp("crowded") / "course"))
    crowd(root, FAST, ASSIGNMENT, TIMES)
    return root


@pytest.fixture(scope="module")
def here(crowded: Path, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """What grading on this machine gives."""
    root = Path(shutil.copytree(crowded, tmp_path_factory.mktemp("here") / "course"))
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    return scores(root)


@pytest.fixture
def root(crowded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crowded, tmp_path / "course"))


def start(root: Path, cluster: Cluster) -> "subprocess.Popen[str]":
    """A run whose results go into a file as they come."""
    with (root / "results").open("w") as results:
        return subprocess.Popen(
            [str(BIN / "autograder"), "grade", ASSIGNMENT, "--scheduler", cluster.address, "--json"], cwd=root,
            text=True, stdout=results, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip


def results(root: Path) -> list[str]:
    return (root / "results").read_text().splitlines()


def wait_for_results(run: "subprocess.Popen[str]", root: Path, count: int) -> None:
    while len(results(root)) < count and run.poll() is None:
        time.sleep(0.05)
    assert run.poll() is None, run.communicate()


def test_a_worker_killed_midway_costs_no_grade(root: Path, here: Scores, cluster: Cluster) -> None:
    run = start(root, cluster)
    wait_for_results(run, root, 1)
    kill(cluster.workers[0])
    _, told = run.communicate(timeout=200)
    assert run.returncode == 1, told
    students = [json.loads(line)["student"] for line in results(root)]
    assert len(students) == len(set(students)) == TIMES * len(FAST)
    assert scores(root) == here
    assert "Traceback" not in told
    assert "distributed" not in told  # Dask's own log


def test_an_interrupt_leaves_nothing_in_the_cluster(root: Path, here: Scores, cluster: Cluster) -> None:
    run = start(root, cluster)
    wait_for_results(run, root, 1)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130, told
    assert told.strip().splitlines()[-1].startswith("autograder: interrupted; what was finished is kept")
    assert "Traceback" not in told
    with cluster.client() as client:
        for _ in range(100):
            if not (left := client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))):
                break
            time.sleep(0.1)
    assert left == 0
    run_in(root, "autograder", "grade", ASSIGNMENT, "--scheduler", cluster.address, code=1)
    assert scores(root) == here


def test_a_scheduler_lost_midway_is_one_line_and_the_next_run_goes_on(
    root: Path, here: Scores, cluster: Cluster
) -> None:
    run = start(root, cluster)
    wait_for_results(run, root, 1)
    assert cluster.scheduler is not None
    kill(cluster.scheduler)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 2, told
    *progress, last = told.strip().splitlines()
    assert all(line.startswith("graded ") for line in progress), told
    assert last.startswith(f"autograder: {cluster.address}: the scheduler does not answer")
    assert scores(root).items() <= here.items()
    run_in(root, "autograder", "grade", ASSIGNMENT, code=1)
    assert scores(root) == here


def test_workers_that_are_all_lost_are_one_line(root: Path, cluster: Cluster) -> None:
    run = start(root, cluster)
    wait_for_results(run, root, 1)
    for one in cluster.workers:
        kill(one)
    _, told = run.communicate(timeout=200)
    assert run.returncode == 2, told
    assert told.strip().splitlines()[-1].startswith(f"autograder: {cluster.address}: the scheduler has no workers")
    assert "Traceback" not in told


def one_line(told: str) -> str:
    (line,) = told.strip().splitlines()
    return line


def refused(root: Path, address: str) -> str:
    told = one_line(run_in(root, "autograder", "grade", ASSIGNMENT, "--scheduler", address, code=2).stderr)
    assert not (root / "autograded").exists()
    assert not (root / "gradebook.db").exists() or scores(root) == {}
    return told


def test_a_scheduler_that_does_not_answer(ungraded: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    assert refused(ungraded, address).startswith(f"autograder: {address}: the scheduler does not answer")


@pytest.mark.parametrize("address", ["nonsense://somewhere", "tcp://127.0.0.1:port", "tcp://no-such-host.invalid:8786"])
def test_an_address_that_is_none(ungraded: Path, address: str) -> None:
    assert "the scheduler does not answer" in refused(ungraded, address)


def test_a_scheduler_without_workers(ungraded: Path, tmp_path: Path) -> None:
    alone = Cluster(tmp_path / "cluster")
    try:
        alone.start_scheduler()
        assert "the scheduler has no workers" in refused(ungraded, alone.address)
    finally:
        alone.end()


def test_a_worker_with_other_versions_is_named(ungraded: Path, cluster: Cluster, tmp_path: Path) -> None:
    other = tmp_path / "packages" / "pytest-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: pytest\nVersion: 0.1\n")
    add_third(cluster, PYTHONPATH=str(other.parent))
    told = refused(ungraded, cluster.address)
    assert told.startswith("autograder: worker tcp://127.0.0.1:")
    assert "it has pytest 0.1, not " in told


def test_a_worker_that_cannot_isolate_is_named(ungraded: Path, cluster: Cluster) -> None:
    add_third(cluster, "bwrap", "--dev-bind", "/", "/", "--unshare-user", "--disable-userns", "--")
    told = refused(ungraded, cluster.address)
    assert told.startswith("autograder: worker tcp://127.0.0.1:")
    assert "sandbox" in told or "isolat" in told, told


def add_third(cluster: Cluster, *before: str, **environment: str) -> None:
    cluster.add_worker(*before, **environment)
    with cluster.client() as client:
        client.wait_for_workers(3, timeout=120)
