"""A class on the terminal: no line is wider than 100 characters, and no score or id is cut."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from autograder.cli.tables import ClassTable
from autograder.course import Course
from autograder.models import FunctionResult, SubmissionResult


def result(student: str, functions: list[str], score: float = 12.25) -> SubmissionResult:
    made = {name: FunctionResult(score, 20.0, "partial", ()) for name in functions}
    total = score * len(functions)
    return SubmissionResult("a", "needs_review", total, 20.0 * len(functions), 0.1, "namespaces", made, student=student)


def shown(results: list[SubmissionResult], width: int = 100) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width).print(ClassTable(results))
    return file.getvalue().splitlines()


@pytest.mark.parametrize("assignment", ["initialization", "regularization", "gradient_checking", "optimization"])
def test_a_class_of_each_assignment_fits(project: Course, assignment: str) -> None:
    from autograder.notebooks import graded_names

    functions = list(graded_names(project.read_release(assignment)))
    lines = shown([result("student0001", functions)])
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 100
    assert text.count("12.25") == len(functions)
    assert "…" not in text and "needs_review" in text and "student0001" in text
    assert all(name in text.replace("\n", "") or f"{name.split('_')[0]}_" in text for name in functions)


def test_ten_functions_are_numbered_and_the_numbers_explained() -> None:
    functions = [f"a_function_with_a_long_name_{letter}" for letter in "abcdefghij"]
    lines = shown([result("maximilian.mustermann@students.example.edu", functions)])
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 100
    assert text.count("12.25") == 10
    assert "…" not in text
    assert "needs_review" in text
    for number, name in enumerate(functions, start=1):
        assert f"{number} {name}" in " ".join(text.split())
    assert "maximilian.mustermann@students.example.edu" in "".join(line[:16].strip() for line in lines[3:7])


IDS = {
    "short": "ada",
    "long": "maximilian.mustermann@students.informatik.example.edu",
    "wide": "\N{CJK UNIFIED IDEOGRAPH-9648}" * 40,
    "right to left": "\N{ARABIC LETTER AIN}\N{ARABIC LETTER LAM}\N{ARABIC LETTER YEH} 7",
}


@pytest.mark.parametrize("width", [100, 80, 200])
@pytest.mark.parametrize("student", IDS.values(), ids=IDS)
@pytest.mark.parametrize("count", [1, 6, 14, 18, 40])
def test_every_score_and_every_id_can_be_read(count: int, student: str, width: int) -> None:
    """Columns that do not fit beside each other stand in tables one below the other."""
    functions = [f"a_function_with_a_rather_long_name_{n}" for n in range(count)]
    one = result(student, functions)
    scores = [10.25 + n for n in range(count)]
    for function, score in zip(functions, scores, strict=True):
        one.functions[function] = FunctionResult(score, 1000.0, "partial", ())
    lines = shown([one, result("b", functions)], width)
    text = "\n".join(lines)
    assert max(map(cell_len, lines)) <= min(width, 100)
    assert "\N{HORIZONTAL ELLIPSIS}" not in text
    assert all(f"{score}" in text for score in scores)
    assert text.count("needs_review") == 2
    first_row = next(n for n, line in enumerate(lines) if "10.25" in line)
    assert student[:6] in lines[first_row]
    if count > 6:
        assert all(f"{n + 1} {name}" in text for n, name in enumerate(functions))


def test_a_right_to_left_id_leaves_the_numbers_after_it_in_their_places() -> None:
    """Terminals turn a run of right-to-left letters and all numbers that follow it, up to the next mark or letter."""
    (line,) = [line for line in shown([result(IDS["right to left"], ["f", "g"])]) if "12.25" in line]
    assert "\N{LEFT-TO-RIGHT MARK}12.25" in line
    assert "\N{LEFT-TO-RIGHT MARK}" not in "".join(shown([result("ada", ["f", "g"])]))


def test_names_stand_in_the_head_where_they_fit() -> None:
    text = "\n".join(shown([result("ada", ["make_it", "use_it"])]))
    assert "make_" in text
    assert "1 make_it" not in text


def test_a_class_of_nobody_is_an_empty_table() -> None:
    assert shown([]) != []


def test_a_result_of_other_checks_leaves_its_place_empty() -> None:
    text = "\n".join(shown([result("ada", ["f", "g"]), result("bela", ["f"])]))
    assert "bela" in text
