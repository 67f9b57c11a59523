"""What is remembered of items changes no grade: only answers that are the same, to the bit, spare a run."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from commands import ASSIGNMENT
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.grading.grade import Graded, Grader, Options
from autograder.grading.memory import Found, Memory, after_hearing, beginning
from autograder.sandbox import Encoded, Limits, Sandbox, question
from autograder.sandbox.channel import Channel
from autograder.sandbox.inside.decoding import decode

LIMITS = Limits(cell_seconds=5.0, call_seconds=0.5, submission_seconds=30.0)

COUNTED = """def initialize_velocity(parameters):
    global calls
    calls = globals().get("calls", 0) + 1
    if calls == 3:
        {third}
    return {{"d" + name: np.zeros(value.shape) for name, value in parameters.items()}}"""

BY_A_LENT_STEP = """def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    v = {name: beta * v[name] + (1 - beta) * grads[name] for name in v}
    return update_parameters_with_gd(parameters, v, learning_rate), v"""

ODD = """
import itertools
_count = itertools.count(1)

@pytest.mark.graded("initialize_velocity", points=1)
def test_odd(student):
    \"\"\"It asks for something else each time.\"\"\"
    shape = next(_count), 1
    seen = student.initialize_velocity({"W1": np.ones(shape), "b1": np.ones(shape)})
    expect.arrays(seen, {"dW1": np.zeros(shape), "db1": np.zeros(shape)}, "the result")
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader(project: Course, sandbox: Sandbox) -> Grader:
    """A grader that has met a right submission."""
    grader = Grader(project, ASSIGNMENT, sandbox, Options(LIMITS))
    grade(grader, Material.of(project, ASSIGNMENT).right())
    return grader


@pytest.fixture(scope="module")
def forgetful(project: Course, sandbox: Sandbox) -> Grader:
    """A grader that runs every item."""
    grader = Grader(project, ASSIGNMENT, sandbox, Options(LIMITS))
    grader.memory = None
    return grader


@pytest.fixture(scope="module")
def material(project: Course) -> Material:
    return Material.of(project, ASSIGNMENT)


def grade(grader: Grader, notebook: NotebookNode) -> Graded:
    return grader.grade(json.dumps(notebook).encode())


def with_answers(material: Material, **sources: str) -> NotebookNode:
    """The right notebook with other code in some graded cells."""
    notebook = material.right()
    for function, source in sources.items():
        graded_cell(notebook, function).source = f"# GRADED FUNCTION: {function}\n{source}"
    return notebook


def runs(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the items that are run from now on."""
    ran: list[str] = []
    run = grader.suite.run
    monkeypatch.setattr(grader.suite, "run", lambda item, callee: (ran.append(item.id), run(item, callee))[1])
    return ran


def test_answers_that_are_the_same_to_the_bit_need_no_run(
    grader: Grader, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = runs(grader, monkeypatch)
    notebook = material.right()
    graded_cell(notebook, "initialize_velocity").source += "\n# somebody else's"
    assert grade(grader, notebook).result.score == 60
    assert ran == []


def test_an_item_is_run_where_any_answer_is_another_one(
    grader: Grader, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = runs(grader, monkeypatch)
    source = COUNTED.format(third="return {'dW1': np.zeros((1, 1))}")
    wrong = grade(grader, with_answers(material, initialize_velocity=source)).result.functions["initialize_velocity"]
    assert wrong.status == "partial"
    assert set(ran) == {item.id for item in wrong.items if not item.passed}


NOT_DEFINED = {"initialize_velocity": "initialize_velocity = None", "update_parameters_with_gd": ""}
HANGS = {"initialize_velocity": "def initialize_velocity(parameters):\n    while True: pass"}
NEEDS_ANOTHER = {"update_parameters_with_momentum": BY_A_LENT_STEP, "update_parameters_with_gd": "x = 1"}


@pytest.mark.parametrize("first", [NOT_DEFINED, HANGS, NEEDS_ANOTHER], ids=["not defined", "hangs", "needs another"])
def test_who_comes_first_costs_who_comes_next_nothing(
    project: Course, sandbox: Sandbox, forgetful: Grader, material: Material, first: dict[str, str]
) -> None:
    grader = Grader(project, ASSIGNMENT, sandbox, Options(LIMITS))
    for notebook in (with_answers(material, **first), material.right(), with_answers(material, **first)):
        assert grade(grader, notebook).result.functions == grade(forgetful, notebook).result.functions


WAYS = {"right": None, "not defined": "x = 1", "raises": "def {}(*args, **kwargs):\n    return args[99]",
        "returns nothing": "def {}(*args, **kwargs):\n    pass"}  # fmt: skip


@pytest.mark.long
@settings(max_examples=6, deadline=None)
@given(st.data())
def test_whatever_was_graded_before_changes_no_grade(
    project: Course, sandbox: Sandbox, forgetful: Grader, material: Material, data: st.DataObject
) -> None:
    grader = Grader(project, ASSIGNMENT, sandbox, Options(LIMITS))
    for _ in range(4):
        ways = {function: WAYS[data.draw(st.sampled_from(sorted(WAYS)))] for function in grader.functions}
        notebook = with_answers(material, **{name: way.format(name) for name, way in ways.items() if way})
        assert grade(grader, notebook).result.functions == grade(forgetful, notebook).result.functions


@pytest.mark.parametrize(
    "sources",
    [
        {"update_parameters_with_momentum": BY_A_LENT_STEP},
        {"initialize_velocity": COUNTED.format(third="while True: pass")},
        {"initialize_velocity": COUNTED.format(third="import os; os._exit(3)")},
        {"initialize_velocity": COUNTED.format(third="return no_such_name")},
        {"initialize_velocity": COUNTED.format(third="return [0] * 10**6")},
        {"initialize_velocity": "initialize_velocity = None"},
        {"random_mini_batches": "def random_mini_batches(*args):\n    raise NotImplementedError"},
    ],
    ids=["lent", "hangs", "ends", "raises", "too many values", "missing", "not written"],
)
def test_results_are_those_of_running_every_item(
    grader: Grader, forgetful: Grader, material: Material, sources: dict[str, str]
) -> None:
    """Also where the remembered conversation breaks off in the middle, and when it comes a second time."""
    notebook = with_answers(material, **sources)
    expected = grade(forgetful, notebook)
    for _ in range(2):
        found = grade(grader, notebook)
        assert found.result.functions == expected.result.functions
        assert found.result.notes == expected.result.notes
        assert found.notebook == expected.notebook


def test_an_item_that_asks_for_something_else_each_time_is_run_afresh(
    course: Course, sandbox: Sandbox, material: Material
) -> None:
    """The gate refuses such an item; no answer to another question is taken for one to its own all the same."""
    checks = course.checks_folder(ASSIGNMENT) / f"test_{ASSIGNMENT}.py"
    checks.write_text(checks.read_text() + ODD)
    grader = Grader(course, ASSIGNMENT, sandbox, Options(LIMITS))

    def passes(notebook: NotebookNode) -> bool:
        items = grade(grader, notebook).result.functions["initialize_velocity"].items
        return next(item.passed for item in items if item.id == "test_odd")

    more = "def initialize_velocity(p):\n    return {**{'d' + k: np.zeros(v.shape) for k, v in p.items()}, 'x': 0}"
    wrong = "def initialize_velocity(p):\n    return {}"
    assert passes(material.right())
    assert passes(with_answers(material, initialize_velocity=more))
    assert not passes(with_answers(material, initialize_velocity=wrong))


def a_conversation(length: int) -> Callable[[Memory, str], bytes]:
    """Keeps one with an answer of so many bytes; gives the digest of its end."""
    asked = question("f", (), {}, seed=0, limits=LIMITS)
    told = question("f", ("x" * length,), {}, seed=0, limits=LIMITS).encoded

    def keep(memory: Memory, name: str) -> bytes:
        memory.keep(name, [(asked, told)], name)
        return after_hearing(beginning(name), told)

    return keep


def test_the_least_used_is_forgotten_when_too_much_is_kept() -> None:
    memory, keep = Memory(most_bytes=10_000), a_conversation(1_000)
    first, second = keep(memory, "first"), keep(memory, "second")
    for number in range(20):
        keep(memory, f"further {number}")
        assert memory.after(first) == Found("first", first)
    assert memory.after(second) is None


def test_no_call_is_sent_before_the_one_before_it_is_answered(
    grader: Grader, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inputs hold the reference's answers to earlier calls: a second step begins with what the first one returns."""
    under_way: dict[Channel, int] = {}
    most, calls = 0, 0
    send, answer = Channel.send_encoded, Channel.encoded_answer

    def sending(channel: Channel, ident: bytes, encoded: Encoded, *args: Any, **more: Any) -> None:
        nonlocal most, calls
        asked = decode(encoded.control, b"".join(encoded.payload))
        if isinstance(asked, dict):  # the supervisor gets words
            calls += "function" in asked
            assert "op" in asked or "function" in asked or asked.get("kind") in ("value", "error")
        under_way[channel] = under_way.get(channel, 0) + 1
        most = max(most, under_way[channel])
        send(channel, ident, encoded, *args, **more)

    def answering(channel: Channel, *args: Any) -> Encoded:
        under_way[channel] = under_way.get(channel, 0) - 1
        return answer(channel, *args)

    monkeypatch.setattr(Channel, "send_encoded", sending)
    monkeypatch.setattr(Channel, "encoded_answer", answering)
    assert grade(grader, material.right()).result.score == 60
    assert most == 1
    assert calls > 40  # one in each message
