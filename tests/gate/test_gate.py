"""The gate is open where right answers pass and mistakes cost; whatever spoils that shuts it, with file and line."""

from pathlib import Path

import pytest
from small import ITEMS, NAME, gate, spoil, write

from autograder.course import Course
from autograder.errors import CourseError
from autograder.gate import recorded


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write(tmp_path)


def items_of(course: Course) -> Path:
    return course.checks_folder(NAME) / f"test_{NAME}.py"


def line_of(path: Path, text: str) -> int:
    """The line, from 1, where a text first stands in a file."""
    return path.read_text()[: path.read_text().index(text)].count("\n") + 1


def test_it_is_open_where_right_answers_pass_and_every_mistake_costs(course: Course) -> None:
    report = gate(course)
    assert report.open, report.faults
    scale, middle = report.functions
    assert (scale.name, scale.items, scale.points) == ("scale", 2, 5.0)
    assert scale.alternatives == middle.alternatives == (1, 1)
    assert scale.misconceptions == middle.misconceptions == (1, 1)
    for function in report.functions:
        tried, killed = function.mutants
        assert tried == killed > 3
    assert report.survivors == ()
    assert report.right_margin is None or report.right_margin > 1e5
    assert report.wrong_margin is not None and report.wrong_margin > 1e5
    assert report.never_lost == ()


def test_its_record_holds_until_source_or_checks_change(course: Course) -> None:
    assert recorded(course, NAME) is None
    report = gate(course)
    kept = recorded(course, NAME)
    assert kept is not None
    assert kept.functions == report.functions
    content = (course.checks_folder(NAME) / "gate.json").read_bytes()
    gate(course)
    assert (course.checks_folder(NAME) / "gate.json").read_bytes() == content
    spoil(items_of(course), "points=4", "points=3")
    assert recorded(course, NAME) is None


def test_a_damaged_record_counts_as_none(course: Course) -> None:
    (course.checks_folder(NAME) / "gate.json").write_text('{"digest": 3}')
    assert recorded(course, NAME) is None


def test_an_alternative_that_loses_points_shuts_it(course: Course) -> None:
    alternatives = course.checks_folder(NAME) / "alternatives.py"
    spoil(alternatives, "return factor * x", "return [factor * one for one in x]")
    (fault,) = gate(course).faults
    assert fault.startswith(f"{alternatives}:{line_of(alternatives, 'factor first')}: the alternative 'factor first'")
    assert "it should be a numpy array; it is a list" in fault


def test_an_alternative_that_fails_on_fresh_inputs_only_shuts_it(course: Course) -> None:
    spoil(items_of(course), "x = draw.randn(4)\n", "x = draw.randn(4)\n    x[0] = x[0] if abs(x[0]) > 9 else 1.0\n")
    alternatives = course.checks_folder(NAME) / "alternatives.py"
    usual = "if x.size == 3 else factor * x"
    spoil(alternatives, "return factor * x", f"return np.round(factor * x, {{12: 12}}.get(x.size, 3)) {usual}")
    faults = gate(course).faults
    assert any("the alternative 'factor first' of scale fails" in fault for fault in faults), faults


def test_a_misconception_that_costs_nothing_shuts_it(course: Course) -> None:
    misconceptions = course.checks_folder(NAME) / "misconceptions.py"
    spoil(misconceptions, '"x + factor"', '"factor * x"')
    line = line_of(misconceptions, "scale-adds")
    assert gate(course).faults == (f"{misconceptions}:{line}: the misconception 'scale-adds' loses no point in scale",)


def test_a_misconception_that_costs_another_function_too_shuts_it(course: Course) -> None:
    spoil(
        items_of(course),
        'reference.middle(x), "the middle")',
        'reference.middle(x), "the middle")\n    expect.that(student.scale(1.0) == 2.0, "scale is wrong")',
    )
    assert any(
        "the misconception 'scale-adds' of scale also fails test_middle of middle" in fault
        for fault in gate(course).faults
    )


def test_a_mutant_that_no_item_fails_shuts_it_and_is_shown(course: Course) -> None:
    spoil(items_of(course), "draw.randn(5) + 3", "np.array([0.0, 1.0, 2.0])")
    report = gate(course)
    survivor = next(one for one in report.survivors if "low +" in one.diff)
    assert survivor.function == "middle"
    assert survivor.diff.splitlines()[0] == "-     return low + (high - low) / 2"
    assert f"middle, {survivor.where}: no check item fails this mutant" in report.faults


def test_a_mutant_that_is_listed_with_its_reason_is_excused(course: Course) -> None:
    source = course.source_notebook(NAME)
    spoil(source, "return x * factor", "return x * factor + 0 * x")
    shut = gate(course)
    listed = ", ".join(
        f"Equivalent({f'no-{n}'!r}, 'scale', {one.diff.splitlines()[0][2:]!r}, "
        f"{one.diff.splitlines()[1][2:]!r}, 'Nothing is added.')"
        for n, one in enumerate(shut.survivors)
    )
    equivalents = course.checks_folder(NAME) / "equivalents.py"
    equivalents.write_text(f"from autograder.grading.catalogue import Equivalent\nEQUIVALENTS = ({listed},)\n")
    report = gate(course)
    assert all(one.reason == "Nothing is added." for one in report.survivors)
    assert len(report.survivors) == len(shut.survivors) > 0
    assert not any("no check item fails" in fault for fault in report.faults)
    # They are more than one in twenty: that alone keeps it shut.
    assert all("listed as equivalent, more than 5%" in fault for fault in report.faults)


@pytest.mark.parametrize(
    ("find", "replacement", "says"),
    [
        ("x * factor", "x + factor", "it returns something else on the first input"),
        ("x * factor", "x * factors", "it raises NameError on the first input"),
    ],
)
def test_a_listed_mutant_that_is_a_mistake_shuts_it(course: Course, find: str, replacement: str, says: str) -> None:
    (course.checks_folder(NAME) / "equivalents.py").write_text(
        "from autograder.grading.catalogue import Equivalent\n"
        f"EQUIVALENTS = (Equivalent('the-same', 'scale', {find!r}, {replacement!r}, 'It is the same.'),)\n"
    )
    faults = gate(course).faults
    assert any("equivalents.py:2: 'the-same' is listed as no mistake" in fault and says in fault for fault in faults)
    assert any("'the-same' is listed as equivalent and is no surviving mutant" in fault for fault in faults)


def test_an_item_that_the_stub_passes_shuts_it(course: Course) -> None:
    free = '\n\n@pytest.mark.graded("scale", points=1)\ndef test_free(student):\n    """Free."""\n'
    items_of(course).write_text(ITEMS + free)
    report = gate(course)
    line = line_of(items_of(course), '@pytest.mark.graded("scale", points=1)\ndef test_free')
    assert f"test_lesson.py:{line}: the bare stub passes test_free" in report.faults
    assert f"test_lesson.py:{line}: no mistake ever fails test_free" in report.faults
    assert ("test_free", 1.0) in report.never_lost


def test_an_item_that_depends_on_another_ones_run_shuts_it(course: Course) -> None:
    spoil(items_of(course), "import numpy as np\n", "import numpy as np\n\nMADE = []\n")
    spoil(items_of(course), "x = draw.randn(4)", "x = draw.randn(4)\n    MADE.append(1)")
    spoil(items_of(course), "x = draw.randn(3)", "x = draw.randn(3 + len(MADE))")
    assert any("test_scale_default depends on the items that ran before it" in fault for fault in gate(course).faults)


def test_an_item_that_is_not_the_same_every_time_shuts_it(course: Course) -> None:
    spoil(items_of(course), "x = draw.randn(3)", "x = np.random.default_rng().normal(size=3)")
    assert any("test_scale_default is not the same every time" in fault for fault in gate(course).faults)


def test_a_right_answer_that_comes_near_the_tolerance_shuts_it(course: Course) -> None:
    spoil(course.checks_folder(NAME) / "alternatives.py", "ordered[-1]) / 2", "ordered[-1]) / 2 + 1e-10")
    (fault,) = gate(course).faults
    assert "the alternative 'sorted' of middle is right and uses" in fault
    assert "under a factor of 100" in fault


def test_a_mistake_that_comes_near_the_tolerance_shuts_it(course: Course) -> None:
    spoil(items_of(course), 'reference.middle(x), "the middle"', 'reference.middle(x), "the middle", rtol=0.01')
    assert any("this is wrong by only" in fault and "under a factor of 100" in fault for fault in gate(course).faults)


def test_a_reference_that_fails_its_own_item_shuts_it(course: Course) -> None:
    spoil(items_of(course), "x = draw.randn(3)", 'x = draw.randn(3)\n    raise AssertionError("never right")')
    line = line_of(items_of(course), '@pytest.mark.graded("scale", points=1)')
    assert f"test_lesson.py:{line}: the reference fails test_scale_default: never right" in gate(course).faults


@pytest.mark.parametrize(
    ("file", "text", "other", "says"),
    [
        ("misconceptions.py", '"x * factor"', '"x ** factor"', r"misconceptions.py:4, scale-adds: .* occurs 0 times"),
        ("misconceptions.py", '"middle-is-the-mean"', '"scale-adds"', r"called 'scale-adds' \(lines 4, 5\)"),
        ("misconceptions.py", '"x + factor"', '"x + )"', r"misconceptions.py:4, scale-adds: the edited scale isn't"),
        ("alternatives.py", '"middle",', '"median",', r"alternatives.py:\d+, sorted: the cell doesn't begin with"),
        ("alternatives.py", "ALTERNATIVES =", "OTHERS =", r"doesn't define ALTERNATIVES"),
    ],
)
def test_a_damaged_catalogue_is_one_line(course: Course, file: str, text: str, other: str, says: str) -> None:
    spoil(course.checks_folder(NAME) / file, text, other)
    with pytest.raises(CourseError, match=says):
        gate(course)


def test_a_function_without_alternative_or_misconception_shuts_it(course: Course) -> None:
    checks = course.checks_folder(NAME)
    (checks / "alternatives.py").write_text("ALTERNATIVES = ()\n")
    (checks / "misconceptions.py").write_text("MISCONCEPTIONS = ()\n")
    faults = gate(course).faults
    assert sum("has no alternative" in fault for fault in faults) == 2
    assert sum("has no misconception" in fault for fault in faults) == 2
