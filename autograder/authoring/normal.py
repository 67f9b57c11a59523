"""Text in a form in which a reformatted line of code is still the same line."""

import ast
import io
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from autograder.authoring.syntax import parse


class Form(NamedTuple):
    """A line or statement: its normal form, its text as written or as Python would write it, where it began."""

    normal: str
    text: str
    line: int


def forms(source: str) -> Iterator[Form]:
    """Every line of a text and, where it is Python, every statement, of a compound one its first line.

    A normal form has no spaces, no comment and one kind of quotes; commented-out code counts as code.

    Args:
        source: Any text.
    """
    yield from line_forms(source)
    try:
        tree = parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield from _form(_head(node), node.lineno - 1)


def line_forms(source: str) -> Iterator[Form]:
    """Every line of a text that is not empty, in normal form."""
    for number, line in enumerate(source.split("\n")):
        yield from _form(line, number)


def squeezed(text: str) -> str:
    """A text without spaces, and with one kind of quotes."""
    return "".join(text.split()).replace('"', "'")


def _form(text: str, line: int) -> Iterator[Form]:
    normal = squeezed(_without_comment(text.strip().lstrip("#")))
    if normal:
        yield Form(normal, text.strip(), line)


def _head(node: ast.stmt) -> str:
    """The statement as Python writes it, without its block."""
    try:
        text = ast.unparse(node)
    except (RecursionError, ValueError):
        return ""
    first = text.split("\n", 1)[0]
    return first if hasattr(node, "body") else text


def _without_comment(line: str) -> str:
    """The line up to its comment, also where the line alone is no statement."""
    if "#" not in line:
        return line
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.strip()).readline):
            if token.type == tokenize.COMMENT:
                return line.strip()[: token.start[1]]
    except (tokenize.TokenError, SyntaxError):
        pass
    return line
