"""A notebook's file is the one that nbformat writes."""

import copy
import json

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course import Course
from autograder.notebooks import file_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)  # a lone surrogate is no UTF-8
METADATA = st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT | st.lists(TEXT))
OUTPUTS = st.builds(lambda text: new_output("stream", text=text), TEXT) | st.builds(
    lambda plain, tex: new_output("display_data", {"text/plain": plain, "text/latex": tex}), TEXT, TEXT
)
CODE = st.builds(lambda source, outputs: new_code_cell(source, outputs=outputs), TEXT, st.lists(OUTPUTS, max_size=3))
CELLS = CODE | st.builds(new_markdown_cell, TEXT)


@given(st.builds(lambda cells, more: new_notebook(cells=cells, metadata=more), st.lists(CELLS, max_size=4), METADATA))
def test_any_notebook(notebook: NotebookNode) -> None:
    assert file_of(copy.deepcopy(notebook)).decode() == nbformat.v4.writes_json(notebook) + "\n"


def test_a_number_is_the_same_number(project: Course) -> None:
    notebook = project.read_release("optimization")
    notebook.metadata["numbers"] = [1e22, 1e-7, 0.1, -0.0, 5e-324]
    assert json.loads(file_of(copy.deepcopy(notebook))) == json.loads(nbformat.v4.writes_json(notebook))
