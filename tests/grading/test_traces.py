"""What a submission's end tells a person, and what it does not."""

import signal

import pytest

from autograder.grading.traces import trace_of_cell, trace_of_end
from autograder.sandbox import CellOutcome
from autograder.sandbox.channel import FORGED
from autograder.sandbox.submission import ending


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSYS])
def test_a_process_that_was_sent_a_signal_is_for_a_person_to_see(number: int) -> None:
    assert trace_of_end(ending(number))


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGXCPU])
def test_a_crash_or_used_up_time_is_nobodys_business(number: int) -> None:
    assert trace_of_end(ending(number)) is None


def test_an_exit_code_is_nobodys_business() -> None:
    assert trace_of_end(ending(3 << 8)) is None


def test_words_on_the_graders_channel_are_for_a_person_to_see() -> None:
    assert trace_of_end(FORGED)


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        ("PermissionError: [Errno 1] Operation not permitted", True),
        ("PermissionError: [Errno 13] Permission denied: '/data'", False),
        ("ValueError: PermissionError: [Errno 1]", False),
    ],
)
def test_what_is_not_permitted_is_seen_and_a_file_that_cannot_be_read_is_not(error: str, seen: bool) -> None:
    assert (trace_of_cell(CellOutcome("error", (), error, None, 0.1)) is not None) is seen
