"""A submission brought back to the form of its release."""

import copy
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring import tag
from autograder.grading.reading import read_notebook
from autograder.grading.restoring import restore


def released() -> NotebookNode:
    """A release with helpers, two graded functions and a written question."""
    source = new_notebook(
        cells=[
            new_markdown_cell("# A lesson", id="title"),
            new_code_cell("# GIVEN: helpers\nimport numpy as np", id="helpers"),
            new_code_cell(
                "# GRADED FUNCTION: f\ndef f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION",
                id="f",
            ),
            new_code_cell("# CHECK: f\nassert f(1) == 1", id="check-f"),
            new_code_cell(
                "# GRADED FUNCTION: g\ndef g(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION",
                id="g",
            ),
            new_code_cell("# CHECK: g\nassert g(1) == 1", id="check-g"),
            new_code_cell("# DEMO\nprint(f(1))", id="demo"),
            new_markdown_cell("<!-- WRITTEN: why, 3 points -->\nWhy?", id="why"),
            new_markdown_cell("*Your answer.*", id="answer"),
        ]
    )
    return tag(source, {"f": 10.0, "g": 10.0})


RELEASE = released()


def submission() -> NotebookNode:
    return copy.deepcopy(RELEASE)


def ids(notebook: NotebookNode) -> list[str]:
    return [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]


def place(notebook: NotebookNode, grade_id: str) -> int:
    return next(
        n for n, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return notebook.cells[place(notebook, grade_id)]


def test_an_untouched_submission_comes_back_as_it_was_without_a_note() -> None:
    restored = restore(submission(), RELEASE)
    assert [one.source for one in restored.notebook.cells] == [one.source for one in RELEASE.cells]
    assert restored.notes == restored.suspicions == ()


def test_a_solution_is_the_students() -> None:
    mine = submission()
    cell(mine, "f").source = "# GRADED FUNCTION: f\ndef f(x):\n    return 2"
    assert cell(restore(mine, RELEASE).notebook, "f").source.endswith("return 2")


@pytest.mark.parametrize("locked", ["given-helpers", "check-f", "question-why"])
def test_a_changed_locked_cell_is_restored_and_a_person_told(locked: str) -> None:
    mine = submission()
    cell(mine, locked).source += "\n# mine"
    restored = restore(mine, RELEASE)
    assert cell(restored.notebook, locked).source == cell(RELEASE, locked).source
    assert len(restored.suspicions) == 1


def test_white_space_at_line_ends_is_no_change() -> None:
    mine = submission()
    cell(mine, "check-f").source = cell(mine, "check-f").source.replace("\n", "  \n") + "\n"
    assert restore(mine, RELEASE).suspicions == ()


@pytest.mark.parametrize("gone", ["given-helpers", "f", "check-f", "g", "check-g", "question-why", "answer-why"])
def test_a_deleted_cell_is_put_back_where_it_stood(gone: str) -> None:
    mine = submission()
    mine.cells.remove(cell(mine, gone))
    restored = restore(mine, RELEASE)
    assert ids(restored.notebook) == ids(RELEASE)
    locked = not cell(RELEASE, gone).metadata.nbgrader.solution
    said, silent = (restored.suspicions, restored.notes) if locked else (restored.notes, restored.suspicions)
    assert (len(said), len(silent)) == (1, 0), "a person should see that a locked cell was deleted"
    assert gone.rsplit("-", maxsplit=1)[-1] in said[0]


def test_an_empty_notebook_becomes_the_release() -> None:
    restored = restore(new_notebook(), RELEASE)
    assert ids(restored.notebook) == ids(RELEASE)


def test_without_metadata_cells_are_found_by_their_first_lines_and_the_answer_by_its_place() -> None:
    mine = submission()
    for one in mine.cells:
        one.metadata = NotebookNode()
    mine.cells[place(RELEASE, "f")].source = "# GRADED FUNCTION: f\ndef f(x):\n    return 2"
    mine.cells[place(RELEASE, "answer-why")].source = "Because."
    restored = restore(mine, RELEASE)
    assert ids(restored.notebook) == ids(RELEASE)
    assert cell(restored.notebook, "f").source.endswith("return 2")
    assert cell(restored.notebook, "answer-why").source == "Because."
    assert len(restored.suspicions) == 1


def test_swapped_ids_do_not_swap_the_functions() -> None:
    mine = submission()
    f, g = cell(mine, "f"), cell(mine, "g")
    f.metadata.nbgrader, g.metadata.nbgrader = g.metadata.nbgrader, f.metadata.nbgrader
    restored = restore(mine, RELEASE)
    assert "FUNCTION: f" in cell(restored.notebook, "f").source
    assert "FUNCTION: g" in cell(restored.notebook, "g").source
    assert restored.suspicions


@pytest.mark.parametrize(
    ("key", "value"), [("points", 1000.0), ("grade", False), ("locked", False), ("solution", True), ("task", True)]
)
def test_forged_marks_are_restored_and_a_person_told(key: str, value: object) -> None:
    mine = submission()
    cell(mine, "check-f").metadata.nbgrader[key] = value
    restored = restore(mine, RELEASE)
    assert cell(restored.notebook, "check-f").metadata.nbgrader == cell(RELEASE, "check-f").metadata.nbgrader
    assert restored.suspicions


def test_a_copied_cell_stays_as_an_ordinary_one() -> None:
    mine = submission()
    copied = copy.deepcopy(cell(mine, "f"))
    copied.id = "copy"
    mine.cells.insert(0, copied)
    restored = restore(mine, RELEASE)
    assert ids(restored.notebook) == ids(RELEASE)
    assert "nbgrader" not in restored.notebook.cells[0].metadata


def test_a_first_line_that_was_deleted_leaves_the_id_to_go_by() -> None:
    mine = submission()
    cell(mine, "f").source = "def f(x):\n    return 2"
    assert cell(restore(mine, RELEASE).notebook, "f").source == "def f(x):\n    return 2"


def test_a_cell_without_id_and_first_line_is_found_by_the_function_that_it_defines() -> None:
    mine = submission()
    mine.cells[place(mine, "f")] = new_code_cell("%%time\ndef f(x):\n    return 2")
    restored = restore(mine, RELEASE)
    assert cell(restored.notebook, "f").source.endswith("return 2")
    assert restored.suspicions == ()
    assert "The cell of f was found by the function that it defines." in restored.notes


def test_a_mistyped_first_line_does_not_hide_the_function() -> None:
    mine = submission()
    mine.cells[place(mine, "f")] = new_code_cell("# GRADED FUNCTION: ff\ndef f(x):\n    return 2")
    assert cell(restore(mine, RELEASE).notebook, "f").source.endswith("return 2")


def test_a_demonstration_or_a_call_does_not_define_a_function() -> None:
    mine = submission()
    mine.cells.remove(cell(mine, "f"))
    mine.cells += [
        new_code_cell("# DEMO\ndef f(x):\n    return 2"),
        new_code_cell("    def f(x): pass\nf == 3\nff = 1"),
    ]
    assert restore(mine, RELEASE).absent == {"f"}


def test_a_stub_is_not_run_where_another_cell_defines_its_function() -> None:
    mine = submission()
    mine.cells.insert(0, new_code_cell("def f(x):\n    return 2"))
    restored = restore(mine, RELEASE)
    assert restored.elsewhere == restored.stubs == {"f"}
    assert restored.notes == ("f was taken from another cell; its own was left as released.",)


def test_a_function_that_is_written_in_its_own_cell_is_run_though_another_cell_defines_it() -> None:
    mine = submission()
    mine.cells.insert(0, new_code_cell("def f(x):\n    return 2"))
    cell(mine, "f").source = "# GRADED FUNCTION: f\ndef f(x):\n    return 3"
    assert restore(mine, RELEASE).stubs == frozenset()


def test_a_cell_of_the_students_own_that_lost_its_mark_is_no_tampering_and_a_locked_one_may_be() -> None:
    mine = submission()
    cell(mine, "f").metadata.pop("nbgrader")
    restored = restore(mine, RELEASE)
    assert (len(restored.notes), restored.suspicions) == (1, ())
    cell(mine, "check-f").metadata.pop("nbgrader")
    assert len(restore(mine, RELEASE).suspicions) == 1


def test_a_locked_cell_that_was_merged_or_split_is_noted_and_one_with_more_in_it_goes_to_a_person() -> None:
    merged, split = submission(), submission()
    cell(merged, "f").source += "\n\n" + cell(merged, "check-f").source
    merged.cells.remove(cell(merged, "check-f"))
    assert restore(merged, RELEASE).suspicions == ()
    head, rest = cell(split, "check-f").source.split("\n")
    cell(split, "check-f").source = head
    split.cells.insert(place(split, "check-f") + 1, new_code_cell(rest))
    restored = restore(split, RELEASE)
    assert restored.suspicions == ()
    assert cell(restored.notebook, "check-f").source == cell(RELEASE, "check-f").source
    split.cells[place(split, "check-f") + 1].source = "assert f(1) == 1 or True"
    assert len(restore(split, RELEASE).suspicions) == 1


@pytest.mark.parametrize("above", ["# %%\n", "#%%\n\n", "#@title Mine { run: 'auto' }\n", "# In[ ]:\n\n\n", "%%time\n"])
def test_what_editors_write_above_a_first_line_is_no_change(above: str) -> None:
    mine = submission()
    for one in mine.cells:
        one.source = above + one.source if one.cell_type == "code" else one.source
    restored = restore(mine, RELEASE)
    assert restored.notes == restored.suspicions == ()
    assert cell(restored.notebook, "check-f").source == cell(RELEASE, "check-f").source


def test_a_retyped_cell_gets_its_type_back() -> None:
    mine = submission()
    at = place(mine, "check-f")
    mine.cells[at] = new_markdown_cell(mine.cells[at].source, metadata=mine.cells[at].metadata)
    restored = restore(mine, RELEASE)
    assert cell(restored.notebook, "check-f").cell_type == "code"
    assert restored.suspicions


def test_the_students_own_cells_stay_between_ours() -> None:
    mine = submission()
    mine.cells.insert(place(mine, "check-f"), new_code_cell("helper = 1"))
    sources = [one.source for one in restore(mine, RELEASE).notebook.cells]
    assert sources.index("helper = 1") == sources.index(cell(RELEASE, "check-f").source) - 1


def test_the_kernel_that_a_submission_names_is_forgotten() -> None:
    mine = submission()
    mine.metadata.kernelspec = NotebookNode(name="evil", display_name="x")
    assert restore(mine, RELEASE).notebook.metadata == RELEASE.metadata


pytestmark = pytest.mark.filterwarnings("ignore::nbformat.validator.DuplicateCellId")

CELLS = st.lists(st.integers(0, len(RELEASE.cells) - 1) | st.sampled_from(["x = 1", "# CHECK: f", "# GIVEN: y", ""]))


@given(CELLS, st.booleans())
def test_whatever_was_moved_copied_or_deleted_every_cell_is_there_once(order: list[int | str], bare: bool) -> None:
    cells = [copy.deepcopy(RELEASE.cells[one]) if isinstance(one, int) else new_code_cell(one) for one in order]
    if bare:
        for one in cells:
            one.metadata = NotebookNode()
    mine = read_notebook(json.dumps(new_notebook(cells=cells)).encode())
    restored = restore(mine, RELEASE).notebook
    assert sorted(ids(restored)) == sorted(ids(RELEASE))
    for grade_id in ids(RELEASE):
        if not cell(RELEASE, grade_id).metadata.nbgrader.solution:
            assert cell(restored, grade_id).source == cell(RELEASE, grade_id).source
    nbformat.validate(restored)


@given(CELLS)
def test_restoring_twice_changes_nothing_more(order: list[int | str]) -> None:
    cells = [copy.deepcopy(RELEASE.cells[one]) if isinstance(one, int) else new_code_cell(one) for one in order]
    once = restore(read_notebook(json.dumps(new_notebook(cells=cells)).encode()), RELEASE)
    assert restore(once.notebook, RELEASE).notebook == once.notebook
