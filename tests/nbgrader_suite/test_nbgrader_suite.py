"""nbgrader's own tests pass with our configuration injected, but for those listed with the reason."""

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import nbgrader
import pytest
from commands import BIN

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
_PACKAGES = Path(nbgrader.__file__).parents[1]
# What CI runs; `python -m tests.nbgrader_suite.side_by_side` runs more, with both engines.
MODULES = ("apps.test_nbgrader_autograde", "apps.test_api")


@dataclass(frozen=True)
class Report:
    """What became of nbgrader's tests.

    Attributes:
        outcomes: "passed", "failed" or "skipped" of each test.
        executed: How many notebooks each engine executed in the tests' own process.
    """

    outcomes: dict[str, str]
    executed: dict[str, int]

    def failed(self) -> set[str]:
        """The tests that did not pass."""
        return {name for name, outcome in self.outcomes.items() if outcome == "failed"}


def run_suite(folder: Path, modules: tuple[str, ...], *, ours: bool) -> Report:
    """Run modules of nbgrader's own tests in a folder, with our configuration or without any."""
    report = folder / "report.xml"
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={_PACKAGES}", f"--junitxml={report}"]
    words += ["-p", "our_engine"] if ours else []
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    names = [f"nbgrader.tests.{module}" for module in modules]
    done = subprocess.run(
        [sys.executable, *words, "--pyargs", *names],
        cwd=folder,
        env={**env, "PYTHONPATH": str(HERE), "HOME": str(folder), "PATH": f"{BIN}{os.pathsep}{env['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr  # all passed, or some did not
    return _read(report)


def _read(report: Path) -> Report:
    root = ElementTree.parse(report).getroot()
    outcomes = {}
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        name = case.attrib["classname"].removeprefix("nbgrader.tests.") + "." + case.attrib["name"]
        outcomes[name] = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
    executed = {one.attrib["name"]: int(one.attrib["value"]) for one in root.iter("property")}
    return Report(outcomes, executed)


def excepted(modules: tuple[str, ...]) -> dict[str, str]:
    """The tests of these modules that cannot pass, with the reason, from `exceptions.toml`."""
    listed: dict[str, str] = tomllib.loads((HERE / "exceptions.toml").read_text())
    return {name: reason for name, reason in listed.items() if name.startswith(tuple(f"{one}." for one in modules))}


def test_nbgraders_own_tests_pass(tmp_path: Path) -> None:
    report = run_suite(tmp_path, MODULES, ours=True)
    listed = excepted(MODULES)
    assert report.failed() - set(listed) == set(), "these pass with the stock engine"
    assert set(listed) - report.failed() == set(), "these pass now: take them off exceptions.toml"
    assert report.executed["stock"] == 0, "nothing was autograded by nbgrader's own engine"
    assert report.executed["ours"] > 20
    assert len(report.outcomes) > 60
