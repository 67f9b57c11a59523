"""Bytes that should be a notebook."""

import json
import os

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.reading import MAX_CELLS, UnreadableNotebookError, read_notebook, read_submission


def notebook_of(*cells: object, **changes: object) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **changes}).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CELL_KEYS = st.sampled_from(["cell_type", "source", "metadata", "id", "outputs", "attachments", "execution_count"])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_notebook_or_a_reason(content: bytes) -> None:
    try:
        read_notebook(content)
    except UnreadableNotebookError as error:
        assert str(error).strip()


@given(st.lists(st.dictionaries(CELL_KEYS, JSON, max_size=6) | JSON, max_size=5))
def test_whatever_the_cells_hold_the_notebook_read_is_a_valid_one(cells: list[object]) -> None:
    notebook = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode())
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()


@given(st.lists(st.dictionaries(CELL_KEYS, JSON, max_size=6), max_size=3))
def test_kept_outputs_are_valid_ones(cells: list[object]) -> None:
    notebook = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode(), keep_outputs=True)
    nbformat.validate(notebook)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"not a notebook", "not JSON"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "UTF-8"),
        (b"[]", "another kind"),
        (b"{}", "format version"),
        (b'{"nbformat": true, "cells": []}', "format version"),
        (b'{"nbformat": 99, "cells": []}', "format version"),
        (b'{"nbformat": 4, "cells": {}}', "list of cells"),
        (b'{"nbformat": 3}', "old format"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"nbformat": 4, "cells": [], "n": ' + b"9" * 10_000 + b"}", "not JSON"),
        (notebook_of(*[{}] * (MAX_CELLS + 1)), "more than"),
    ],
)
def test_the_reason_says_what_is_wrong(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableNotebookError, match=reason):
        read_notebook(content)


def test_a_file_over_the_size_is_not_parsed() -> None:
    with pytest.raises(UnreadableNotebookError, match="larger than"):
        read_notebook(notebook_of(), max_bytes=10)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read_notebook(b"\xef\xbb\xbf" + notebook_of()).cells == []


def test_utf_16_with_its_mark_is_no_obstacle() -> None:
    assert read_notebook(notebook_of().decode().encode("utf-16")).cells == []


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_plain_ones(end: str) -> None:
    cell = {"cell_type": "code", "source": f"a = 1{end}b = 2"}
    assert read_notebook(notebook_of(cell)).cells[0].source == "a = 1\nb = 2"


def test_a_source_may_be_a_list_of_lines() -> None:
    cell = {"cell_type": "code", "source": ["a = 1\n", "b = 2"]}
    assert read_notebook(notebook_of(cell)).cells[0].source == "a = 1\nb = 2"


def test_outputs_of_the_submission_are_left_out() -> None:
    output = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": "10.0"},
    }
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "execution_count": 1, "outputs": [output]}
    assert read_notebook(notebook_of(cell)).cells[0].outputs == []
    assert read_notebook(notebook_of(cell), keep_outputs=True).cells[0].outputs == [output]


def test_an_older_format_is_converted() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"metadata": {}, "cells": [{"cell_type": "code", "language": "python", "input": "x = 1",
                                                   "outputs": [], "collapsed": False, "metadata": {}}]}],
    }  # fmt: skip
    assert read_notebook(json.dumps(old).encode()).cells[0].source == "x = 1"


def test_a_missing_file_is_a_reason(tmp_path) -> None:
    assert isinstance(read_submission(tmp_path / "none.ipynb"), UnreadableNotebookError)


def test_a_link_is_not_followed(tmp_path) -> None:
    (tmp_path / "other.ipynb").write_bytes(notebook_of())
    (tmp_path / "mine.ipynb").symlink_to(tmp_path / "other.ipynb")
    assert "link" in str(read_submission(tmp_path / "mine.ipynb"))


def test_a_pipe_does_not_hang(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert "plain file" in str(read_submission(tmp_path / "pipe.ipynb"))


def test_a_folder_is_a_reason(tmp_path) -> None:
    (tmp_path / "folder.ipynb").mkdir()
    assert isinstance(read_submission(tmp_path / "folder.ipynb"), UnreadableNotebookError)


def test_no_more_is_read_than_the_limit_and_one_byte(tmp_path) -> None:
    (tmp_path / "large.ipynb").write_bytes(b"x" * 1000)
    assert len(read_submission(tmp_path / "large.ipynb", max_bytes=10)) == 11
