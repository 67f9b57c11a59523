"""A release that gives an answer away is refused, however the answer was rewritten on its way."""

import base64
import copy
from collections.abc import Sequence

import pytest
from courses import CHECKS, SCALE, by_id, lesson
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.authoring.leaks import Secrets, refuse_leaks
from autograder.authoring.regions import stubbed
from autograder.errors import CourseError

SOLUTION = "enlarged = x * factor  # element by element"


def released(source: NotebookNode) -> NotebookNode:
    """What nbgrader makes of a source: stubs in place of the solutions."""
    release = copy.deepcopy(source)
    for cell in release.cells:
        cell.source = stubbed(cell.source)
    return release


def leaks(source: NotebookNode, release: NotebookNode, checks: Sequence[str] = ()) -> tuple[str, ...]:
    """What a release of this source gives away."""
    return tuple(Secrets.of(source, checks).in_release(release))


def with_text(text: str, cell_type: str = "code") -> NotebookNode:
    """The release with one more cell, which the source does not have."""
    release = released(lesson())
    release.cells.append((new_code_cell if cell_type == "code" else new_markdown_cell)(text))
    return release


def test_a_release_with_stubs_leaks_nothing() -> None:
    assert leaks(lesson(), released(lesson()), [CHECKS]) == ()


def test_a_solution_that_was_left_in_is_found_with_its_cell() -> None:
    found = leaks(lesson(), lesson())
    assert any("cell 3 '# GRADED FUNCTION: scale'" in one and "enlarged = x * factor" in one for one in found)


@pytest.mark.parametrize("marker", ["### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS"])
def test_a_marker_is_found(marker: str) -> None:
    assert any("holds the marker" in one for one in leaks(lesson(), with_text(marker)))


@pytest.mark.parametrize(
    "text",
    [
        "enlarged=x*factor",
        "if True:\n        enlarged   =  x * factor",
        "enlarged = (x\n    * factor)",
        "# enlarged = x * factor",
        "enlarged = x * factor  # quite another remark",
        "y = 1; enlarged = x * factor",
        "print('no Python here: enlarged = x * factor",
    ],
)
def test_a_line_of_a_solution_is_found_however_it_is_written(text: str) -> None:
    assert any("a line of a solution" in one for one in leaks(lesson(), with_text(text)))


def test_a_line_of_a_solution_is_found_in_prose() -> None:
    release = with_text("```python\n    enlarged = x * factor\n```", "markdown")
    assert any("a line of a solution" in one for one in leaks(lesson(), release))


@pytest.mark.parametrize(
    "metadata",
    [{"note": f"see {SOLUTION[:21]}"}, {"a": [{"b": SOLUTION}]}, {SOLUTION: 1}, {"enlarged = x * factor": {}}],
)
def test_a_solution_in_metadata_is_found(metadata: dict[str, object]) -> None:
    in_cell, in_notebook = released(lesson()), released(lesson())
    in_cell.cells[0].metadata.update(metadata)
    in_notebook.metadata.update(metadata)
    for release in (in_cell, in_notebook):
        assert any("metadata" in one for one in leaks(lesson(), release))


def test_a_solution_in_an_attachment_is_found() -> None:
    release = released(lesson())
    release.cells[0].attachments = {"answer.txt": {"text/plain": base64.b64encode(SCALE.encode()).decode()}}
    assert any("attachments" in one for one in leaks(lesson(), release))


@pytest.mark.parametrize(
    "change", [{"outputs": [new_output("stream", text="2.0")]}, {"execution_count": 1}], ids=["output", "count"]
)
def test_an_output_or_an_execution_count_is_found(change: dict[str, object]) -> None:
    release = released(lesson())
    by_id(release, "example").update(change)
    assert any("holds an output" in one for one in leaks(lesson(), release))


def test_a_line_of_a_hidden_check_is_found_wherever_it_stands() -> None:
    """Also when the author copied it into the source: students must not see it."""
    source = lesson(new_code_cell('assert student.scale(3.0,  factor=1.5) == 4.5, "not multiplied"'))
    assert leaks(source, released(source)) == ()
    assert any("a line of a hidden check" in one for one in leaks(source, released(source), [CHECKS]))


@pytest.mark.parametrize(
    "line",
    [
        "import pytest",
        "from numpy.testing import assert_allclose",
        "for layer in range(1, L + 1):",
        '    "some_long_name",',
    ],
)
def test_what_any_cell_may_say_is_no_hidden_check(line: str) -> None:
    text = f"{line}\n    pass" if line.endswith(":") else line
    assert leaks(lesson(), with_text(text), [f"{text}\n"]) == ()


def test_a_line_that_the_author_shows_elsewhere_is_no_leak() -> None:
    source = lesson(new_markdown_cell("Remember: `enlarged = x * factor`."))
    assert leaks(source, released(source)) == ()


def test_a_short_line_is_no_leak() -> None:
    assert leaks(lesson(), with_text("return moved")) == ()


def test_a_whole_solution_is_a_leak_also_where_the_author_shows_it() -> None:
    """A demonstration that repeats the function, written before the markers were set."""
    lines = ["first = x + 1", "second = first * 2", "return second"]
    body = "\n    ".join(lines)
    graded = f"# GRADED FUNCTION: f\ndef f(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    source = new_notebook(cells=[new_code_cell(graded), new_code_cell(f"def mine(x):\n    {body}")])
    assert leaks(source, released(source)) == ("cell 2 'def mine(x):' holds a whole solution",)


def test_the_refusal_names_the_file_the_cell_and_what_to_do() -> None:
    release = with_text(SOLUTION)
    with pytest.raises(
        CourseError, match=r"lesson.ipynb: the release would give answers away: cell 12 .*enlarged"
    ) as refused:
        refuse_leaks(Secrets.of(lesson()), release, "lesson.ipynb")
    assert "\n" not in str(refused.value)
    assert refused.value.remedy
