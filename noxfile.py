"""The fast tests in other environments: other versions of Python, lowest and latest dependencies.

`nox` runs all of it, `nox -s lowest` one; `make install` and the tests themselves need none of this.
"""

import tomllib
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
# A few rooms from bottom to top, each with real notebooks and a real sandbox; then a class, from release to feedback.
ROOMS = (
    "tests/sandbox/test_calls.py", "tests/authoring", "tests/grading/test_grade.py", "tests/gate/test_gate.py",
    "tests/frame", "tests/starting/test_converting.py",
)  # fmt: skip
TOOLS = ("hypothesis", "pytest-xdist")


@nox.session(python=VERSIONS)
def python(session: nox.Session) -> None:
    """The fast tests of some rooms and the demonstration, with the latest dependencies."""
    session.install("--editable", ".", *TOOLS)
    _try(session)


@nox.session(python=VERSIONS[0])
def lowest(session: nox.Session) -> None:
    """The same with each dependency at its lower bound."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = [line.replace(">=", "==", 1) for line in project["dependencies"]]
    session.install(*bounds, *TOOLS)
    session.install("--no-deps", "--editable", ".")
    _try(session)


def _try(session: nox.Session) -> None:
    session.run("python", "-m", "pytest", "-q", "-m", "not long", *(session.posargs or ROOMS))
    session.run("autograder", "demo", str(Path(session.create_tmp()) / "demo-course"))
