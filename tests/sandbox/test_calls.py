"""Calls of student functions in forks: values both ways, faults, lent functions, and what ends a fork."""

import resource
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.sandbox import (
    BadValue,
    CallDied,
    CallTimeout,
    Fork,
    Opaque,
    Reply,
    StudentError,
    Submission,
    SubmissionDied,
)

Forked = Callable[[str], Fork]


def call(fork: Fork, function: str, *args: Any, seconds: float = 10.0, **more: Any) -> Reply:
    """Call with a fixed seed and much time."""
    return fork.call(function, args, more.pop("kwargs", {}), seconds=seconds, seed=more.pop("seed", 1), **more)


def test_a_call_returns_the_value_the_changed_arguments_and_what_was_printed(forked: Forked) -> None:
    body = "x += 1\n    k['new'] = 2\n    print('seen')\n    return {'b': x.sum(), 'a': (1, None)}"
    fork = forked(f"def f(x, *, k):\n    {body}")
    reply = call(fork, "f", np.zeros((2, 3)), kwargs={"k": {}})
    assert list(reply.value) == ["b", "a"]
    assert type(reply.value["b"]) is np.float64
    assert np.array_equal(reply.arguments[0], np.ones((2, 3)))
    assert reply.keywords == {"k": {"new": 2}}
    assert reply.output == "seen\n"


def test_the_callers_own_array_is_never_changed(forked: Forked) -> None:
    mine = np.zeros(3)
    call(forked("def f(x):\n    x += 1"), "f", mine)
    assert not mine.any()


@pytest.mark.parametrize(
    ("value", "shared"),
    [
        ("(x, x)", True),
        ("{'a': x, 'b': [1, (x,)]}", True),
        ("(d := {'k': x},) + (d,)", True),
        ("(s := [{'k': x}]) and [s, dict(s[0])]", True),  # a shallow copy
        ("(x, x.copy())", False),
        ("((), (), 1.5, 1.5, 'a', 'a', None, None)", False),
        ("[x, {'k': [x + 1]}, {}, {}]", False),
    ],
)
def test_a_value_that_holds_one_array_or_container_twice_is_told_from_one_that_holds_equal_ones(
    forked: Forked, value: str, shared: bool
) -> None:
    fork = forked(f"import numpy as np\ndef f():\n    x = np.zeros(2)\n    return {value}")
    assert call(fork, "f").shares is shared


def test_a_value_that_doubles_at_each_level_is_looked_at_in_bounded_time(forked: Forked) -> None:
    fork = forked("def f():\n    x = ()\n    for _ in range(60):\n        x = (x, x)\n    return x")
    with pytest.raises(BadValue, match="more than"):
        call(fork, "f")


def test_one_fork_serves_many_calls_and_keeps_its_state(forked: Forked) -> None:
    fork = forked("seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)")
    assert [call(fork, "f", 0).value for _ in range(3)] == [1, 2, 3]


def test_forks_do_not_see_each_other(submission: Submission, forked: Forked) -> None:
    call(forked("seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)"), "f", 0)
    with submission.fork() as second:
        assert call(second, "f", 0).value == 1


def test_random_numbers_follow_from_the_seed(forked: Forked) -> None:
    fork = forked("import random, numpy as np\ndef f():\n    return random.random(), np.random.rand()")
    first = call(fork, "f", seed=7).value
    assert call(fork, "f", seed=7).value == first
    assert call(fork, "f", seed=8).value != first
    assert call(fork, "f", seed=2**40 + 7).value[1] == first[1]


def test_numpy_warnings_do_not_matter(forked: Forked) -> None:
    reply = call(forked("import numpy as np\ndef f():\n    return np.array([1.0]) / 0"), "f")
    assert np.isinf(reply.value).all()
    assert reply.output == ""


def test_an_exception_arrives_with_its_cell_line_and_source(submission: Submission, forked: Forked) -> None:
    submission.run_cell("first = 1", 10)
    fork = forked("\n\ndef f(n):\n    return helper(n)\n\ndef helper(n):\n    return 1 / n  # here")
    with pytest.raises(StudentError) as caught:
        call(fork, "f", 0)
    error = caught.value
    assert (error.type_name, error.message) == ("ZeroDivisionError", "division by zero")
    assert (error.cell, error.line, error.source_line) == (2, 7, "    return 1 / n  # here")
    assert error.missing_name is None
    assert not fork.dead


def test_an_exception_inside_numpy_is_placed_at_the_students_line(forked: Forked) -> None:
    with pytest.raises(StudentError) as caught:
        call(forked("import numpy as np\ndef f():\n    return np.linalg.inv(np.zeros((2, 2)))"), "f")
    assert caught.value.line == 3
    assert caught.value.type_name == "LinAlgError"


def test_a_function_that_is_not_there_is_a_missing_name(forked: Forked) -> None:
    with pytest.raises(StudentError) as caught:
        call(forked("x = 1"), "f")
    assert (caught.value.type_name, caught.value.missing_name) == ("NameError", "f")


def test_a_missing_helper_is_a_missing_name(forked: Forked) -> None:
    with pytest.raises(StudentError) as caught:
        call(forked("def f():\n    return relu(1)"), "f")
    assert caught.value.missing_name == "relu"


def test_names_says_which_are_callable(submission: Submission, forked: Forked) -> None:
    forked("def f(): pass\ng = 5\nclass H: pass")
    assert submission.names(["f", "g", "H", "i"]) == {"f", "H"}


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\ndef f():\n    return np.broadcast_to(0., (10**7, 10**7))",
        "def f():\n    x = []\n    x.append(x)\n    return x",
        "def f():\n    return list(range(10**6))",
        "def f():\n    return 'x' * (20 << 20)",
        "def f():\n    return {object: 1}",
    ],
    ids=["huge", "cyclic", "many", "long", "odd key"],
)
def test_a_value_that_cannot_be_carried_costs_only_itself(forked: Forked, source: str) -> None:
    fork = forked(source + "\ndef g():\n    return 1")
    with pytest.raises((BadValue, CallDied)):
        call(fork, "f")


def test_after_a_bad_value_the_fork_lives_on(forked: Forked) -> None:
    fork = forked("def f():\n    return [0] * 10**7\ndef g():\n    return 1")
    with pytest.raises(BadValue, match="100000"):
        call(fork, "f")
    assert call(fork, "g").value == 1


def test_an_object_that_equals_everything_arrives_as_a_marker(forked: Forked) -> None:
    value = call(forked("class Yes:\n    def __eq__(self, other): return True\ndef f():\n    return Yes()"), "f").value
    assert isinstance(value, Opaque)
    assert value != 1


def test_a_function_that_does_not_end_is_put_down(submission: Submission, forked: Forked) -> None:
    fork = forked("def f():\n    while True: pass\ndef g(): return 1")
    with pytest.raises(CallTimeout, match=r"0\.2 seconds"):
        call(fork, "f", seconds=0.2)
    assert fork.dead
    with submission.fork() as another:
        assert call(another, "g").value == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("os._exit(3)", "exit code 3"),
        ("ctypes.string_at(0)", "segmentation fault"),
        ("os.kill(os.getpid(), 9)", "killed"),
        ("[os.write(n, b'x' * 100) for n in range(3, 30) if is_open(n)]", "channel"),
    ],
)
def test_a_fork_that_ends_says_why_and_the_submission_lives(
    submission: Submission, forked: Forked, body: str, reason: str
) -> None:
    helper = "def is_open(n):\n    try: return bool(os.fstat(n))\n    except OSError: return False\n"
    fork = forked(f"import os, ctypes\n{helper}def f():\n    {body}\ndef g(): return 1")
    with pytest.raises(CallDied, match=reason):
        call(fork, "f")
    assert fork.dead
    with submission.fork() as another:
        assert call(another, "g").value == 1


def test_an_answer_written_twice_ends_the_channel(forked: Forked) -> None:
    fork = forked(
        "import socket\nreal = socket.socket.sendmsg\n"
        "def twice(self, *a):\n    real(self, *a)\n    return real(self, *a)\n"
        "def f():\n    socket.socket.sendmsg = twice\n    return 1"
    )
    with pytest.raises(CallDied, match="channel"):  # at once where both copies have arrived, else with the next call
        call(fork, "f")
        call(fork, "f")


def test_an_executor_that_ends_is_noticed_by_the_next_fork(submission: Submission) -> None:
    submission.run_cell("import os, threading\nthreading.Timer(0.1, os._exit, [5]).start()", 10)
    submission.run_cell("import time\ntime.sleep(1)", 10)
    with pytest.raises(SubmissionDied, match="exit code 5"):
        submission.fork()


# Functions of the grader in the place of the notebook's own, for one call.
SOURCE = "def outer(x, **k):\n    return inner(x, **k) + 1\ndef inner(x):\n    return x"


def test_the_notebooks_code_finds_the_lent_function(forked: Forked) -> None:
    fork = forked(SOURCE)
    reply = call(fork, "outer", np.arange(3.0), replaced={"inner": lambda x: x * 10})
    assert np.array_equal(reply.value, [1, 11, 21])
    assert call(fork, "outer", 3).value == 4


def test_keyword_arguments_reach_it(forked: Forked) -> None:
    fork = forked(SOURCE)
    assert call(fork, "outer", 3, kwargs={"by": 4}, replaced={"inner": lambda x, by: x * by}).value == 13


def test_a_name_that_was_not_there_is_gone_afterwards(forked: Forked) -> None:
    fork = forked("def f():\n    return extra()")
    assert call(fork, "f", replaced={"extra": lambda: 5}).value == 5
    with pytest.raises(StudentError):
        call(fork, "f")


def test_wrong_arguments_are_the_students_error(forked: Forked) -> None:
    with pytest.raises(StudentError) as caught:
        call(forked(SOURCE), "outer", 3, kwargs={"odd": 1}, replaced={"inner": lambda x: x})
    assert caught.value.type_name == "TypeError"
    assert caught.value.line == 2


def test_an_assertion_of_the_lent_function_comes_out(forked: Forked) -> None:
    def refuse(_: Any) -> None:
        raise AssertionError("called with the wrong thing")

    fork = forked(SOURCE)
    with pytest.raises(AssertionError, match="wrong thing"):
        call(fork, "outer", 3, replaced={"inner": refuse})
    assert fork.dead


def test_calls_without_end_are_ended(forked: Forked) -> None:
    fork = forked("def f():\n    while True: inner(1)\ndef inner(x): pass")
    with pytest.raises((CallDied, CallTimeout)):
        call(fork, "f", seconds=1.0, replaced={"inner": lambda x: x})


def test_a_lent_function_that_was_kept_is_of_no_use(forked: Forked) -> None:
    fork = forked("kept = []\ndef f():\n    kept.append(inner)\ndef g():\n    return kept[0](1)\ndef inner(x): pass")
    call(fork, "f", replaced={"inner": lambda x: x})
    with pytest.raises(StudentError, match="earlier call"):
        call(fork, "g")


def test_a_lent_function_whose_answer_cannot_be_sent_is_its_authors_error(forked: Forked) -> None:
    fork = forked(SOURCE)
    with pytest.raises(ValueError, match="inner"):
        call(fork, "outer", 3, replaced={"inner": lambda x: np.broadcast_to(0.0, (10**7, 10**7))})
    assert fork.dead


def test_what_a_lent_function_allocates_is_the_students_memory(forked: Forked) -> None:
    fork = forked("import numpy as np\ndef f(n): return inner(np.ones((n, 1)), np.ones((1, n)))\ndef inner(x, y): pass")
    with pytest.raises(StudentError) as caught:
        call(fork, "f", 20_000, replaced={"inner": lambda x, y: x * y})
    assert caught.value.message.endswith("(a submission may use 400 MB of memory)")
    assert call(fork, "f", 3, replaced={"inner": lambda x, y: (x * y).sum()}).value == 9
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_a_lent_function_that_does_not_end_on_such_arguments_is_the_students_time(forked: Forked) -> None:
    for lent in (lambda n: [0 for _ in range(n) if False], lambda n: n**n):
        fork = forked("def f(n): return inner(n)\ndef inner(x): pass")
        with pytest.raises(CallTimeout):
            call(fork, "f", 2**60, seconds=0.3, replaced={"inner": lent})


def test_an_argument_that_is_too_large_to_send_leaves_the_fork_alive(forked: Forked) -> None:
    fork = forked(SOURCE)
    with pytest.raises(BadValue, match="argument"):
        call(fork, "outer", np.broadcast_to(0.0, (10**7, 10**7)))
    assert call(fork, "outer", 3).value == 4
