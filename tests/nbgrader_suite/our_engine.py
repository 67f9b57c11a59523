"""A pytest plugin, `-p our_engine`: every nbgrader that the tests start is configured as a course of ours is.

Programs and applications read `config/nbgrader_config.py` as a machine-wide file; an API that a test makes from a
`Config` of its own gets the same call. How often each engine executed a notebook goes into the report.
"""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import Execute
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.frame import configure
from autograder.frame.preprocessors import SandboxExecute

CONFIG = Path(__file__).parent / "config"
_executed: Counter[str] = Counter()


def pytest_configure() -> None:
    os.environ["JUPYTER_CONFIG_PATH"] = str(CONFIG)
    _wrap(NbGraderAPI, "__init__", _configured)
    _wrap(Execute, "preprocess", _counted("stock"))
    _wrap(SandboxExecute, "preprocess", _counted("ours"))


@pytest.fixture(scope="session", autouse=True)
def executed(record_testsuite_property: Callable[[str, object], None]) -> Any:
    """Write into the report how many notebooks each engine executed in the tests' own process."""
    yield
    for engine in ("ours", "stock"):
        record_testsuite_property(engine, _executed[engine])


def _configured(method: Any, self: Any, coursedir: Any = None, authenticator: Any = None, **kwargs: Any) -> None:
    configure(kwargs.setdefault("config", Config()))
    method(self, coursedir, authenticator, **kwargs)


def _counted(engine: str) -> Any:
    def counted(method: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(self.parent, Validator):  # which students run, with their own kernel
            _executed[engine] += 1
        return method(self, *args, **kwargs)

    return counted


def _wrap(owner: type, name: str, around: Any) -> None:
    method = getattr(owner, name)
    setattr(owner, name, lambda self, *args, **kwargs: around(method, self, *args, **kwargs))
