"""No attack of any class gains a point, sees a secret, touches another's work or stops the class."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from .catalogue import ATTACKS, CLASSES, mark_of
from .classroom import Graded, NaiveGrader, failures, grade_class, listeners, student_of
from .lesson import ASSIGNMENT, submit_attack
from .model import LEVELS, MARKER, NUMBER, Attack, Harmful, Leaves, Misleads, Shows, Stops, Wins
from .table import SECURITY

pytestmark = pytest.mark.long
by_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.id)


@pytest.fixture(scope="module")
def naive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NaiveGrader]:
    grader = NaiveGrader(tmp_path_factory.mktemp("naive") / "course")
    yield grader
    grader.close()


@pytest.fixture(scope="module")
def quiet_class(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The honest students alone."""
    return grade_class(tmp_path_factory.mktemp("quiet") / "course", None)


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def graded(level: str, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Everybody together."""
    return grade_class(tmp_path_factory.mktemp(level) / "course", level)


def honest(results: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: {key: value for key, value in one.items() if key not in ("seconds", "isolation")}
        for name, one in results.items()
        if "-honest-" in name
    }


def test_every_class_has_an_attack() -> None:
    assert {attack.number for attack in ATTACKS} == set(CLASSES)
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)


@by_attack
def test_an_attack_works_where_nothing_protects(attack: Attack, naive: NaiveGrader) -> None:
    match attack.control:
        case Harmful(why):
            assert why
        case Misleads(misled):
            assert misled(naive.course.root, submit_attack(naive.course, attack))
        case control:
            habit = control.habit if isinstance(control, Wins | Shows) else "allclose"
            with listeners(naive.course.root) as listening:
                seen = naive.run(attack, habit, listening.port)
            said = {**seen, "output": seen["output"][-3000:]}
            if isinstance(control, Wins):
                assert seen["score"] == 10.0, said
            elif isinstance(control, Shows):
                assert control.text in seen["output"], said
            elif isinstance(control, Leaves):
                assert seen["left"], said
            elif isinstance(control, Stops):
                assert seen["ending"] in ("hung", "died"), said


@by_attack
def test_an_attack_fails(attack: Attack, level: str, graded: Graded) -> None:
    if level in attack.claims:
        assert failures(attack, graded) == []
    else:
        assert student_of(attack) not in graded.results, "what is not promised is not tried on this machine"


def test_honest_students_get_what_they_get_without_attackers(graded: Graded, quiet_class: Graded) -> None:
    assert honest(graded.results) == honest(quiet_class.results)
    assert len(honest(graded.results)) == 5


def test_the_class_was_graded_to_its_end(graded: Graded, level: str) -> None:
    expected = {student_of(attack) for attack in ATTACKS if level in attack.claims}
    assert expected <= set(graded.results)
    assert graded.code == 1, "some need a person"


def test_the_gradebook_holds_the_scores_of_the_results(graded: Graded) -> None:
    with Gradebook(f"sqlite:///{graded.course.root}/gradebook.db") as gradebook:
        rows = {one.student.id: one.score for one in gradebook.assignment_submissions(ASSIGNMENT)}
    assert rows == {name: one["score"] for name, one in graded.results.items() if one["status"] != "error"}


def test_nothing_is_left(graded: Graded) -> None:
    assert graded.left == []
    assert graded.mounts == set()
    assert graded.visitors == 0
    places = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), graded.course.root]
    assert [one for place in places for one in place.glob("attack-left*")] == []


def test_the_grader_itself_stays_small(graded: Graded) -> None:
    assert graded.peak < 1 << 30, "a lent function may take the submission's 512 MB"


def test_nothing_steers_a_terminal(graded: Graded) -> None:
    assert graded.said.replace("\n", "").isprintable()
    told = json.dumps([{**one, "student": ""} for one in graded.results.values()], ensure_ascii=False)
    assert re.findall(r"\\u00..", told) == [], "what JSON writes for a control character"


def test_no_secret_is_told_to_anybody(graded: Graded) -> None:
    assert MARKER not in graded.said
    assert NUMBER not in graded.said
    copies = (graded.course.root / "autograded").rglob("*")
    texts = [one for one in copies if one.is_file() and one.suffix != ".ipynb"]
    assert not [one for one in texts if MARKER.encode() in one.read_bytes()]


def test_the_page_on_security_shows_what_held(graded: Graded, level: str) -> None:
    held = {level: frozenset(one.id for one in ATTACKS if level in one.claims and not failures(one, graded))}
    row = {line.split("|")[1].strip(): line for line in SECURITY.read_text().splitlines() if line.startswith("| ")}
    column = row[""].split("|").index(f" {level} ")
    for number in CLASSES:
        mark = mark_of(number, level, held[level])
        assert row[str(number)].split("|")[column].strip() == mark, "run: python -m tests.attacks.table"
