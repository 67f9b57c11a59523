"""Cells: what they leave in a notebook, and what becomes of those that fail."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import nbformat
import pytest
from cell_runs import SECONDS, printed

from autograder.sandbox import CellOutcome, Sandbox, Submission

Run = Callable[[str], CellOutcome]
Said = Callable[[str], str]


def kinds(outcome: CellOutcome) -> list[str]:
    return [one["output_type"] for one in outcome.outputs]


def test_text_that_is_printed_becomes_one_stream(run: Run) -> None:
    outcome = run("print('a')\nprint('b', end='')")
    assert outcome.status == "ok"
    assert outcome.outputs == ({"output_type": "stream", "name": "stdout", "text": "a\nb"},)


def test_the_last_expression_is_the_cells_result_with_its_count(run: Run) -> None:
    run("1")
    (output,) = run("40 + 2").outputs
    assert output["execution_count"] == 2
    assert output["data"] == {"text/plain": "42"}


def test_text_of_child_processes_and_descriptors_is_kept_in_its_place(said: Said) -> None:
    assert said("import os\nprint('a')\nos.write(1, b'b\\n')\nos.system('echo c')\nprint('d');") == "a\nb\nc\nd\n"


def test_standard_error_is_a_stream_of_its_own(run: Run) -> None:
    assert run("import warnings\nwarnings.warn('careful')").outputs[0]["name"] == "stderr"


def test_a_cells_names_are_there_in_the_next(run: Run, said: Said) -> None:
    run("x = 5")
    assert said("print(x)") == "5\n"


def test_a_displayed_object_brings_its_rich_forms(run: Run) -> None:
    (output,) = run("from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))").outputs
    assert output["output_type"] == "display_data"
    assert output["data"]["text/html"] == "<b>x</b>"


def test_an_update_changes_the_display_of_its_id(run: Run) -> None:
    outcome = run("handle = display('old', display_id=True)\nhandle.update('new')")
    assert [one["data"]["text/plain"] for one in outcome.outputs] == ["'new'"]
    assert "display_id" not in outcome.outputs[0]


def test_clear_output_forgets_what_came_before(said: Said) -> None:
    assert said("from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')") == "b\n"


def test_clear_output_may_wait_for_the_next(said: Said) -> None:
    source = "from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)"
    assert said(source) == "a\n"
    assert said(source + "\nprint('b')") == "b\n"


@pytest.mark.parametrize("plots", [True, False], ids=["warm", "cold"])
def test_a_figure_becomes_a_picture(sandbox: Sandbox, plots: bool) -> None:
    with sandbox.submission(plots=plots) as submission:
        outcome = submission.run_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", SECONDS)
    assert [
        one["data"]["image/png"][:6] for one in outcome.outputs if "data" in one and "image/png" in one["data"]
    ] == ["iVBORw"]


def test_every_output_is_valid_for_a_notebook(run: Run) -> None:
    outcome = run(
        "from IPython.display import display\nimport sys\nprint('a', file=sys.stderr)\n"
        "odd = {'application/json': {'a': [1, float('nan')]}, 'text/plain': 5, 'a b': 'x', 'text/html': 'y'}\n"
        "display(odd, raw=True)\n"
        "display({'text/plain': 'z'}, raw=True, metadata={'k': 1})\n1/0"
    )
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(one) for one in outcome.outputs])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert "error" in kinds(outcome)


def test_an_error_names_its_cell_and_shows_the_students_line(run: Run) -> None:
    run("x = 1")
    outcome = run("def f():\n    return 1 / 0\nf()")
    assert outcome.status == "error"
    assert outcome.error == "ZeroDivisionError: division by zero"
    (error,) = outcome.outputs
    assert error["ename"] == "ZeroDivisionError"
    assert "<cell 2>" in "\n".join(error["traceback"])
    assert "return 1 / 0" in "\n".join(error["traceback"])


def test_a_name_that_is_missing_is_told(run: Run) -> None:
    assert run("undefined_function(3)").missing_name == "undefined_function"
    assert run("1 / 0").missing_name is None


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("def f(:", "SyntaxError"),
        ("exit()", "SystemExit"),
        ("quit", "SystemExit"),
        ("import sys\nsys.exit(3)", "SystemExit"),
        ("input('name')", "StdinNotImplementedError"),
        ("import getpass\ngetpass.getpass()", "StdinNotImplementedError"),
        ("get_ipython().kernel", "AttributeError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class Odd(Exception):\n    def _render_traceback_(self): return 'own'\nraise Odd", "Odd"),
        ("display({'application/json': [[[]]] * 200_000}, raw=True)\nraise Odd", "NameError"),
        ("class Bad(Exception):\n    def __str__(self): raise ValueError\nraise Bad", "Bad: "),
    ],
)
def test_what_ends_a_cell_leaves_the_submission_alive(run: Run, said: Said, source: str, error: str) -> None:
    outcome = run(source)
    assert outcome.status == "error"
    assert outcome.error.startswith(error)
    assert said("print('alive')") == "alive\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os\nos._exit(7)", "exit code 7"),
        ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
        ("import os\nos.abort()", "aborted"),
        ("import os\nos.kill(os.getpid(), 9)", "killed"),
        ("import os\nos.closerange(3, 200)", "ended"),
    ],
)
def test_a_process_that_ends_takes_its_submission_with_it(
    submission: Submission, run: Run, source: str, reason: str
) -> None:
    outcome = run(source)
    assert outcome.status == "died"
    assert submission.dead is not None
    assert reason in submission.dead
    assert run("1").status == "died"


def test_an_endless_cell_is_interrupted_and_its_outputs_are_kept(submission: Submission, said: Said) -> None:
    outcome = submission.run_cell("print('before')\nwhile True:\n    pass", 0.3)
    assert outcome.status == "timeout"
    assert printed(outcome) == "before\n"
    assert "0.3 seconds" in outcome.error
    assert said("print('alive')") == "alive\n"


@pytest.mark.parametrize("source", ["import time\ntime.sleep(60)", "import asyncio\nawait asyncio.sleep(60)"])
def test_a_sleeping_cell_is_interrupted(submission: Submission, said: Said, source: str) -> None:
    assert submission.run_cell(source, 0.3).status == "timeout"
    assert said("print('alive')") == "alive\n"


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    try:\n        for _ in iter(int, 1): str(1)\n    except BaseException: pass",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ],
    ids=["catches", "ignores", "stopped"],
)
def test_a_cell_deaf_to_the_interrupt_is_killed(submission: Submission, source: str) -> None:
    outcome = submission.run_cell(source, 0.2)
    assert outcome.status == "died"
    assert submission.dead == "a cell did not end within 0.2 seconds"


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    print('x' * 1000)",
        "from IPython.display import HTML\nwhile True:\n    display(HTML('x' * 9999))",
    ],
    ids=["stream", "display"],
)
def test_a_flood_of_output_is_cut_with_a_line_that_says_so(submission: Submission, source: str) -> None:
    outcome = submission.run_cell(source, 0.5)
    assert outcome.status == "timeout"
    assert len(str(outcome.outputs)) < 6 << 20
    assert outcome.outputs[-1]["name"] == "stdout"
    assert "cut" in outcome.outputs[-1]["text"]


def test_a_flood_through_a_child_process_is_cut(run: Run) -> None:
    outcome = run("import os\nos.system('head -c 7000000 /dev/zero')")
    assert len(str(outcome.outputs[0])) < 6 << 20


def test_await_works_at_the_top_of_a_cell(said: Said) -> None:
    assert said("import asyncio\nawait asyncio.sleep(0)\nprint('done')") == "done\n"


def test_magics_work(said: Said) -> None:
    assert "hi" in said("\n%%time\nprint('hi')")
    assert said("%%bash\necho there") == "there\n"


def test_runs_are_the_same_every_time(sandbox: Sandbox) -> None:
    source = "import random, numpy as np\nprint({'a', 'b', 'c', 'd'}, random.random(), np.random.rand())"

    def once() -> Any:
        with sandbox.submission(plots=False) as submission:
            return submission.run_cell(source, SECONDS).outputs

    assert once() == once()


def test_files_lie_in_the_work_folder(sandbox: Sandbox) -> None:
    files = {"data.csv": b"1,2", "deep/er/x.bin": bytes(3)}
    with sandbox.submission(plots=False, files=files) as submission:
        outcome = submission.run_cell("print(open('data.csv').read(), len(open('deep/er/x.bin').read()))", SECONDS)
    assert printed(outcome) == "1,2 3\n"


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "", "a\0b"])
def test_a_files_path_must_stay_in_the_work_folder(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match="work folder"):
        sandbox.submission(plots=False, files={name: b""})


@pytest.mark.parametrize("plots", [False, True])
def test_a_figure_is_shown_at_the_end_of_its_cell(sandbox: Sandbox, plots: bool) -> None:
    """With matplotlib in the template or loaded when it is first used: without ``plt.show()``, as in a kernel."""
    with sandbox.submission(plots=plots) as submission:
        submission.run_cell("import matplotlib.pyplot as plt", 10)
        outcome = submission.run_cell("plt.plot([1, 2]);", 20)
    assert [list(one["data"]) for one in outcome.outputs] == [["text/plain", "image/png"]]


def test_pyplot_that_was_not_used_yet_gives_its_names_to_a_star(sandbox: Sandbox) -> None:
    with sandbox.submission(plots=False) as submission:
        assert submission.run_cell("from matplotlib.pyplot import *\nplot", 20).status == "ok"


def test_a_transformer_that_a_cell_added_is_used(sandbox: Sandbox) -> None:
    with sandbox.submission(plots=False) as submission:
        add = (
            "swap = lambda lines: [one.replace('cat', 'dog') for one in lines]\n"
            "get_ipython().input_transformers_post.append(swap)"
        )
        submission.run_cell(add, 10)
        outcome = submission.run_cell("x = 'cat'\nx", 10)
    assert outcome.outputs[0]["data"]["text/plain"] == "'dog'"


@pytest.mark.parametrize(
    ("source", "left", "error"),
    [
        ("x = 1\nreturn", 1, "SyntaxError"),  # parses and doesn't compile
        ("x = 1\nx = 2\nyield", 2, "SyntaxError"),
        ("x = 1\nfrom __future__ import annotations\ny: x.no_such = 1", 1, ""),
        ("x = 1\nx = 1 / 0\nx = 3", 1, "ZeroDivisionError"),
        ("x = 1\nimport asyncio\nawait asyncio.sleep(0)\nx = 2", 2, ""),
        ("x = 1\nx = await 5\nx = 3", 1, "TypeError"),
        ("x = [1\nx = 2", None, "SyntaxError"),
        ("# nothing\n# at all", None, ""),
        ("x = 1000\ny = 1000\nassert x is not y", 1000, ""),
    ],
)
def test_a_cell_runs_up_to_the_statement_that_fails(
    run: Run, said: Said, source: str, left: int | None, error: str
) -> None:
    outcome = run(source)
    assert outcome.error.partition(":")[0] == error
    assert said("print(globals().get('x'))") == f"{left}\n"


RELEASED = (
    "import numpy as np\n\ndef f(x):\n    return 1 / x",
    "%timeit -n1 -r1 1\nx = 5",
    "\n\ny = f(2)\ny",
    "print('a')\nf(0)",
    "def g():\n    return 1\nreturn",
    "g()\ng() + 1;",
    "from __future__ import annotations\nz: no_such = 1",
    "w: no_such = 1\nw",
    "import asyncio\nawait asyncio.sleep(0)\n'slept'",
    "# nothing\n",
    "f(1)",
    "a = 1000\nb = 1000\nprint(a is b)",
    "'one'\n'two'\nprint(__doc__)",
    "x = 5\nassert (x, 'always true')\nprint('\\d')",
    "import warnings\nwarnings.simplefilter('error')",
    "x = 5\nassert (x, 'always true')",
    "get_ipython().ast_transformers.append(__import__('ast').NodeTransformer())\n1",
    "import sys\nassert f(1) == 2, 'no'\nsys.exit()",
)


@pytest.fixture(scope="module")
def learned() -> Iterator[Sandbox]:
    """A sandbox that compiled the cells of a release beforehand."""
    with Sandbox() as sandbox:
        sandbox.learn(RELEASED)
        yield sandbox


def ran(sandbox: Sandbox, cells: Sequence[str]) -> list[tuple[Any, ...]]:
    with sandbox.submission(plots=False) as submission:
        outcomes = [submission.run_cell(source, SECONDS) for source in cells]
    return [
        (one.status, one.error, [output for output in one.outputs if "per loop" not in output.get("text", "")])
        for one in outcomes
    ]


@pytest.mark.parametrize(
    "cells",
    [RELEASED, RELEASED[1:], (*RELEASED[:3], "f = abs", *RELEASED[3:]), (RELEASED[6], *RELEASED[1:]), RELEASED[::-1]],
    ids=["as released", "one deleted", "one inserted", "other features", "backwards"],
)
def test_cells_compiled_beforehand_run_as_any_others(sandbox: Sandbox, learned: Sandbox, cells: Sequence[str]) -> None:
    assert ran(learned, cells) == ran(sandbox, cells)


def test_a_sandbox_started_anew_has_learned_the_same(learned: Sandbox) -> None:
    learned.close()
    assert ran(learned, RELEASED[:3])[2][2][0]["data"] == {"text/plain": "0.5"}


def test_a_transformer_that_fails_on_a_learned_cell_leaves_what_it_left_of_any_other(
    sandbox: Sandbox, learned: Sandbox
) -> None:
    breaks = (
        "import ast\nclass Breaks(ast.NodeTransformer):\n    def __repr__(self):\n        return 'it'\n"
        "    def visit(self, node):\n        node.body.clear()\n        raise ValueError\n"
        "get_ipython().ast_transformers.append(Breaks())"
    )
    cells = (RELEASED[0], RELEASED[1], breaks, RELEASED[3])
    assert ran(learned, cells) == ran(sandbox, cells)


def test_lines_of_the_templates_own_cells_are_in_no_message(run: Run, said: Said) -> None:
    assert (
        said("import linecache\nprint([one for one in linecache.cache if one.startswith('<cell')])") == "['<cell 1>']\n"
    )
    outcome = run(
        "import warnings\nwarnings.simplefilter('always')\nwarnings.warn_explicit('w', UserWarning, '<cell 9>', 2)"
    )
    assert outcome.outputs[0]["text"] == "<cell 9>:2: UserWarning: w\n"
