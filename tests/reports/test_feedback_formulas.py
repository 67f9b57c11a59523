"""Formulas become MathML when a page is made: those of the releases all, a student's as far as they are harmless."""

import re

import pytest
from commands import PROJECT

from autograder.course import Course
from autograder.reports.feedback.formulas import formula
from autograder.reports.feedback.prose import prose

_ASSIGNMENTS = sorted(path.name for path in (PROJECT / "release").iterdir())


@pytest.mark.parametrize("assignment", _ASSIGNMENTS)
def test_every_formula_of_a_release_becomes_mathml(assignment: str) -> None:
    course, count = Course(PROJECT, "autograder/checks"), 0
    for cell in course.read_release(assignment).cells:
        if cell.cell_type == "markdown":
            shown = re.sub(r"<(code|pre)\b.*?</\1>", "", str(prose(cell.source)), flags=re.DOTALL)
            count += shown.count("<math")
            assert "\\" not in shown
            assert "$" not in shown
    assert count > 10


def test_a_formula_keeps_its_sense() -> None:
    assert formula(r"\frac{1}{m}", block=False) == (
        '<math display="inline"><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>m</mi></mrow></mfrac></mrow></math>'
    )
    assert 'display="block"' in formula("x", block=True)
    assert "keep_prob" in formula(r"\texttt{keep\_prob}", block=False)


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}", r"\class{note}{x}", r"\style{position:fixed}{x}", r"\id{score}{x}",
        r"\text{<img src=x onerror=alert(1)>}", r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}", r"\color{red}{x}",
        r"x<script>alert(1)</script>", r"\includegraphics{http://example.org/a.png}", '\\text{" onclick="alert(1)}',
    ],
)  # fmt: skip
def test_a_formula_draws_and_does_nothing_else(tex: str) -> None:
    shown = formula(tex, block=False)
    for tag in re.findall(r"<[^>]*>", shown):
        assert re.fullmatch(r"</?(?:m[a-z]+|code)(?: [a-z]+=\"(?:inline|named|true|false)\")*>", tag), tag


_HALVES = ["{" * 400, r"\left(" * 300, r"\sqrt{" * 400, "x^" * 50, r"\frac{1}", "}" * 9, "x" * 9_000]


@pytest.mark.parametrize("tex", _HALVES, ids=lambda tex: tex[:9])
def test_half_a_formula_stays_as_it_was_typed(tex: str) -> None:
    shown = formula(tex, block=False)
    assert shown.startswith(("<code>$", "<math"))
