"""What JupyterLab, VS Code, Colab and old Jupyters write gets the score of the clean notebook."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import editors
import nbformat
import pytest
from commands import ASSIGNMENT, PROJECT, run_in
from editors import EDITORS, STRIPPED
from nbformat import NotebookNode

from autograder.course import Course
from autograder.demo.people import Material
from autograder.grading.grade import Graded, Grader, Options
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import Limits, Sandbox

# A class's usual limits, but for a machine that is busy with other tests.
LIMITS = Limits(cell_seconds=20.0, call_seconds=10.0, submission_seconds=120.0)
MISTAKEN = "random_mini_batches"


@pytest.fixture(scope="module")
def grader(project: Course) -> Iterator[Grader]:
    with Sandbox(LIMITS) as sandbox:
        yield Grader(project, ASSIGNMENT, sandbox, Options(LIMITS))


@pytest.fixture(scope="module")
def clean(project: Course) -> NotebookNode:
    """A submission that is right but for one function, so that a score can go wrong in both directions."""
    material = Material.of(project, ASSIGNMENT)
    for cell in material.release.cells:
        mark = read_mark(cell)
        if mark is not None and mark.kind is Kind.GRADED:
            editors.RELEASED[mark.name] = cell.source
    return material.mistaken(MISTAKEN)


@pytest.fixture(scope="module")
def expected(grader: Grader, clean: NotebookNode) -> dict[str, float]:
    """The clean notebook's score in each function."""
    scores = by_function(grader.grade(json.dumps(clean).encode()))
    assert scores[MISTAKEN] < 10
    assert [score for name, score in scores.items() if name != MISTAKEN] == [10.0] * 5
    return scores


def by_function(graded: Graded) -> dict[str, float]:
    return {name: function.score for name, function in graded.result.functions.items()}


@pytest.mark.parametrize("name", EDITORS)
def test_the_score_is_the_clean_notebooks(
    grader: Grader, clean: NotebookNode, expected: dict[str, float], name: str
) -> None:
    graded = grader.grade(EDITORS[name](clean))
    assert (by_function(graded), graded.result.status) == (expected, "graded"), graded.result.notes


@pytest.mark.parametrize("name", STRIPPED)
def test_without_nbgraders_metadata_no_point_is_lost_and_a_person_is_asked_to_look(
    grader: Grader, clean: NotebookNode, expected: dict[str, float], name: str
) -> None:
    graded = grader.grade(STRIPPED[name](clean))
    assert (by_function(graded), graded.result.status) == (expected, "needs_review")
    assert graded.result.notes[0].startswith("The whole notebook had lost nbgrader's metadata")


def test_what_was_found_by_its_definition_is_said(grader: Grader, clean: NotebookNode) -> None:
    notes = grader.grade(STRIPPED["metadata_and_first_lines_gone"](clean)).result.notes
    assert "The cell of initialize_adam was found by the function that it defines." in notes


@pytest.mark.parametrize("name", ["pasted_above", "pasted_below"])
def test_what_was_taken_from_another_cell_is_said(grader: Grader, clean: NotebookNode, name: str) -> None:
    notes = grader.grade(EDITORS[name](clean)).result.notes
    assert "initialize_adam was taken from another cell; its own was left as released." in notes


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("each_check_merged_into_the_function_above", "'CHECK: initialize_adam' had been merged with another one"),
        ("cells_split", "'CHECK: initialize_adam' had been split"),
        ("two_functions_merged", "was missing and was put back"),
    ],
)
def test_merged_and_split_cells_are_noted_and_are_no_tampering(
    grader: Grader, clean: NotebookNode, name: str, says: str
) -> None:
    result = grader.grade(EDITORS[name](clean)).result
    assert result.status == "graded"
    assert any(says in note for note in result.notes)


def test_what_a_real_kernel_leaves_and_jupyters_own_server_saves(
    grader: Grader, clean: NotebookNode, expected: dict[str, float], tmp_path: Path
) -> None:
    """Run by ipykernel as JupyterLab does, errors and plots and all, then saved by the server behind JupyterLab."""
    from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
    from nbclient import NotebookClient

    ran = nbformat.reads(EDITORS["magics"](clean).decode(), as_version=4)
    NotebookClient(ran, kernel_name="python3", timeout=120, allow_errors=True).execute()
    assert any(cell.get("outputs") for cell in ran.cells)
    server = AsyncLargeFileManager(root_dir=str(tmp_path))
    model = {"type": "notebook", "format": "json", "content": ran}
    asyncio.run(server.save(model, f"{ASSIGNMENT}.ipynb"))
    graded = grader.grade((tmp_path / f"{ASSIGNMENT}.ipynb").read_bytes())
    assert (by_function(graded), graded.result.status) == (expected, "graded")


@pytest.mark.parametrize("name", ["nbformat_3", "vs_code", "colab_with_forms_and_a_drive"])
def test_the_command_for_one_file_grades_it_alike(
    clean: NotebookNode, expected: dict[str, float], tmp_path: Path, name: str
) -> None:
    path = tmp_path / "mine (1).ipynb"
    path.write_bytes(EDITORS[name](clean))
    result = json.loads(run_in(PROJECT, "autograder", "check", path, "--json").stdout)
    assert result["assignment"] == ASSIGNMENT
    assert result["score"] == sum(expected.values())
