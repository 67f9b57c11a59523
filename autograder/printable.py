"""Text of strangers, made harmless to a terminal."""

from typing import Final

_STANDS_IN: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """The text without what would steer a terminal: escape sequences, marks that turn the direction of reading.

    Lines and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in "\n\t" else " " if one.isspace() else _STANDS_IN for one in text)


def on_one_line(text: str) -> str:
    """The text, printable, with a space for each end of a line: nothing in it looks like a line of the program's."""
    return printable(" ".join(text.splitlines()))
