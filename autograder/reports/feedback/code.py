"""Python as coloured, numbered lines."""

import html
from functools import lru_cache

from markupsafe import Markup
from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES, Comment, Keyword, Name, Number, Operator, String, _TokenType

_LONGEST = 50_000  # characters; above it, a cell is shown without colours
# Few colours read more calmly than many: these kinds have one, all others that of text.
_COLOURED = (Comment, String, Number, Keyword, Operator.Word, Name.Function, Name.Class, Name.Builtin, Name.Decorator)


@lru_cache(maxsize=1024)  # a class shares most cells of its notebooks
def code(source: str) -> Markup:
    """A cell's lines, each in an element that a style sheet can number, and indent where it is wrapped."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).rstrip("\n")
    lines: list[list[str]] = [[]]
    for kind, text in _tokens(source):
        name = _class(kind)
        for number, piece in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if piece:
                shown = html.escape(piece, quote=False)
                lines[-1].append(f'<span class="{name}">{shown}</span>' if name else shown)
    indents = (len(line) - len(line.lstrip(" ")) for line in source.split("\n"))
    rows = "".join(
        f'<span class="line" style="--indent:{indent}">{"".join(line)}</span>'
        for line, indent in zip(lines, indents, strict=True)
    )
    return Markup(rows)  # noqa: S704 - every piece of text was escaped above


def _tokens(source: str) -> list[tuple[_TokenType, str]]:
    if len(source) > _LONGEST:
        return [(Name, source)]
    tokens = list(lex(source, PythonLexer(stripnl=False, ensurenl=False)))
    return tokens or [(Name, source)]


def _class(kind: _TokenType) -> str:
    found = next((one for one in _COLOURED if kind in one), None)
    return "" if found is None else STANDARD_TYPES[found]
