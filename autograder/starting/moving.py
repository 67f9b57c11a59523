"""A plain notebook's hidden tests as check items: the same lines, with the names that they need.

Its visible tests become no items: they are released, and an item that repeats a released line hides nothing.
"""

import ast
import builtins
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.grading.table import points as shown_points
from autograder.starting.plain import names_made, names_read, tree_of

_HEAD = '''"""Hidden checks of ``{assignment}``, from a plain nbgrader notebook.

An item needs a docstring: the line that its student reads. `expect` says what was seen where a bare assert doesn't:
`expect.array(student.f(x), reference.f(x), "the result")`.
"""

{imports}import pytest

from autograder.grading import expect  # noqa: F401
'''

_NOTHING = 'pytest.fail("this item is not written yet")'

_ITEM = """

@pytest.mark.graded("{function}", points={points})
def {name}(student{reference}):
    # Write its docstring here: the line that the student reads.
{body}
"""


@dataclass(frozen=True, slots=True)
class Tests:
    """The hidden tests of one cell, for one function.

    Attributes:
        function: The graded function.
        source: Their lines; empty where all tests of the cell are visible.
        points: What they are worth.
    """

    function: str
    source: str
    points: float


def items_module(
    assignment: str, tests: Sequence[Tests], graded: Iterable[str], given: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """The text of a check file with an item for each cell of tests, and what is missing in it.

    Args:
        assignment: The assignment's name.
        tests: The tests.
        graded: Names of the graded functions.
        given: For each name that given cells bind the text of its import, or nothing where it is a helper.
    """
    asked = frozenset().union(*(names_read(one.source) for one in tests))
    imports = sorted({line for name, line in given.items() if line and name in asked} - {"import pytest"})
    text = _HEAD.format(assignment=assignment, imports="".join(f"{line}\n" for line in imports))
    missing = []
    count: Counter[str] = Counter()
    for one in tests:
        count[one.function] += 1
        name = f"test_{one.function}_{count[one.function]}"
        needed, unknown = _needed(one, frozenset(graded), given)
        reads = any("reference" in line for line in needed)
        body = textwrap.indent("\n".join((*needed, one.source or _NOTHING)), "    ")
        text += _ITEM.format(
            function=one.function, points=shown_points(one.points), name=name,
            reference=", reference" if reads else "", body=body.rstrip(),
        )  # fmt: skip
        missing += [f"{name}: {remark}" for remark in _remarks(one, unknown)]
    return text, tuple(missing)


def _needed(one: Tests, graded: frozenset[str], given: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Lines that give the tests their names, and the names that nothing gives them."""
    read = sorted(names_read(one.source) - names_made(one.source) - set(dir(builtins)))
    lines, unknown = [], []
    for name in read:
        if name in graded:
            lines.append(f"{name} = student.{name}")
        elif name not in given:
            unknown.append(name)
        elif not given[name]:
            lines.append(f"{name} = reference.module.{name}")
    return lines, unknown


def _remarks(one: Tests, unknown: Sequence[str]) -> Iterable[str]:
    if not one.source:
        yield "what it checks: all tests of its cell were visible, and a hidden item may not repeat them"
    yield "its docstring, the line that the student reads"
    if unknown:
        yield f"{', '.join(unknown)}, to be made in it: a visible test or another cell did, and items stand alone"
    tree = tree_of(one.source)
    if tree is not None and any(isinstance(node, ast.Try | ast.With) for node in ast.walk(tree)):
        yield "it waits for an exception, which a student's function doesn't raise in the grader: ask for a result"
