"""HTML that runs nothing, loads nothing and touches nothing around it: a grammar, and a way to get there.

`is_inert` is the wall: it knows only tags that have one reading (lower case, every value in double
quotes, opened and closed in order), so no browser can see in them what it did not. `cleaned` makes
what is harmless in other HTML pass it. A student chooses what is matched here, so no pattern may take
more than time in proportion to its text.
"""

import html
import re
from collections.abc import Iterator

_VOID = {"br", "hr", "img", "col", "wbr"}
_TAGS = _VOID | {
    *("a", "abbr", "b", "blockquote", "caption", "center", "cite", "code", "colgroup", "dd", "del", "details", "div"),
    *("dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre"),
    *("q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "tt", "u", "ul", "var"),
}
# What nbconvert makes of "- [x]", character for character.
_CHECKBOX = re.compile(r'<input class="task-list-item-checkbox" type="checkbox" disabled(?: checked)?/>')
_COMMENT = re.compile(r"<!-- [^<>-]*(?:-[^<>-]+)*-->")
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*) ?(/?)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')

_LOCAL_FILE = r"(?:\w[\w-]*(?:\.[\w-]+)*/)*\w[\w.-]*\.(?:png|jpe?g|gif|webp|svg|csv|txt|md|pdf|py|ipynb|np[yz])"
_PICTURE = re.compile(rf"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=%\s]*|{_LOCAL_FILE}")
_LINK = re.compile(rf"https?://[^\s/\\].*|mailto:[^\s]*|#.*|{_LOCAL_FILE}", re.DOTALL)
_NUMBER = re.compile(r"\d{1,4}%?")
_WORD = re.compile(r"[\w -]{0,40}")
_TEXT = re.compile(r".*", re.DOTALL)
# Pygments' one and two letters, nbconvert's and pandas' own names: none that a page's script listens to.
_CLASS = re.compile(r"[a-z]{1,2}[0-9]?|err|highlight|hl-\w+|language-[\w+-]+|anchor-link|dataframe|task-list-item")
_STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left"),
    *("border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width", "color"),
    *("font-family", "font-size", "font-style", "font-weight", "line-height", "list-style-type", "max-width"),
    *("margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "padding", "padding-bottom"),
    *("padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent"),
    *("vertical-align", "white-space", "width"),
}
# Nothing negative that could lay one thing over another, nothing that loads.
_STYLE_VALUE = re.compile(r"[\w .,%#()-]*")
_NO_STYLE_VALUE = re.compile(r"url|var|image|expression|attr|(?<!\w)-", re.IGNORECASE)
_VALUES: dict[str, re.Pattern[str]] = {
    "href": _LINK, "src": _PICTURE, "class": _TEXT, "style": _TEXT, "id": _TEXT, "alt": _TEXT, "title": _TEXT,
    "border": _NUMBER, "width": _NUMBER, "height": _NUMBER, "colspan": _NUMBER, "rowspan": _NUMBER, "start": _NUMBER,
    "align": _WORD, "valign": _WORD, "scope": _WORD, "color": _WORD, "size": _NUMBER,
}  # fmt: skip
_ONLY_ON = {"href": {"a"}, "src": {"img"}, "id": {"h1", "h2", "h3", "h4", "h5", "h6"}}
_MACROS = re.compile(
    r"\\(?=(?:href|url|class|style|cssId|data|require|bbox|action|toggle|mathtip|texttip|tip|mmlToken|unicode|"
    r"includegraphics|html\w*)(?![A-Za-z]))",
    re.IGNORECASE,
)
_UNSEEN = {"script", "style", "title", "template", "svg", "math", "iframe", "object", "select", "noscript", "textarea"}
_MAX_CLEANED = 300_000  # characters
_MAX_DEPTH = 60
_MAX_TAG = 300_000  # a picture's data stands in its tag
# Read generously, since what is written is of the grammar whatever was read.
_LOOSE_TAG = re.compile(r"<!--[^<>]*>|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[\s/][^<>]*)?)>")
_LOOSE_ATTRIBUTE = re.compile(r"""(?<![\w-])([a-zA-Z]{1,10})=(?:"([^"]*)"|'([^']*)'|([^\s"'=]+))""")
_ZERO_WIDTH = "\u200b"


def is_inert(markup: str, reserved: frozenset[str] = frozenset()) -> bool:
    """Whether HTML is of the grammar.

    Args:
        markup: A fragment of HTML.
        reserved: Ids that belong to the page, so that no heading may take them.
    """
    if "<" not in markup:
        return not has_macro(html.unescape(markup))
    if "\0" in markup:
        return False
    open_tags: list[str] = []
    for text, token in _pieces(markup):
        if has_macro(html.unescape(text)) and not {"pre", "code"} & set(open_tags):
            return False
        whole = _CHECKBOX.fullmatch(token) or _COMMENT.fullmatch(token)
        if token and not whole and not _is_fair(token, open_tags, reserved):
            return False
    return not open_tags


def has_macro(text: str) -> bool:
    """Whether TeX in it makes links, styles or ids: MathJax would, in all text outside of code."""
    return _MACROS.search(text) is not None


def without_macros(text: str) -> str:
    """The same to a reader, but no macro of MathJax: a character of no width stands in each."""
    return _MACROS.sub("\\\\" + _ZERO_WIDTH, text)


def cleaned(markup: str) -> str | None:
    """What is left of HTML when all that isn't of the grammar is taken away; None if that fails."""
    if is_inert(markup):
        return markup
    if len(markup) > _MAX_CLEANED:
        return None
    parts: list[str] = []
    open_tags: list[str] = []
    unseen, place = "", 0
    for match in _LOOSE_TAG.finditer(markup):
        if not unseen:
            parts.append(_as_text(markup[place : match.start()]))
        place = match.end()
        closing, tag, rest = bool(match[1]), (match[2] or "").lower(), match[3] or ""
        if unseen:
            unseen = "" if closing and tag == unseen else unseen
        elif tag in _UNSEEN:
            unseen = "" if closing else tag
        elif closing:
            parts.extend(_closing(tag, open_tags))
        elif tag in _TAGS and len(open_tags) < _MAX_DEPTH:
            parts.append(f"<{tag}{_kept_attributes(tag, rest)}>")
            open_tags += [] if tag in _VOID else [tag]
    parts.append("" if unseen else _as_text(markup[place:]))
    parts += [f"</{tag}>" for tag in reversed(open_tags)]
    left = "".join(parts)
    return left if is_inert(left) else None


def _as_text(markup: str) -> str:
    text = html.unescape(markup).replace("\0", "")
    return html.escape(without_macros(text), quote=False)


def _closing(tag: str, open_tags: list[str]) -> Iterator[str]:
    while tag in open_tags:
        yield f"</{open_tags[-1]}>"
        if open_tags.pop() == tag:
            return


def _kept_attributes(tag: str, rest: str) -> str:
    found = ((name.lower(), html.unescape(a or b or c)) for name, a, b, c in _LOOSE_ATTRIBUTE.findall(rest[:_MAX_TAG]))
    return "".join(
        f' {name}="{html.escape(value)}"' for name, value in found if name != "id" and _is_allowed(tag, name, value)
    )


def _pieces(markup: str) -> Iterator[tuple[str, str]]:
    """Text and the tag behind it; a tag that is not read as one comes with the rest of everything."""
    place = 0
    while (start := markup.find("<", place)) >= 0:
        match = next(filter(None, (form.match(markup, start) for form in (_TOKEN, _CHECKBOX, _COMMENT))), None)
        end = match.end() if match else len(markup)
        yield markup[place:start], markup[start:end]
        place = end
    yield markup[place:], ""


def _is_fair(token: str, open_tags: list[str], reserved: frozenset[str]) -> bool:
    match = _TOKEN.fullmatch(token)
    if match is None or match[2] not in _TAGS:
        return False
    closing, tag, attributes, alone = match.groups()
    if closing:
        return not attributes and not alone and bool(open_tags) and open_tags.pop() == tag
    if tag not in _VOID:
        if alone:
            return False
        open_tags.append(tag)
    seen = _ATTRIBUTE.findall(attributes)
    return all(
        _is_allowed(tag, name, html.unescape(value)) and (name != "id" or value not in reserved) for name, value in seen
    )


def _is_allowed(tag: str, name: str, value: str) -> bool:
    pattern = _VALUES.get(name)
    if pattern is None or tag not in _ONLY_ON.get(name, {tag}) or pattern.fullmatch(value) is None:
        return False
    if name == "class":
        return all(map(_CLASS.fullmatch, value.split()))
    return name != "style" or all(map(_is_fair_style, filter(str.strip, value.split(";"))))


def _is_fair_style(declaration: str) -> bool:
    name, _, value = declaration.partition(":")
    return (
        name.strip().lower() in _STYLES
        and _STYLE_VALUE.fullmatch(value.strip()) is not None
        and _NO_STYLE_VALUE.search(value) is None
    )
