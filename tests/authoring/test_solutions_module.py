"""The reference is a module that imports with numpy alone, and holds the cells as they were written."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from courses import lesson
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring import solutions_module
from autograder.errors import CourseError


def module_of(*sources: str) -> str:
    """The module of a notebook with these cells."""
    return solutions_module(new_notebook(cells=[new_code_cell(source) for source in sources]), "lesson")


def loaded(text: str) -> ModuleType:
    """The module, imported."""
    module = ModuleType("reference")
    exec(compile(text, "reference.py", "exec"), module.__dict__)
    return module


def test_it_holds_the_given_cells_and_the_solutions_in_order() -> None:
    module = loaded(solutions_module(lesson(), "lesson"))
    assert module.scale(3.0) == 6.0
    assert module.shift(-5.0, 1.0) == 1.0
    assert module.answer == 42


def test_its_docstring_says_where_it_comes_from() -> None:
    assert "Reference solutions of lesson" in str(loaded(solutions_module(lesson(), "lesson")).__doc__)


def test_the_name_of_an_assignment_cannot_break_it() -> None:
    loaded(solutions_module(lesson(), 'week "1\\'))


def test_first_lines_and_markers_are_gone_and_the_rest_stands_as_written() -> None:
    text = solutions_module(lesson(), "lesson")
    assert "GRADED FUNCTION" not in text
    assert "SOLUTION" not in text
    assert "    enlarged = x * factor  # element by element\n    return enlarged\n" in text


def test_cells_that_are_not_given_stay_out() -> None:
    text = module_of("# GIVEN\nx = 1", "print('mine')", "# DEMO\nprint('demo')", "# CHECK: f\nprint('check')")
    assert "print" not in text


def test_it_is_the_same_every_time() -> None:
    assert solutions_module(lesson(), "lesson") == solutions_module(lesson(), "lesson")


def test_importing_it_does_not_import_matplotlib(tmp_path: Path) -> None:
    (tmp_path / "lesson.py").write_text(solutions_module(lesson(), "lesson"))
    program = "import sys, lesson; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    "given_cell",
    [
        "import matplotlib.pyplot as plt",
        "from matplotlib import pyplot as plt, cm",
        "import matplotlib\nimport matplotlib.pyplot as plt\nmatplotlib.rcParams['font.size'] = 9",
        "import matplotlib.pyplot as plt\nplt.style.use('default')\nplt.rcParams['figure.figsize'] = (6, 4)",
        "import matplotlib.pyplot as plt\n\n\ndef draw(x):\n    plt.plot(x)",
    ],
)
def test_matplotlib_is_left_out_where_importing_the_module_does_not_need_it(given_cell: str) -> None:
    text = module_of(f"# GIVEN: pictures\n{given_cell}\nx = 1")
    assert "import" not in text
    assert "x = 1" in text
    assert loaded(text).x == 1


@pytest.mark.parametrize(
    "given_cell",
    [
        "import matplotlib.pyplot as plt\ncolors = plt.cm.viridis",
        "import matplotlib.pyplot as plt\ndef draw(x, colors=plt.cm.viridis):\n    pass",
        "import matplotlib.pyplot as plt\ndef a():\n    return plt.cm\ndef b():\n    return a()\nx = b()",
        "import matplotlib.pyplot as plt\nclass Pen:\n    colors = plt.cm.viridis",
        "from matplotlib.pyplot import *\nx = cm.viridis",
        "import matplotlib.pyplot as plt; x = 1",
    ],
)
def test_matplotlib_stays_where_importing_the_module_needs_it(given_cell: str) -> None:
    text = module_of(f"# GIVEN: pictures\n{given_cell}")
    assert "matplotlib" in text
    loaded(text)


def test_other_modules_of_the_same_import_statement_stay() -> None:
    assert loaded(module_of("# GIVEN\nimport math, matplotlib.pyplot as plt\nx = math.pi")).x > 3


def test_magics_and_shell_lines_are_left_out() -> None:
    text = module_of("# GIVEN: setup\n%matplotlib inline\n!pip list\nif True:\n    %time\nx = 1")
    assert loaded(text).x == 1
    assert "%" not in text


def test_a_line_that_begins_with_an_operator_is_no_magic() -> None:
    assert loaded(module_of("# GIVEN: setup\nx = (7\n% 4)")).x == 3


def test_future_imports_of_any_cell_come_first() -> None:
    text = module_of("# GIVEN: a\nx = 1", "# GIVEN: b\nfrom __future__ import annotations\ndef f(x: Later): pass")
    assert loaded(text).f.__annotations__ == {"x": "Later"}


def test_a_given_cell_that_only_works_in_a_notebook_is_refused_by_name() -> None:
    with pytest.raises(CourseError, match=r"cell 1 '# GIVEN: files': .* # DEMO cell"):
        module_of("# GIVEN: files\nfiles = !ls")


def test_a_notebook_without_marks_gives_a_module_without_code() -> None:
    assert "=" not in module_of("x = 1")


LINES = st.sampled_from(
    [
        "import matplotlib.pyplot as plt",
        "import numpy as np, matplotlib",
        "plt.figure()",
        "x = 1; y = 2",
        "x = (1 +",
        "  2)",
        "def f(a=1):",
        "    return plt",
        "    %magic",
        "%magic",
        'text = """',
        "# GIVEN: b",
        "from __future__ import annotations",
        "f()",
        "\r\r\n\f",
        "lambda: plt",
    ]
)
CELLS = st.lists(st.builds("\n".join, st.lists(LINES, max_size=6)), max_size=3)


def compiles(source: str) -> bool:
    try:
        compile(source, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


@given(CELLS)
def test_the_module_compiles_wherever_its_cells_do(bodies: list[str]) -> None:
    cells: list[NotebookNode] = [new_code_cell(f"# GIVEN: c{n}\n{body}") for n, body in enumerate(bodies)]
    try:
        text = solutions_module(new_notebook(cells=cells), "lesson")
    except CourseError:
        assert not all(compiles(cell.source) for cell in cells)
    else:
        assert compiles(text)
