"""The student's page of feedback: what it says, and what it must never hold."""

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from commands import ASSIGNMENT
from feedback_class import STUDENTS, autograded, change, give, grade, marks, page_of, say
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.course import Course
from autograder.demo.people import Material
from autograder.grading.record import Record, read_record
from autograder.grading.suite import Suite
from autograder.notebooks import graded_names
from autograder.reports.feedback.page import MAX_BYTES, page

ANSWER = "answer-batch-size"
GD = "update_parameters_with_gd"


@pytest.fixture(scope="module")
def graded(class_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The class, graded once; tests that change it take a copy."""
    return grade(Course(Path(shutil.copytree(class_template, tmp_path_factory.mktemp("feedback") / "course"))))


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    """A copy of the graded class."""
    return Course(Path(shutil.copytree(graded.root, tmp_path / "course")))


_INLINE = {"a", "code", "em", "span", "strong", "time", "wbr"}


class _Reader(HTMLParser):
    """Text of a page as a reader meets it, its elements, and addresses that a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text.append("" if tag in _INLINE else " ")
        self._skipped += tag in ("style", "title")
        for name, value in attrs:
            if name == "src" or (name == "href" and tag != "a"):
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.text.append(data)

    @property
    def words(self) -> str:
        return plain("".join(self.text))


def plain(text: str) -> str:
    """A text as it is read: without the backticks that mark code, and with single spaces."""
    return " ".join(text.replace("`", "").split())


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader


def record(course: Course, student: str) -> Record:
    found = read_record(autograded(course, student))
    assert found is not None
    return found


def in_order(words: str, wanted: Iterator[str]) -> bool:
    """Whether all of these stand in the text, one after the other."""
    place = 0
    for one in wanted:
        place = words.find(plain(one), place) + 1
        if place == 0:
            return False
    return True


def test_the_score_by_function_stands_at_the_top_in_the_notebooks_order(graded: Course) -> None:
    words = read(page_of(graded, "chen")).words
    top = words[: words.index("Together")]
    names = graded_names(graded.read_release(ASSIGNMENT))
    points = record(graded, "chen").result.functions
    assert in_order(top, (f"{name} {symbol(points[name].score)}" for name in names))
    assert "41 of 63 points so far; 3 of them are not marked yet" in top


def symbol(score: float) -> str:
    return "✓" if score == 10 else "◐" if score else "✗"


@pytest.mark.parametrize("student", ["chen", "gus", "fay", "emil"])
def test_each_functions_items_stand_in_order_with_what_was_seen_and_the_hint(graded: Course, student: str) -> None:
    words = read(page_of(graded, student)).words
    kept = record(graded, student)
    for name, function in kept.result.functions.items():
        section = words[words.index(f"{name} {function.score:g} of {function.max_score:g} points") :]
        verdict = ("Passed:" if item.passed else "Not passed:" for item in function.items)
        lines = [f"{word} {item.line}" for word, item in zip(verdict, function.items, strict=True)]
        assert in_order(section, iter(lines))
        for item in function.items:
            assert item.passed or plain(item.message) in section
        assert plain(kept.hints.get(name, "")) in section


def test_a_misconceptions_hint_is_on_the_page(graded: Course) -> None:
    kept = record(graded, "chen")
    assert kept.hints
    words = read(page_of(graded, "chen")).words
    assert all(f"A hint {plain(hint)}" in words for hint in kept.hints.values())


@pytest.mark.parametrize("student", STUDENTS)
def test_the_autograded_notebook_holds_the_same_text(graded: Course, student: str) -> None:
    notebook = nbformat.read(autograded(graded, student), as_version=4)
    checks = [cell for cell in notebook.cells if cell.source.startswith("# CHECK")]
    shown = "\n".join(one.data["text/plain"] for cell in checks for one in cell.outputs[:2])
    kept = record(graded, student)
    for name, function in kept.result.functions.items():
        assert f"{name}: {function.score:g} of {function.max_score:g} points" in shown
        assert all(item.line in shown and item.message in shown for item in function.items)
        assert kept.hints.get(name, "") in shown


def test_the_students_own_code_stands_beside_the_items(graded: Course) -> None:
    notebook = nbformat.read(autograded(graded, "chen"), as_version=4)
    words = read(page_of(graded, "chen")).words
    for cell in notebook.cells:
        if cell.source.startswith("# GRADED FUNCTION"):
            assert "".join(cell.source.split()) in words.replace(" ", "")


def test_a_persons_marks_and_comments_are_shown_with_the_sum(course: Course) -> None:
    give(course, "chen", f"check-{GD}", manual=6)
    give(course, "chen", ANSWER, manual=2.5, extra=1)
    say(course, "chen", GD, "Only the **sign** is wrong, and $x^2$ <script>alert(1)</script>")
    say(course, "chen", ANSWER, "What about memory?")
    text = page_of(course, "chen")
    reader = read(text)
    assert "49.5 of 63 points" in reader.words
    assert "points so far" not in reader.words
    assert "A person gave this function 6 of 10 points; the checks alone gave 1." in reader.words
    assert "1 point of extra credit is part of the score." in reader.words
    assert "3.5 of 3" in reader.words
    assert "<strong>sign</strong>" in text
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in text
    assert "What about memory?" in reader.words
    assert "script" not in reader.tags


def test_a_written_question_waits_for_a_person(graded: Course) -> None:
    words = read(page_of(graded, "chen")).words
    assert "Written question: batch size not marked yet, 3 points" in words
    assert "Larger batches give a calmer gradient" in words
    assert "until then it counts nothing" in words
    assert "You wrote no answer." in read(page_of(graded, "fay")).words


def test_extra_credit_counts_before_the_answer_is_marked(course: Course) -> None:
    change(course, "update grade set extra_credit = ? where auto_score is null and needs_manual_grade = 1", 1)
    assert "Together 42 of 63" in read(page_of(course, "chen")).words


def test_a_penalty_that_no_deadline_explains_is_named_without_a_time(course: Course) -> None:
    change(course, "update assignment set duedate = null")
    change(course, "update submitted_notebook set late_submission_penalty = ?", 5)
    reader = read(page_of(course, "chen"))
    assert "Late points taken off for lateness \N{MINUS SIGN}5" in reader.words
    assert "Handed in late" not in reader.words
    assert "late" not in reader.ids


@pytest.mark.parametrize(
    ("extension", "penalty", "said"),
    [
        (None, 5, "The notebook came in 1 hour 14 minutes after that. For this 5 points were taken off the sum."),
        (None, None, "The notebook came in 1 hour 14 minutes after that. No points were taken off."),
        (30, 1, "and you had 30 minutes more. The notebook came in 44 minutes after that. For this 1 point was"),
        (120, None, ""),
    ],
)
def test_a_late_penalty_is_explained(course: Course, extension: int | None, penalty: int | None, said: str) -> None:
    change(course, "update assignment set duedate = '2026-01-30 18:00:00.000000'")
    if extension:
        given = f"1970-01-01 {extension // 60:02}:{extension % 60:02}:00"
        change(course, "update submitted_assignment set extension = ?", given)
    change(course, "update submitted_notebook set late_submission_penalty = ?", penalty)
    words = read(page_of(course, "chen")).words
    assert said in words
    assert ("Handed in late" in words) == bool(said)
    assert f"Together {41 - (penalty or 0)} of 63" in words


def test_a_notebook_that_a_person_should_look_at_accuses_nobody(graded: Course) -> None:
    words = read(page_of(graded, "lena")).words.lower()
    assert "had been changed; it was restored" in words
    assert "they cost no points by themselves" in words
    assert not re.search(r"tamper|cheat|suspic|fraud|forg(ed|ery)|plagiar|needs_review|violat", words)


def test_a_file_that_is_no_notebook_is_told_so_once(graded: Course) -> None:
    words = read(page_of(graded, "june")).words
    assert words.count("The submitted file is no notebook") == 1
    assert "Not checked:" in words
    assert "Not passed" not in words
    assert "Your code" not in words


@pytest.mark.parametrize("missing", ["nothing", "gradebook", "entry", "grade", "record"])
def test_what_is_missing_leaves_pages_that_make_sense(course: Course, missing: str) -> None:
    """No gradebook at all, students taken out of it, a cell that it lacks, notebooks that hold no result."""
    if missing == "gradebook":
        (course.root / "gradebook.db").unlink()
    if missing == "entry":
        change(course, "delete from submitted_assignment")
    if missing == "grade":
        change(course, "delete from grade where cell_id in (select id from base_cell where name = ?)", f"check-{GD}")
    for student in STUDENTS:
        if missing == "record":
            notebook = json.loads(autograded(course, student).read_text())
            del notebook["metadata"]["autograder"]
            autograded(course, student).chmod(0o644)
            autograded(course, student).write_text(json.dumps(notebook))
        words = read(page_of(course, student)).words.split("Your whole notebook")[0]
        assert not re.search(r"\bnan\b|\bNone\b of|of None|Traceback|Undefined|[-\u2212]0 ", words)
        assert re.search(r"[\d.]+ of 63 points", words)
    assert (course.root / "gradebook.db").exists() == (missing != "gradebook"), "reading makes no gradebook"


def test_nothing_hidden_is_on_a_page(graded: Course) -> None:
    """No check's name or code, no misconception's name, no line of the reference that the student didn't write."""
    suite, material = Suite(graded.checks_folder(ASSIGNMENT), graded.root), Material.of(graded, ASSIGNMENT)
    names = [*(item.id for item in suite.items), *(one.name for one in material.misconceptions)]
    hidden = {
        line.strip()
        for file in (graded.solutions_module(ASSIGNMENT), graded.checks_folder(ASSIGNMENT) / f"test_{ASSIGNMENT}.py")
        for line in file.read_text().split("\n")
        if len(line.strip()) > 30
    } - {f'"""{item.line}"""' for item in suite.items}
    for student in STUDENTS:
        own = nbformat.read(autograded(graded, student), as_version=4)
        written = {line.strip() for cell in (*own.cells, *material.release.cells) for line in cell.source.split("\n")}
        text = page_of(graded, student)
        words = read(text).words
        assert not [name for name in names if name in unescape(text)]
        assert not [line for line in hidden - written if plain(line) in words]


@pytest.mark.parametrize("student", STUDENTS)
def test_a_page_is_one_small_file_that_runs_and_loads_nothing(graded: Course, student: str) -> None:
    text = page_of(graded, student)
    reader = read(text)
    assert len(text.encode()) < MAX_BYTES
    assert not reader.tags & {"script", "iframe", "object", "embed", "link", "form", "audio", "video"}
    assert [one for one in reader.addresses if not one.startswith("data:")] == []
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert "url(" not in text
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.handlers == []


def test_however_much_a_notebook_prints_its_page_stays_below_a_megabyte(graded: Course) -> None:
    notebook = nbformat.read(autograded(graded, "chen"), as_version=4)
    outputs = [
        new_output("stream", text="<&>" * 100_000),
        new_output("display_data", {"image/png": "iVBO" * 200_000}),
        new_output("display_data", {"image/png": "iVBO" * 20_000}),
        new_output("display_data", {"text/html": "<table>" + "<tr><td>1</td></tr>" * 40_000 + "</table>"}),
        new_output("error", ename="E", evalue="e", traceback=["\x1b[31mred\x1b[0m" * 10_000]),
    ]
    notebook.cells += [new_code_cell("x = 1\n" * 20_000, outputs=outputs) for _ in range(6)]
    notebook.cells += [new_markdown_cell("$x_1$ " * 3_000) for _ in range(20)]
    for cell in notebook.cells:
        if cell.source.startswith("# GRADED FUNCTION"):
            cell.source += "\nif True: f('<&>') # \"\n" * 4_000
    made = page(nbformat.writes(notebook).encode(), marks(graded, "chen"))
    assert made is not None
    assert len(made.encode()) < MAX_BYTES
    assert "too large to be shown in this page" in made
    assert "The rest is left out of this page" in made


def test_ids_and_addresses_of_a_students_own_are_left_out(graded: Course) -> None:
    notebook = nbformat.read(autograded(graded, "chen"), as_version=4)
    hostile = "<h1 id='score'>a</h1>\n\n# score\n\n![x](https://example.org/a.png) [l](#late) <img src='b.png'>"
    notebook.cells.append(new_markdown_cell(hostile))
    notebook.cells.append(new_code_cell("1", outputs=[new_output("display_data", {"text/html": hostile})]))
    made = page(nbformat.writes(notebook).encode(), marks(graded, "chen"))
    assert made is not None
    reader = read(made)
    assert reader.ids.count("score") == 1
    assert reader.addresses == []
    assert 'href="#late"' not in made
