"""What editors make of a student's notebook: each takes the clean one and gives the bytes that its file would hold.

The shapes follow the files that these programs write: their own metadata, ids, line ends and formats.
"""

import codecs
import copy
import json
import warnings
from collections.abc import Callable
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.notebooks import Kind, read_mark

Editor = Callable[[NotebookNode], bytes]
EDITORS: dict[str, Editor] = {}

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def editor(make: Editor) -> Editor:
    """Add to the corpus, under the function's name."""
    EDITORS[make.__name__] = make
    return make


def plain(notebook: NotebookNode) -> dict[str, Any]:
    """The notebook as the JSON of its file, sources as lists of lines."""
    data: dict[str, Any] = json.loads(nbformat.writes(notebook))
    return data


def written(data: dict[str, Any], **how: Any) -> bytes:
    return json.dumps(data, **{"indent": 1, "ensure_ascii": False, **how}).encode()


def code_cells(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in data["cells"] if cell["cell_type"] == "code"]


def named(notebook: NotebookNode, kind: Kind) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if (mark := read_mark(cell)) is not None and mark.kind is kind]


def first_graded(notebook: NotebookNode) -> int:
    return notebook.cells.index(named(notebook, Kind.GRADED)[0])


def with_cells(*sources: str, at_end: bool = False) -> Editor:
    """The clean notebook with cells of the student's own."""

    def make(notebook: NotebookNode) -> bytes:
        mine = copy.deepcopy(notebook)
        place = len(mine.cells) if at_end else first_graded(mine)
        mine.cells[place:place] = [new_code_cell(source) for source in sources]
        return written(plain(mine))

    return make


# --- programs ---------------------------------------------------------------------------------------------------


@editor
def jupyterlab_4(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    for number, cell in enumerate(code_cells(data), start=1):
        cell["execution_count"] = number
        cell["metadata"] |= {
            "trusted": True,
            "execution": {"iopub.execute_input": "2026-01-30T18:00:00Z", "shell.execute_reply": "2026-01-30T18:00:01Z"},
            "jupyter": {"outputs_hidden": True, "source_hidden": False},
            "scrolled": True,
        }
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["a\n", "b\n"]}]
    data["metadata"] |= {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}},
    }
    return written(data) + b"\n"


@editor
def classic_notebook_with_extensions(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    data["nbformat_minor"] = 4
    for cell in data["cells"]:
        cell.pop("id")
        cell["metadata"] |= {"collapsed": False, "hide_input": False, "code_folding": [1], "scrolled": "auto"}
    for cell in code_cells(data):
        cell["metadata"]["ExecuteTime"] = {"end_time": "2026-01-30T18:00:00Z", "start_time": "2026-01-30T17:59:59Z"}
    data["metadata"] |= {
        "toc": {"base_numbering": 1, "nav_menu": {}, "toc_cell": False},
        "varInspector": {"cols": {"lenName": 16}, "window_display": False},
        "celltoolbar": "Create Assignment",
    }
    return written(data)


@editor
def vs_code(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    for cell in code_cells(data):
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["execution_count"] = None
    data["metadata"] = {
        "kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.12.1"},
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b9275f58929596ceb00d14d90e3e16cd6"}},
    }
    data["nbformat_minor"] = 2
    return written(data)


@editor
def vs_code_from_a_script_with_cell_borders(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell in mine.cells:
        cell.source = ("# %% [markdown]\n" if cell.cell_type == "markdown" else "# %%\n") + cell.source
    return written(plain(mine))


@editor
def colab(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    data["nbformat_minor"] = 0
    for number, cell in enumerate(data["cells"]):
        cell.pop("id")
        cell["metadata"] |= {"id": f"aB3{number:09d}"}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"colab": {"base_uri": "https://localhost/", "height": 34}, "outputId": "c0ffee"}
    data["metadata"] = {
        "colab": {"provenance": [], "collapsed_sections": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    return written(data, indent=2)


@editor
def colab_with_forms_and_a_drive(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    place = first_graded(mine)
    mine.cells.insert(place, new_code_cell("from google.colab import drive\ndrive.mount('/content/drive')"))
    for cell in named(mine, Kind.GRADED):
        cell.source = '#@title My solution { display-mode: "form" }\n#@markdown I like forms.\n' + cell.source
        cell.metadata.cellView = "form"
    return colab(mine)


@editor
def kaggle(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    for cell in data["cells"]:
        cell.pop("id")
        cell["metadata"] |= {"_uuid": "d629ff2d2480ee46fbb7e2d37f6b5fab", "_cell_guid": "79c7e3d0", "trusted": True}
    data["metadata"]["kaggle"] = {"accelerator": "none", "dataSources": [], "isInternetEnabled": True}
    data["nbformat_minor"] = 4
    return written(data, indent=None)


@editor
def pycharm(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    for cell in data["cells"]:
        cell["metadata"] |= {"pycharm": {"name": "#%%\n", "is_executing": False}, "collapsed": False}
    for cell in code_cells(data):
        cell["source"] = ["#%%\n", *cell["source"]]
    return written(data)


@editor
def a_cleaner_that_drops_outputs_ids_and_counts(notebook: NotebookNode) -> bytes:
    data = plain(notebook)
    data["metadata"] = {}
    for cell in data["cells"]:
        cell.pop("id")
    for cell in code_cells(data):
        cell.pop("execution_count")
        cell.pop("outputs")
    return written(data, indent=None, separators=(",", ":"))


# --- formats and files ------------------------------------------------------------------------------------------


def of_minor(minor: int) -> Editor:
    def make(notebook: NotebookNode) -> bytes:
        data = plain(notebook)
        data["nbformat_minor"] = minor
        if minor < 5:
            for cell in data["cells"]:
                cell.pop("id")
        return written(data)

    return make


for _minor in (0, 1, 2, 3, 4, 5, 6):
    EDITORS[f"nbformat_4_{_minor}"] = of_minor(_minor)


@editor
def nbformat_3(notebook: NotebookNode) -> bytes:
    with warnings.catch_warnings(action="ignore"):
        return nbformat.v3.writes_json(nbformat.convert(copy.deepcopy(notebook), 3)).encode()


@editor
def sources_as_one_string(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook).encode()


@editor
def windows_line_ends(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell in mine.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return written(plain(mine)).replace(b"\n", b"\r\n")


@editor
def old_mac_line_ends(notebook: NotebookNode) -> bytes:
    data = json.loads(json.dumps(notebook))
    for cell in data["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r")
    return written(data)


@editor
def byte_order_mark(notebook: NotebookNode) -> bytes:
    return codecs.BOM_UTF8 + written(plain(notebook))


@editor
def utf_16_of_a_windows_shell(notebook: NotebookNode) -> bytes:
    return codecs.BOM_UTF16_LE + written(plain(notebook)).decode().encode("utf-16-le")


@editor
def escaped_to_ascii(notebook: NotebookNode) -> bytes:
    return written(plain(notebook), ensure_ascii=True)


@editor
def white_space_at_line_ends(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell in mine.cells:
        cell.source = cell.source.replace("\n", "  \n") + "\n\n"
    return written(plain(mine))


# --- ids and kernels --------------------------------------------------------------------------------------------


def with_ids(value: object) -> Editor:
    def make(notebook: NotebookNode) -> bytes:
        data = plain(notebook)
        for cell in data["cells"]:
            cell["id"] = value
        return written(data)

    return make


EDITORS |= {"all_ids_the_same": with_ids("same"), "ids_null": with_ids(None), "ids_too_long": with_ids("x" * 200)}


def with_kernel(kernelspec: object) -> Editor:
    def make(notebook: NotebookNode) -> bytes:
        data = plain(notebook)
        data["metadata"] = {} if kernelspec is None else {"kernelspec": kernelspec}
        return written(data)

    return make


EDITORS |= {
    "no_kernelspec": with_kernel(None),
    "conda_kernel": with_kernel({"name": "conda-env-ml-py", "display_name": "Python [conda env:ml]"}),
    "kernel_of_another_language": with_kernel({"name": "julia-1.10", "display_name": "Julia", "language": "julia"}),
    "kernel_without_a_name": with_kernel({}),
}


# --- outputs ----------------------------------------------------------------------------------------------------


def with_output(*outputs: NotebookNode) -> Editor:
    def make(notebook: NotebookNode) -> bytes:
        mine = copy.deepcopy(notebook)
        for number, cell in enumerate(one for one in mine.cells if one.cell_type == "code"):
            cell.outputs, cell.execution_count = copy.deepcopy(list(outputs)), number + 1
        return written(plain(mine))

    return make


_WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1", "version_major": 2, "version_minor": 0}}
EDITORS |= {
    "stored_errors": with_output(new_output("error", ename="NameError", evalue="np", traceback=["\x1b[31mNameError"])),
    "stored_full_marks": with_output(new_output("execute_result", {"text/plain": "10.0"}, execution_count=1)),
    "pictures": with_output(new_output("display_data", {"image/png": PICTURE, "text/plain": "<Figure size 640x480>"})),
    "widgets": with_output(new_output("display_data", {**_WIDGET, "text/plain": "IntSlider(value=0)"})),
}


@editor
def ten_megabytes_of_outputs(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    mine.cells[first_graded(mine)].outputs = [new_output("stream", name="stdout", text="0123456789abcde\n" * 655_360)]
    return written(plain(mine))


# --- what students add ------------------------------------------------------------------------------------------

EDITORS |= {
    "magics": with_cells(
        "%matplotlib inline", "%load_ext autoreload\n%autoreload 2", "%timeit -n1 -r1 sum(range(10))",
        "%%time\nx = sum(range(10))", "%config InlineBackend.figure_format = 'retina'", "%who", "np.zeros?",
        "%%capture out\nprint('hidden')", "%%bash\nls", "%%writefile notes.txt\nhello", "%env OMP_NUM_THREADS=1",
    ),
    "installing_packages": with_cells("!pip install numpy pandas", "%pip install seaborn", "%conda install scipy"),
    "packages_that_are_not_there": with_cells(
        "import ipywidgets as widgets\nwidgets.IntSlider()", "import torch", "%matplotlib widget", "%load_ext nothing"
    ),
    "asking": with_cells("name = input('Who are you? ')", "import getpass\ngetpass.getpass()"),
    "plots_and_prints": with_cells(
        "import matplotlib.pyplot as plt\nfor n in range(3):\n    plt.plot(np.arange(n + 2))\n    plt.show()",
        "for n in range(20_000):\n    print(n)",
        "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))",
    ),
    "cells_that_raise": with_cells("1 / 0", "undefined_name", "def broken(:", "assert False, 'no'", "exit()"),
    "unicode": with_cells("π = 3.14  # 😀 naïve\n变量 = '\u00a0\u200b'\nprint(π, 变量)"),
    "settings": with_cells("np.set_printoptions(precision=2)\nnp.seterr(all='raise')\nnp.random.seed(99)"),
}  # fmt: skip


@editor
def graded_cells_with_magics(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell, above in zip(named(mine, Kind.GRADED), ["%%time\n", "%%capture\n", "\n\n", "# In[12]:\n"], strict=False):
        cell.source = above + cell.source
    for cell in named(mine, Kind.GRADED)[4:]:
        cell.source += "\n\n%timeit -n1 -r1 1 + 1\n!echo done\nprint('finished')"
    return written(plain(mine))


@editor
def tabs(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell in named(mine, Kind.GRADED):
        cell.source = cell.source.replace("    ", "\t")
    return written(plain(mine))


# --- cells moved ------------------------------------------------------------------------------------------------


@editor
def checks_at_the_end(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    checks = named(mine, Kind.CHECK)
    mine.cells = [cell for cell in mine.cells if cell not in checks] + checks
    return written(plain(mine))


@editor
def graded_functions_in_reverse(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    graded = named(mine, Kind.GRADED)
    places = [mine.cells.index(cell) for cell in graded]
    for place, cell in zip(places, reversed(graded), strict=True):
        mine.cells[place] = cell
    return written(plain(mine))


def pasted(place: Callable[[NotebookNode], int]) -> Editor:
    """Answers typed into a cell of the student's own, the graded cells left as fetched."""

    def make(notebook: NotebookNode) -> bytes:
        mine, answers = copy.deepcopy(notebook), []
        for cell in named(mine, Kind.GRADED):
            answers.append(cell.source.partition("\n")[2])
            cell.source = RELEASED[str(read_mark(cell).name)]
        mine.cells.insert(place(mine), new_code_cell("\n\n\n".join(answers)))
        return written(plain(mine))

    return make


RELEASED: dict[str, str] = {}  # the stubs, filled in by the test before a notebook is made
EDITORS |= {"pasted_above": pasted(first_graded), "pasted_below": pasted(lambda notebook: len(notebook.cells))}


@editor
def first_lines_deleted(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell in named(mine, Kind.GRADED):
        cell.source = cell.source.partition("\n")[2]
    return written(plain(mine))


@editor
def each_check_merged_into_the_function_above(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for check in named(mine, Kind.CHECK):
        function = next(one for one in named(mine, Kind.GRADED) if read_mark(one).name == read_mark(check).name)
        function.source += "\n\n" + check.source
        mine.cells.remove(check)
    return written(plain(mine))


@editor
def two_functions_merged(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    first, second = named(mine, Kind.GRADED)[:2]
    first.source += "\n\n" + second.source
    mine.cells.remove(second)
    return written(plain(mine))


@editor
def cells_split(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    for cell in [*named(mine, Kind.GRADED), *named(mine, Kind.CHECK)]:
        head, _, rest = cell.source.partition("\n")
        cell.source = head
        mine.cells.insert(mine.cells.index(cell) + 1, new_code_cell(rest))
    return written(plain(mine))


@editor
def written_answers_and_notes_of_ones_own(notebook: NotebookNode) -> bytes:
    mine = copy.deepcopy(notebook)
    mine.cells.insert(1, new_markdown_cell("# My notes\n\n![picture](attachment:a.png)"))
    mine.cells[1].attachments = {"a.png": {"image/png": PICTURE}}
    mine.cells.append(nbformat.v4.new_raw_cell("---\ntitle: mine\n---"))
    return written(plain(mine))


# --- metadata gone: a person is asked to look, and no point is lost -----------------------------------------------

STRIPPED: dict[str, Editor] = {}


def stripped(make: Editor) -> Editor:
    STRIPPED[make.__name__] = make
    return make


def _bare(notebook: NotebookNode) -> NotebookNode:
    mine = copy.deepcopy(notebook)
    for cell in mine.cells:
        cell.metadata = NotebookNode()
    return mine


@stripped
def all_metadata_gone(notebook: NotebookNode) -> bytes:
    return written(plain(_bare(notebook)))


@stripped
def colab_without_nbgraders_metadata(notebook: NotebookNode) -> bytes:
    return colab_with_forms_and_a_drive(_bare(notebook))


@stripped
def a_script_made_a_notebook_again(notebook: NotebookNode) -> bytes:
    mine = _bare(notebook)
    for cell in mine.cells:
        if cell.cell_type == "code":
            cell.source = "# In[ ]:\n\n\n" + cell.source
    return written(plain(mine))


@stripped
def metadata_and_first_lines_gone(notebook: NotebookNode) -> bytes:
    return first_lines_deleted(_bare(notebook))
