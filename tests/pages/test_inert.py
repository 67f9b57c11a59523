"""What may stay in a notebook that is shown to somebody else, and what may not."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from payloads import HTML

from autograder.course import Course
from autograder.pages import make_inert

_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/q842iQAAAABJRU5ErkJggg=="


def shown(mime: str, value: str) -> dict[str, str]:
    """What is left of one output's data."""
    cell = new_code_cell(outputs=[new_output("display_data", {mime: value})])
    return dict(make_inert(new_notebook(cells=[cell])).cells[0].outputs[0].data)


def markdown(source: str) -> str:
    """What is left of one markdown cell."""
    return str(make_inert(new_notebook(cells=[new_markdown_cell(source)])).cells[0].source)


@pytest.mark.parametrize(
    "source",
    [
        "# A title\n\n*a* **b** `x < y` ~~c~~ &copy; 3 > 2\n\n---\n\n> q\n\n1. a\n2. b",
        "$a < b$ and $$\\frac{x_1}{2}$$\n\n\\begin{align}a&=b\\end{align}",
        "| a | b |\n|:--|--:|\n| 1 | 2 |",
        "- [x] done\n- [ ] not yet",
        "```python\nx = 'a' < \"b\"\n```",
        "[a](https://numpy.org/?a=1&b=2) <https://numpy.org> ![a](picture.png 'of it')",
        'one<br/>two <span style="color: red;">red</span> <font color="#f00">red</font> <!-- note -->',
        '<table>\n<tr><td align="left"><pre>\na\n</pre></td></tr></table>',
        "<details><summary>a</summary>b</details>",
        '<img src="images/a.png" width="200">',
        "`<script>` is text in code, as `\\href` is",
    ],
)
def test_markdown_that_is_harmless_stays_as_it_is(source: str) -> None:
    assert markdown(source) == source


def test_every_cell_of_the_releases_stays_as_it_is(project: Course) -> None:
    releases = list(Path(project.root / "release").glob("*/*.ipynb"))
    assert releases
    for path in releases:
        before = nbformat.read(path, as_version=4)
        sources = [cell.source for cell in before.cells]
        assert [cell.source for cell in make_inert(before).cells] == sources


@pytest.mark.parametrize("code", HTML.values(), ids=HTML.keys())
def test_markdown_that_is_not_is_shown_as_it_was_typed(code: str) -> None:
    source = "text " + code.replace("RUN", "go()") + " <b onclick=go()>a</b><script>go()</script>"
    left = markdown(source)
    assert left.splitlines()[1:] == ["", "~~~~~", *source.splitlines(), "~~~~~"]


@pytest.mark.parametrize(
    "source",
    [
        "[a](javascript:go)",
        "[a]\n\n[a]: javascript:go",
        "![a](https://elsewhere.org/seen.png)",
        "[a](data:text/html;base64,AAAA)",
        "</div></div><div>",
        "<b>not closed",
        '<p id="toc">a</p>',
        "# toc",
        "$\\href{javascript:go}{x}$",
        "<p>$\\hr<!--x-->ef{javascript:go}{x}$</p>",
        "<p>$\\hr<br>ef{javascript:go}{x}$</p>",
        '<p style="margin:-500px">a</p>',
        '<p style="position:fixed">a</p>',
        '<b title="a>b">a</b>',
        '<div title="<input class="task-list-item-checkbox" type="checkbox" disabled/>">a</div>',
        "```mermaid\n</pre><b>\n```",
        "![a](attachment:none.png)",
    ],
)
def test_markdown_that_links_loads_or_leaves_its_place_is_too(source: str) -> None:
    assert markdown(source) != source
    assert source in markdown(source)


@pytest.mark.parametrize("code", HTML.values(), ids=HTML.keys())
def test_html_keeps_nothing_that_runs(code: str) -> None:
    left = shown("text/html", code.replace("RUN", "go()") + "<p>seen</p>")
    assert not any("<" in part and "go()" in part.split(">")[0] for part in left.get("text/html", "").split("<")[1:])


def test_a_table_of_data_stays() -> None:
    table = (
        '<div>\n<table border="1" class="dataframe">\n  <thead>\n    <tr style="text-align:right">\n      <th></th>\n'
        "      <th>a</th>\n    </tr>\n  </thead>\n  <tbody>\n    <tr>\n      <th>0</th>\n      <td>1</td>\n    </tr>\n"
        "  </tbody>\n</table>\n</div>"
    )
    assert shown("text/html", "<style scoped>.dataframe {color: red}</style>" + table) == {"text/html": table}


@pytest.mark.parametrize(
    ("mime", "value", "left"),
    [
        ("application/javascript", "go()", "text/plain"),
        ("application/vnd.jupyter.widget-view+json", "{}", "text/plain"),
        ("text/html", "<script>go()</script>", "text/plain"),
        ("text/html", "<div>" * 100_000, "text/plain"),
        ("text/html", "<b a=1>" * 3000 + "<p>" * 3000, "text/plain"),
        ("image/png", '"><img src=x: onerror=go()>', "text/plain"),
        ("image/png", _PNG, "image/png"),
        ("text/latex", "$\\frac12$", "text/latex"),
    ],
)
def test_only_kinds_that_pages_can_show_safely_stay(mime: str, value: str, left: str) -> None:
    assert list(shown(mime, value)) == [left]


def test_tex_in_html_and_latex_makes_no_links() -> None:
    for mime in ("text/html", "text/latex"):
        assert "\\href" not in shown(mime, "<p>$\\href{javascript:go}{x}$</p>")[mime]
        assert "\\hr" in shown(mime, "<p>$\\hrule$</p>")[mime]


def test_sizes_of_pictures_are_numbers() -> None:
    sizes = {"image/png": {"width": "1 onload=go()", "height": 20}, "needs_background": "light"}
    cell = new_code_cell(outputs=[new_output("display_data", {"image/png": _PNG}, metadata=sizes)])
    kept = make_inert(new_notebook(cells=[cell])).cells[0].outputs[0].metadata
    assert kept == {"image/png": {"height": 20}}


def test_doing_it_twice_changes_nothing() -> None:
    outputs = [new_output("display_data", {"text/html": code, "text/markdown": code}) for code in HTML.values()]
    cells = [new_code_cell(outputs=outputs), *(new_markdown_cell(code) for code in HTML.values())]
    once: NotebookNode = make_inert(new_notebook(cells=cells))
    again = make_inert(nbformat.from_dict(once))
    assert again == once
