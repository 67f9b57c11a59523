"""Markdown as HTML that may stand in a page of ours, its formulas as MathML."""

import json
import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.pages import embedded
from autograder.reports.feedback.formulas import formula

# Characters of Unicode's private use around a formula's number, until the HTML around it has been cleaned.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_EMPTY_HEADER = re.compile(r"<th((?: [^<>]*)?)></th>")
_DEEPEST_HEADING = 6
_SCROLLED = '<{} class="wide" tabindex="0" role="group" aria-label="{}">'  # what may not fit on a phone, also by keys
_WIDE = 50  # characters of TeX that may not fit on a phone
_LONGEST = 200_000  # characters; what `pages` lets into a notebook is shorter


def prose(source: str, *, heading: int = 3, attachments: str = "{}") -> Markup:
    """Markdown as harmless HTML, with nothing in it that would be loaded.

    Args:
        source: The markdown.
        heading: The level of its highest headings, so that they stand below the page's own.
        attachments: The cell's pictures as JSON, by name, as nbformat keeps them.
    """
    if len(source) > _LONGEST:
        return Markup("<p>{}</p>").format(source[:_LONGEST])
    return _prose(source, heading, attachments)


@lru_cache(maxsize=1024)  # a class shares the cells of its release
def _prose(source: str, heading: int, attachments: str) -> Markup:
    renderer = _Renderer(heading, json.loads(attachments))
    try:
        markup = MarkdownWithMath(renderer=renderer).render(source.replace(_OPEN, "").replace(_CLOSE, ""))
    except Exception:  # a missing attachment, texts nested too deeply
        return Markup("<pre>{}</pre>").format(source)
    clean = _EMPTY_HEADER.sub(r"<td\1></td>", embedded(markup))  # which says nothing to a screen reader
    clean = clean.replace("<table", f"{_SCROLLED.format('div', 'Table')}<table").replace("</table>", "</table></div>")
    clean = _PLACE.sub(lambda place: renderer.formulas[int(place[1])], clean)
    return Markup(clean)  # noqa: S704 - cleaned just now, and the formulas are written from a short list


class _Renderer(IPythonRenderer):
    """nbconvert's own markdown, but for headings, links to them, and formulas."""

    def __init__(self, highest: int, attachments: dict[str, dict[str, str]]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self._highest = highest
        self.formulas: list[str] = []

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        # A notebook's title and its sections, `#` and `##`, stand on one level here.
        lowered = max(self._highest, min(self._highest + level - 2, _DEEPEST_HEADING))
        return str(super().heading(text, lowered, **attrs))

    def block_math(self, body: str) -> str:
        return self._kept(body, block=True)

    def inline_math(self, body: str) -> str:
        return self._kept(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._kept(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def _kept(self, tex: str, *, block: bool) -> str:
        shown = formula(tex, block=block)
        if block and len(tex) > _WIDE:
            shown = f"{_SCROLLED.format('span', 'Formula')}{shown}</span>"
        self.formulas.append(shown)
        return f"{_OPEN}{len(self.formulas) - 1}{_CLOSE}"
