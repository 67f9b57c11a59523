"""HTML that runs nothing, loads nothing and touches nothing around it. nh3 reads it as browsers do.

A student chooses what is read here, so everything takes time in proportion to its text.
"""

import html
import re
from collections.abc import Callable
from functools import lru_cache

import nh3

# Elements that browsers open again in every block behind them if they are never closed.
_REOPENED = frozenset({"b", "code", "em", "font", "i", "s", "small", "strong", "u"})
_TAGS = _REOPENED | {
    *("a", "blockquote", "br", "caption", "center", "dd", "del", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "img", "kbd", "li", "ol", "p", "pre", "q", "span", "sub", "summary", "sup", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "tr", "ul", "var"),
}
_ATTRIBUTES = {
    "*": {"align", "class"},
    "a": {"href", "title"},
    "font": {"color"},
    "img": {"src", "alt", "title", "width", "height", "style"},
    "ol": {"start"},
    "table": {"border", "style"},
    **{tag: {"style"} for tag in ("div", "p", "span", "tr")},
    **{tag: {"style", "colspan", "rowspan"} for tag in ("td", "th")},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
# What our own tables and those of markdown and pandas use; nothing that could lay one thing over another.
_STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-left", "border-right", "border-top"),
    *("color", "font-size", "font-style", "font-weight", "height", "margin", "max-width", "padding", "text-align"),
    *("text-decoration", "vertical-align", "white-space", "width"),
}
_LOCAL_FILE = r"(?:\w[\w-]*(?:\.[\w-]+)*/)*\w[\w.-]*\.(?:png|jpe?g|gif|webp|svg|csv|txt|md|pdf|py|ipynb|np[yz])"
_NUMBER = r"\d{1,4}%?"
# Pygments' one and two letters, nbconvert's and pandas' own names: none that a page's script listens to.
_CLASS = r"(?:[a-z]{1,2}[0-9]?|err|highlight|language-[\w+-]{1,20}|anchor-link|dataframe|task-list-item)"
_VALUES = {
    "href": re.compile(rf"https?://[^\s/\\].*|mailto:[^\s]*|#.*|{_LOCAL_FILE}", re.DOTALL),
    "src": re.compile(rf"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=%\s]*|{_LOCAL_FILE}"),
    "class": re.compile(rf"{_CLASS}(?: {_CLASS})*"),
    "align": re.compile(r"\w{1,10}"),
    "color": re.compile(r"[\w#]{1,20}"),
    "style": re.compile(r"(?:[\w .,:;%#]|(?<=\w)-)*"),  # no negative length, no function
    **{name: re.compile(_NUMBER) for name in ("border", "colspan", "height", "rowspan", "start", "width")},
}


def _value(_tag: str, name: str, value: str) -> str | None:
    pattern = _VALUES.get(name)
    return value if pattern is None or pattern.fullmatch(value) else None


def _embedded_value(tag: str, name: str, value: str) -> str | None:
    if name == "id" or (name == "src" and not value.startswith("data:")):
        return None
    return _value(tag, name, value) if name != "href" or re.match("https?:|mailto:", value) else None


def _cleaner(
    *, comments: bool = False, value: Callable[[str, str, str], str | None] = _value, rel: str | None = None
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=value,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties=_STYLES,
        strip_comments=not comments,
        link_rel=rel,
    )


_CLEANER = _cleaner()
_COMPARER = _cleaner(comments=True)
_EMBEDDER = _cleaner(value=_embedded_value, rel="noopener noreferrer")
_REOPENS = re.compile(rf"<(?:{'|'.join(sorted(_REOPENED | {'big', 'nobr', 'strike', 'tt'}))})(?![a-z0-9])", re.I)
_MAX_CLEANED = 60_000  # characters
_MAX_KEPT = 10_000
_MAX_REOPENED = 200_000  # elements: so many could be made of tags that are never closed
_MACROS = re.compile(  # TeX that makes links, styles or ids
    r"\\(?=(?:href|url|class|style|cssId|data|require|bbox|action|toggle|mathtip|texttip|tip|mmlToken|unicode|"
    r"includegraphics|html\w*)(?![A-Za-z]))",
    re.IGNORECASE,
)
_ZERO_WIDTH = "\u200b"
_TAG = re.compile(r"(<[^<>]*>)")
_ID = re.compile(r' id="([^"]*)"')
_STYLE = re.compile(r' style="[^"<>]*"')
_CODE = re.compile(r"<(pre|code)\b[^<>]*>.*?</\1>", re.DOTALL)
# What nbconvert makes of "- [x]", character for character.
_CHECKBOX = re.compile(r'<input class="task-list-item-checkbox" type="checkbox" disabled(?: checked)?/>')


def cleaned(markup: str) -> str | None:
    """What is left of HTML when all that isn't harmless is taken away; None if that is nothing, or would take long."""
    return (_cleaned if len(markup) <= _MAX_KEPT else _cleaned.__wrapped__)(markup)


@lru_cache(maxsize=1024)  # a class has few different tables of checks, and each page shows one again
def _cleaned(markup: str) -> str | None:
    left = _CLEANER.clean(markup) if _is_quick(markup) else ""
    return without_macros(left) if left.strip() else None


def embedded(markup: str) -> str:
    """What of HTML may stand inside a page that is one file: no ids, no links within it, nothing that is loaded."""
    return _EMBEDDER.clean(markup) if _is_quick(markup) else html.escape(markup)


def is_inert(markup: str, reserved: frozenset[str]) -> bool:
    """Whether HTML is harmless as it stands: cleaning it would change no more than its spelling.

    Where every ``<`` and ``>`` belongs to a tag that the cleaner leaves as it is, a browser finds those tags and no
    others: none of them makes it read on by other rules, as a script or a drawing would.

    Args:
        markup: A fragment of HTML, as nbconvert makes it of markdown.
        reserved: Ids that belong to the page, so that no heading may take them.
    """
    markup = _CHECKBOX.sub("<br>", markup)
    pieces = _TAG.split(markup)
    if any("<" in text or ">" in text for text in pieces[::2]) or not _is_quick(markup):
        return False
    if _MACROS.search(html.unescape(_TAG.sub("", _CODE.sub("", markup)))):  # MathJax reads all text outside of code
        return False
    if not reserved.isdisjoint(html.unescape(name) for tag in pieces[1::2] for name in _ID.findall(tag)):
        return False
    pieces[::2] = (html.escape(html.unescape(text), quote=False).replace("\xa0", "&nbsp;") for text in pieces[::2])
    pieces[1::2] = (tag[:-1].removesuffix("/").rstrip(" ") + ">" for tag in pieces[1::2])
    # A browser leaves out a newline there, and puts in a table's body.
    return _spelled("".join(pieces).replace("<pre>\n", "<pre>")) == _spelled(_COMPARER.clean(markup))


def _is_quick(markup: str) -> bool:
    return len(markup) <= _MAX_CLEANED and len(_REOPENS.findall(markup)) * markup.count("<") <= _MAX_REOPENED


def _spelled(markup: str) -> str:
    bodies = markup.replace("<tbody>", "").replace("</tbody>", "")
    return _STYLE.sub(lambda style: re.sub(r"\s*([:;,])\s*", r"\1", style[0]).replace(';"', '"'), bodies)


def without_macros(text: str) -> str:
    """The same to a reader, but no macro of MathJax: a character of no width stands in each."""
    return _MACROS.sub("\\\\" + _ZERO_WIDTH, text)
