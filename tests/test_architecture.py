"""Imports point one way only: the rooms of ARCHITECTURE.md, held."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "autograder"

# From the top down; a room may import from rooms of a higher number and from itself.
ROOMS = {
    "cli": 0,
    "demo": 1,
    "reports": 1,
    "starting": 1,
    "watch": 1,
    "bulk": 2,
    "frame": 3,
    "gate": 4,
    "workers": 4,
    "selfcheck": 4,
    "grading": 5,
    "authoring": 6,
    "sandbox": 6,
    "lms": 6,
    "course": 7,
    "pages": 7,
    "notebooks": 8,
    "cores": 8,
    "files": 8,
    "models": 8,
    "errors": 9,
    "printable": 9,
}

MODULES = [path for path in PACKAGE.rglob("*.py") if not {"checks", "templates"} & set(path.relative_to(PACKAGE).parts)]


def imported(path: Path) -> set[tuple[str, ...]]:
    """Modules of the project that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        found |= {tuple(name.split(".")[1:]) for name in names if name.split(".")[0] == "autograder"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if here == "__init__":
        return  # the package's face hands `configure` through
    for there in imported(path):
        assert there[0] == here or ROOMS[there[0]] > ROOMS[here], f"{path} imports {'.'.join(there)}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "sandbox" / "inside").glob("*.py")), ids=lambda path: path.name)
def test_what_runs_inside_the_sandbox_imports_nothing_of_the_project_but_itself(path: Path) -> None:
    assert imported(path) == set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"{path} reaches out of its folder"


def test_every_room_exists() -> None:
    assert {name for name in ROOMS if not (PACKAGE / name).exists() and not (PACKAGE / f"{name}.py").exists()} == set()
