"""Python's own parser, with one kind of error and without its warnings."""

import ast
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell's or a module's text.

    Raises:
        SyntaxError: It is not Python: whatever the parser itself raises (null bytes give a ValueError,
            deep nesting a RecursionError or MemoryError) comes as this.
    """
    with _one_kind_of_error():
        return ast.parse(source)


def parses(source: str) -> bool:
    """Whether a text is Python."""
    try:
        parse(source)
    except SyntaxError:
        return False
    return True


def check_compiles(source: str) -> None:
    """Refuse what parses and still is no module, as a ``return`` outside of a function.

    Raises:
        SyntaxError: It cannot be compiled.
    """
    with _one_kind_of_error():
        compile(source, "<cell>", "exec", dont_inherit=True)


def explained(error: SyntaxError) -> str:
    """What is wrong and in which line of the text, in a few words."""
    return f"{error.msg}, line {error.lineno}" if error.lineno else str(error.msg)


@contextmanager
def _one_kind_of_error() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a cell is no business of a build
        try:
            yield
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or "too deeply nested") from error
