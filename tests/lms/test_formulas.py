"""Names and comments that a spreadsheet would run are made harmless, and nothing is lost by it."""

import csv
import doctest
import html
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.lms import archives, formulas, grades, matching

RISKY = st.text(alphabet="=+-@'\";,\t\r\n aé\uff1d", max_size=12)
FORMULA = re.compile("[\\s'\"]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


@pytest.mark.parametrize("module", [formulas, matching, archives, grades], ids=lambda module: module.__name__)
def test_examples_in_the_documentation_hold(module: object) -> None:
    done = doctest.testmod(module)  # type: ignore[arg-type]
    assert done.attempted and not done.failed


@given(RISKY | st.text())
def test_what_was_made_harmless_comes_back_exactly(text: str) -> None:
    assert formulas.original(formulas.harmless(text)) == text


@given(RISKY, st.sampled_from(",;\t"))
def test_no_cell_begins_with_a_formula_whatever_separator_a_spreadsheet_believes_in(text: str, separator: str) -> None:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(["id", formulas.harmless(text), "end"])
    for row in csv.reader(io.StringIO(line.getvalue(), newline=""), delimiter=separator):
        for cell in row:
            begins = cell.lstrip(' \t\r\n"')
            assert not re.match('[=+\\-@\uff1d]\\s*[^\\s;,"]', begins), (cell, line.getvalue())


@pytest.mark.parametrize("name", ["Smith-Jones", "O'Brien", "'t Hooft", "Ng", "a=b", "-", "x, y", "المهدي", "李 雷"])
def test_ordinary_names_are_left_alone(name: str) -> None:
    assert formulas.harmless(name) == formulas.original(name) == name


@given(st.text(alphabet="=+-@;, x<&'\"\n", max_size=15))
def test_a_comment_reads_the_same_as_html_and_has_no_formula_behind_a_separator(text: str) -> None:
    shown = formulas.as_html(text)
    assert html.unescape(shown.replace("<br>", "\n")) == "\n".join(text.splitlines())
    assert not any(FORMULA.match(cell) for cell in re.split("[;,\t]", shown)[1:])
