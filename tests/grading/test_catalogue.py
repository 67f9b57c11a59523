"""Catalogue files: what is read from them, and what their author is told where one isn't as it must be."""

from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.grading.catalogue import Misconception, load_alternatives, load_misconceptions

HINT = " ".join(["word"] * 25)
IMPORT = "from autograder.grading.catalogue import Alternative, Misconception\n"
CELL = "# GRADED FUNCTION: half\ndef half(x):\n    return x / 2\n"


def misconceptions(folder: Path, text: str) -> Path:
    """A folder whose misconceptions are the given text."""
    (folder / "misconceptions.py").write_text(IMPORT + text)
    return folder


def alternatives(folder: Path, text: str) -> Path:
    """A folder whose alternatives are the given text."""
    (folder / "alternatives.py").write_text(IMPORT + text)
    return folder


def test_a_misconception_edits_the_reference(tmp_path: Path) -> None:
    folder = misconceptions(tmp_path, f"MISCONCEPTIONS = (Misconception('twice', 'half', '/', '*', '{HINT}'),)")
    (mistake,) = load_misconceptions(folder)
    assert mistake.apply(CELL) == CELL.replace("/", "*")


def test_alternatives_are_read_in_their_order(tmp_path: Path) -> None:
    text = f"ALTERNATIVES = [Alternative('half', name, {CELL!r}) for name in 'ab']"
    assert [one.name for one in load_alternatives(alternatives(tmp_path, text))] == ["a", "b"]


@pytest.mark.parametrize(
    ("find", "replace", "said"),
    [
        ("//", "*", "twice: the text to replace occurs 0 times in the reference's half"),
        ("x", "y", "twice: the text to replace occurs 2 times in the reference's half"),
        ("", "y", "twice: the text to replace occurs 0 times in the reference's half"),
        ("x / 2", "x / (", "twice: the edited half isn't Python"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(find: str, replace: str, said: str) -> None:
    with pytest.raises(CourseError) as caught:
        Misconception("twice", "half", find, replace, HINT).apply(CELL)
    assert f"misconceptions.py, {said}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", r"misconceptions\.py: the file can't be loaded \(ZeroDivisionError"),
        ("def", r"the file can't be loaded \(SyntaxError"),
        ("pass", "doesn't define MISCONCEPTIONS as a tuple of Misconception"),
        ("MISCONCEPTIONS = ('a',)", "doesn't define MISCONCEPTIONS as a tuple of Misconception"),
        (
            "MISCONCEPTIONS = (Misconception('a', 'f', '/', '*', 'short'),)",
            r"a: the hint has 1 words\. Write 20 to 60",
        ),
        (f"MISCONCEPTIONS = (Misconception('', 'f', '/', '*', '{HINT}'),)", "entry 1 has no name"),
        (f"MISCONCEPTIONS = (Misconception('a', 'f', None, '*', '{HINT}'),)", "entry 1 has no name, or a part"),
        (f"MISCONCEPTIONS = (Misconception('a', 'f', '/', '*', '{HINT}'),) * 2", "two entries are called 'a'"),
    ],
)
def test_misconceptions_that_are_not_as_they_must_be_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        load_misconceptions(misconceptions(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ALTERNATIVES = (Alternative('half', 'a', 'def half(x): ...'),)", "begin with: # GRADED FUNCTION: half"),
        (f"ALTERNATIVES = (Alternative('half', 'a', {CELL!r}),) * 2", "two entries are called 'half, a'"),
    ],
)
def test_alternatives_that_are_not_as_they_must_be_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        load_alternatives(alternatives(tmp_path, text))


def test_a_missing_file_is_named_with_what_it_should_define(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"alternatives\.py: the file is missing\. Write it; it defines ALTERNATIVES"):
        load_alternatives(tmp_path)
