"""The supervisor's look at processes: one that ends while it is looked at is no fault of the looking."""

import os
import subprocess

import pytest

from autograder.sandbox.inside.processes import ProcessTable


def test_a_process_that_ends_between_two_looks_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = ProcessTable()
    sleeper = subprocess.Popen(["sleep", "60"])
    (process,) = [one for one in table.descendants() if one.pid == sleeper.pid]
    assert table.descriptors(process, unseen=-1) > 0

    def list_after_the_end(descriptor: int, really: object = os.listdir) -> object:
        sleeper.kill()
        sleeper.wait()
        return really(descriptor)  # type: ignore[operator]

    monkeypatch.setattr(os, "listdir", list_after_the_end)
    try:
        assert table.descriptors(process, unseen=-1) == 0
    finally:
        sleeper.kill()
        os.close(table.descriptor)
