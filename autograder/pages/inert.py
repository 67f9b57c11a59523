"""A notebook in which nothing can run, whoever renders it."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from nbconvert.exporters.html import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.pages.markup import cleaned, is_inert, without_macros

_AS_TEXT = "This text holds HTML or TeX that could run in a reader's browser. Here it is as it was typed:"
_WITHHELD = "This text could not be shown safely. It stands in the submitted notebook."
_NOT_SHOWN = "[Output of a kind that pages do not show: {}]"
_PAGE_IDS = frozenset({"notebook", "notebook-container", "statusmessage", "toc", "top", "MathJax"})
_CELL_METADATA = {"nbgrader", "tags", "deletable", "editable"}
_NOTEBOOK_METADATA = {"kernelspec", "language_info", "autograder", "celltoolbar"}
_NAME = re.compile(r"[\w .()+-]{1,80}")
_FILES = re.compile(r"""(src|href)=(['"]?)/?files/""")  # as nbconvert's strip_files_prefix will
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
# Without any of these, markdown makes neither links nor pictures nor headings nor HTML of the writer's own.
_NEEDS_LOOK = re.compile(r"[<\\&#]|\]\s?[\[(:]|[=-][ \t]*$|attachment:", re.MULTILINE)
# Characters; what a student can make mistune take for one cell grows with the square of its length.
_MAX_LOOKED_AT = 10_000
_MAX_FENCED = 20_000
_MAX_MARKDOWN = 200_000
_MAX_HTML = 200_000


def make_inert(notebook: NotebookNode) -> NotebookNode:
    """Leave nothing in a notebook that a page could run, load or mistake for its own.

    Markdown that would render to more than harmless HTML is shown as the text that it is. Of outputs
    stay text, pictures, TeX and harmless HTML. Metadata that steers rendering goes. What was
    printed, tracebacks and all code stay as they are: pages escape them. Doing it twice changes nothing.

    Args:
        notebook: Changed in place, and returned.
    """
    own_ids = (str(cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells)
    reserved = _PAGE_IDS | {name for own in own_ids for name in (own, f"{own}_extra_credit", f"{own}-comment")}
    too_long = _markdown_size(notebook) > _MAX_MARKDOWN
    kinds = {mime: keep for mime, keep in _KINDS.items() if mime != "text/html" or _html_size(notebook) <= _MAX_HTML}
    for cell in notebook.cells:
        cell.metadata = NotebookNode({key: cell.metadata[key] for key in cell.metadata if key in _CELL_METADATA})
        if "tags" in cell.metadata:
            cell.metadata.tags = [tag for tag in cell.metadata.tags if isinstance(tag, str) and tag.isidentifier()]
        if cell.cell_type == "code":
            cell.outputs = [_inert_output(one, kinds) for one in cell.outputs]
        elif cell.cell_type == "markdown":
            source = _text(cell.source)
            attached = cell.get("attachments", {})
            cell.source = _fenced(source) if too_long else _inert_markdown(source, attached, reserved)
            if cell.source != source:
                cell.pop("attachments", None)
        else:
            cell.metadata.raw_mimetype = "text/plain"  # which no page shows
    for key in set(notebook.metadata) - _NOTEBOOK_METADATA:
        del notebook.metadata[key]
    for key in ("kernelspec", "language_info"):
        if key in notebook.metadata:
            notebook.metadata[key] = _named(notebook.metadata[key])
    return notebook


def _named(fields: Any) -> NotebookNode:
    """The fields that are plain names; nbconvert puts a language's into the page."""
    fields = fields if isinstance(fields, dict) else {}
    return NotebookNode(
        {k: v for k, v in fields.items() if isinstance(v, dict) or (isinstance(v, str) and _NAME.fullmatch(v))}
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(map(str, value)) if isinstance(value, list) else ""


def _inert_markdown(source: str, attached: Any, reserved: frozenset[str]) -> str:
    if not _NEEDS_LOOK.search(source):
        return source
    attachments = json.dumps(attached, sort_keys=True, default=str)
    small = len(source) + len(attachments) < _MAX_LOOKED_AT
    return (_looked_at if small else _looked_at.__wrapped__)(source, attachments, reserved)


@lru_cache(maxsize=2048)  # the release's own cells are the same in every submission
def _looked_at(source: str, attachments: str, reserved: frozenset[str]) -> str:
    if len(source) < _MAX_LOOKED_AT and _renders_inert(source, attachments, reserved):
        return source
    return _fenced(source)


def _fenced(source: str) -> str:
    if source.startswith(_AS_TEXT) or len(source) > _MAX_FENCED:
        return source if len(source) <= _MAX_FENCED else _WITHHELD
    fence = "~" * (max((len(run) for run in re.findall(r"~+", source)), default=2) + 3)
    shown = f"{_AS_TEXT}\n\n{fence}\n{source}\n{fence}"
    return shown if _renders_inert(shown, "{}", _PAGE_IDS) else _WITHHELD


def _renders_inert(source: str, attachments: str, reserved: frozenset[str]) -> bool:
    """Whether nbconvert, as nbgrader's templates call it, makes harmless HTML of it."""
    try:
        renderer = IPythonRenderer(escape=False, attachments=json.loads(attachments), anchor_link_text="¶")
        markup = _FILES.sub(r"\1=\2", MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # whatever a missing attachment or a nested text makes it raise, a page would raise too
        return False
    return is_inert(markup, reserved)


def _markdown_size(notebook: NotebookNode) -> int:
    return sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "markdown")


def _html_size(notebook: NotebookNode) -> int:
    outputs = (one for cell in notebook.cells if cell.cell_type == "code" for one in cell.outputs)
    return sum(len(_text(one.get("data", {}).get("text/html"))) for one in outputs)


def _inert_output(output: NotebookNode, kinds: Mapping[str, Callable[[str], str | None]]) -> NotebookNode:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return NotebookNode(output_type=kind, name=name, text=_text(output.get("text")))
    if kind == "error":
        lines = [_text(line) for line in output.get("traceback", [])]
        return NotebookNode(
            output_type=kind, ename=_text(output.get("ename")), evalue=_text(output.get("evalue")), traceback=lines
        )
    given = output.get("data", {})
    data = {mime: kept for mime in given if mime in kinds and (kept := kinds[mime](_text(given[mime]))) is not None}
    if given and not data:
        data["text/plain"] = _NOT_SHOWN.format(", ".join(sorted(map(str, given))))
    fields = NotebookNode(output_type=kind, metadata=_sizes(output.get("metadata", {})), data=NotebookNode(data))
    if kind == "execute_result":
        count = output.get("execution_count")
        fields.execution_count = count if isinstance(count, int) else None
    return fields


def _sizes(metadata: Any) -> NotebookNode:
    """A picture's width and height: nbconvert puts them into its tag without quotes."""
    metadata = metadata if isinstance(metadata, dict) else {}
    places = {"": metadata} | {mime: metadata.get(mime) for mime in ("image/png", "image/jpeg")}
    sizes = {
        place: {
            side: value[side]
            for side in ("width", "height")
            if isinstance(value.get(side), (int, float)) and 0 < value[side] < 5000
        }
        for place, value in places.items()
        if isinstance(value, dict)
    }
    own = sizes.pop("", {})
    return NotebookNode({**own, **{mime: NotebookNode(value) for mime, value in sizes.items() if value}})


def _picture(text: str) -> str | None:
    return text if _BASE64.fullmatch(text) else None


# What may be shown of an output's data, by its kind; None if nothing may.
_KINDS: dict[str, Callable[[str], str | None]] = {
    "text/plain": str,
    "text/html": cleaned,
    "text/markdown": lambda text: _inert_markdown(text, {}, _PAGE_IDS),
    "text/latex": without_macros,
    "image/png": _picture,
    "image/jpeg": _picture,
    "image/svg+xml": str,  # nbconvert makes a picture of it, in which browsers run and load nothing
}
