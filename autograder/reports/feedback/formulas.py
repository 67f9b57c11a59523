"""TeX as MathML, which browsers draw and screen readers speak without a script.

latex2mathml reads the TeX. A student may have written it, and it can ask for links and styles, so of the tree
that comes back only what draws a formula is written down.
"""

import contextlib
import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

_TAGS = frozenset({
    *("math", "mrow", "mi", "mo", "mn", "mtext", "ms", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose"),
    *("mmultiscripts", "mprescripts"),
})  # fmt: skip
_VALUES = {
    "display": re.compile(r"inline|block"),
    "form": re.compile(r"prefix|infix|postfix"),
    "columnalign": re.compile(r"left|center|right"),
    "mathvariant": re.compile(r"[a-z-]{1,30}"),
    "notation": re.compile(r"[a-z ]{1,40}"),
    "scriptlevel": re.compile(r"[+-]?\d"),
    **dict.fromkeys(("stretchy", "fence", "accent", "accentunder", "movablelimits", "displaystyle", "largeop"),
                    re.compile(r"true|false")),
    **dict.fromkeys(("width", "minsize", "maxsize", "lspace", "rspace", "linethickness"),
                    re.compile(r"\d{0,2}(?:\.\d{1,4})?(?:em|ex|px|pt)|0")),
}  # fmt: skip
# Characters and braces: what is larger is shown as it was typed, so that no formula can keep a page waiting.
_LONGEST = 2000
_DEEPEST = 150


def formula(tex: str, *, block: bool) -> str:
    """A formula as MathML; one that cannot be read stays the TeX that it is, as code.

    Args:
        tex: What stands between the dollar signs.
        block: Whether it has a line of its own.
    """
    return _formula(" ".join(tex.split()), block)


@lru_cache(maxsize=4096)  # a class shares the formulas of its release
def _formula(tex: str, block: bool) -> str:
    if len(tex) <= _LONGEST and tex.count("{") + tex.count(r"\left") <= _DEEPEST:
        with contextlib.suppress(Exception):  # whatever half a formula makes it raise: IndexError, RecursionError
            return _written(convert_to_element(tex, display="block" if block else "inline"))
    delimiter = "$$" if block else "$"
    return f"<code>{html.escape(f'{delimiter}{tex}{delimiter}')}</code>"


def _written(element: Element) -> str:
    """An element as text: unknown elements lose their tag, unknown attributes go."""
    # latex2mathml keeps characters of its own as entities, and in text modes the backslash of an escape.
    text = html.unescape(element.text or "")
    if element.tag == "mtext":
        text = re.sub(r"\\([_&%$#{}])", r"\1", text)
    inside = html.escape(text, quote=False) + "".join(_written(child) for child in element)
    after = html.escape(html.unescape(element.tail or ""), quote=False)
    if element.tag not in _TAGS:
        return f"{inside}{after}"
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if (pattern := _VALUES.get(name)) and pattern.fullmatch(value)
    )
    if element.tag == "mi" and len(text) > 1:
        attributes += ' class="named"'  # TeX sets a little space around log and max; MathML doesn't
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>{after}"
