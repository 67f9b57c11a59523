"""The people of the demonstration: what each of them hands in, made from an assignment's own material."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.authoring.regions import BEGIN, END
from autograder.course import Course, read_own_notebook
from autograder.grading.catalogue import Alternative, Misconception, load_alternatives, load_misconceptions
from autograder.notebooks import Kind, graded_names, marked

_FIRST_HANDED_IN = datetime(2026, 1, 30, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Material:
    """What submissions are made of.

    Attributes:
        assignment: The assignment's name.
        source: The instructor's notebook.
        release: The notebook that students get.
        alternatives: Right answers written another way.
        misconceptions: Named mistakes, as edits of the reference.
    """

    assignment: str
    source: NotebookNode
    release: NotebookNode
    alternatives: tuple[Alternative, ...]
    misconceptions: tuple[Misconception, ...]

    @classmethod
    def of(cls, course: Course, assignment: str) -> "Material":
        """The material of a course's assignment.

        Raises:
            CourseError: A notebook or a part of the catalogue is missing or damaged.
        """
        source = read_own_notebook(course.source_notebook(assignment), remedy="Write it")
        release, checks = course.read_release(assignment), course.checks_folder(assignment)
        return cls(assignment, source, release, load_alternatives(checks), load_misconceptions(checks))

    @property
    def functions(self) -> tuple[str, ...]:
        """The graded functions, in the notebook's order."""
        return graded_names(self.source)

    def answer(self, function: str) -> str:
        """The reference's cell of one function."""
        return str(graded_cell(self.source, function).source)

    def right(self) -> NotebookNode:
        """The release, filled with the reference's answers."""
        notebook = copy.deepcopy(self.release)
        for function in self.functions:
            graded_cell(notebook, function).source = _as_written(self.answer(function))
        return notebook

    def mistaken(self, *functions: str) -> NotebookNode:
        """The right notebook, with the first catalogued misconception of each named function."""
        notebook = self.right()
        for function in functions:
            mistake = next(one for one in self.misconceptions if one.function == function)
            graded_cell(notebook, function).source = _as_written(mistake.apply(self.answer(function)))
        return notebook


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the demonstration's class.

    Attributes:
        student: The student's id.
        story: What is particular about the submission.
        hand_in: Makes the submitted file's bytes.
    """

    student: str
    story: str
    hand_in: Callable[[Material], bytes]


def graded_cell(notebook: NotebookNode, function: str) -> NotebookNode:
    """The cell of a graded function."""
    return _cell(notebook, Kind.GRADED, function)


def write_class(course: Course, assignment: str) -> int:
    """Write the submissions of all people, with times of handing in; how many there are."""
    material = Material.of(course, assignment)
    for number, person in enumerate(PEOPLE):
        folder = course.root / "submitted" / person.student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{assignment}.ipynb").write_bytes(person.hand_in(material))
        when = _FIRST_HANDED_IN + timedelta(minutes=37 * number)
        (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
    return len(PEOPLE)


def _cell(notebook: NotebookNode, kind: Kind, name: str) -> NotebookNode:
    return next(cell for mark, cell in marked(notebook.cells) if (mark.kind, mark.name) == (kind, name))


def _bytes(notebook: NotebookNode) -> bytes:
    return str(nbformat.writes(notebook)).encode()


def _in_own_words(notebook: NotebookNode) -> NotebookNode:
    """With an answer to every written question."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "Larger batches give a calmer gradient and fewer, dearer steps; smaller ones the opposite."
    return notebook


def _with_answers(notebook: NotebookNode) -> bytes:
    return _bytes(_in_own_words(notebook))


def _another_style(material: Material) -> bytes:
    notebook = material.right()
    for function in material.functions:
        other = next(one for one in material.alternatives if one.function == function)
        graded_cell(notebook, function).source = other.source
    return _with_answers(notebook)


def _two_mistakes(first: int, second: int) -> Callable[[Material], bytes]:
    """The n-th functions of those that have misconceptions, both wrong."""

    def hand_in(material: Material) -> bytes:
        spoiled = list(dict.fromkeys(one.function for one in material.misconceptions))
        return _with_answers(material.mistaken(spoiled[first % len(spoiled)], spoiled[second % len(spoiled)]))

    return hand_in


def _one_missing(material: Material) -> bytes:
    notebook = material.right()
    gone = graded_cell(notebook, material.functions[-1])
    notebook.cells.remove(gone)
    return _bytes(notebook)


def _exception_in_the_middle(material: Material) -> bytes:
    notebook = material.right()
    middle = material.functions[len(material.functions) // 2]
    cell = graded_cell(notebook, middle)
    cell.source = _with_body(cell.source, "return undefined_name  # a name from a cell that was deleted since")
    notebook.cells.insert(notebook.cells.index(cell), new_code_cell("1 / 0"))
    return _bytes(notebook)


def _endless_loop(material: Material) -> bytes:
    notebook = material.right()
    cell = graded_cell(notebook, material.functions[1 % len(material.functions)])
    cell.source = _with_body(cell.source, "k = 0\n    while k < 10:\n        pass  # k += 1 was forgotten")
    return _bytes(notebook)


def _without_metadata(material: Material) -> bytes:
    notebook = _in_own_words(material.right())
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    notebook.metadata = NotebookNode()
    return json.dumps({**notebook, "nbformat_minor": 4}).encode()


def _reads_the_checks(material: Material) -> bytes:
    """Looks for the checks, the solutions and the gradebook, and would return what it finds."""
    notebook = copy.deepcopy(material.release)
    spy = (
        "import os\n"
        "wanted = {'expected.npz', 'gradebook.db', "
        f"'test_{material.assignment}.py', '{material.assignment}.py'}}\n"
        "found = []\n"
        "for top in ('.', '..', os.path.expanduser('~'), '/home', '/root', '/srv', '/mnt', '/tmp', '/var'):\n"
        "    for folder, _, files in os.walk(top):\n"
        "        found += [os.path.join(folder, name) for name in files if name in wanted]\n"
        "print('found:', found)"
    )
    notebook.cells.insert(0, new_code_cell(spy))
    for function in material.functions:
        cell = graded_cell(notebook, function)
        cell.source = _with_body(cell.source, "import numpy as np\n    return np.load(found[0])['answer']")
    return _bytes(notebook)


def _changes_the_checks(material: Material) -> bytes:
    """Right answers for all but the first function, whose check is made to say that all is well."""
    notebook = material.right()
    first = material.functions[0]
    graded_cell(notebook, first).source = graded_cell(material.release, first).source
    _cell(notebook, Kind.CHECK, first).source = f"# CHECK: {first}\n10.0"
    return _bytes(notebook)


def _as_written(answer: str) -> str:
    """An answer as a student would have written it: without the author's markers."""
    return "\n".join(line for line in answer.split("\n") if line.strip() not in (BEGIN, END))


def _with_body(cell: str, body: str) -> str:
    """A graded cell whose function does something else: its lines up to the ``def``'s colon, then ``body``."""
    lines = cell.splitlines()
    start = next(n for n, line in enumerate(lines) if line.lstrip().startswith("def "))
    end = next(n for n in range(start, len(lines)) if lines[n].rstrip().endswith(":"))
    return "\n".join([*lines[: end + 1], f"    {body}"])


PEOPLE = (
    Person("ada", "all right", lambda material: _with_answers(material.right())),
    Person("bela", "all right, in another style", _another_style),
    Person("chen", "two typical misconceptions", _two_mistakes(0, 2)),
    Person("dora", "two other misconceptions", _two_mistakes(1, -1)),
    Person("emil", "deleted the last function", _one_missing),
    Person("fay", "handed in the stubs", lambda material: _bytes(material.release)),
    Person("gus", "an exception in the middle", _exception_in_the_middle),
    Person("hana", "an endless loop in the second function", _endless_loop),
    Person("ivo", "all right, but the notebook lost its metadata", _without_metadata),
    Person("june", "handed in a picture", lambda _material: b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    Person("kai", "looks for the check files", _reads_the_checks),
    Person("lena", "rewrote a check cell", _changes_the_checks),
)
