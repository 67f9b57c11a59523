"""Text that a spreadsheet would run as a formula, made harmless in a way that can be undone exactly.

OWASP's page "CSV Injection" names the first characters and the remedy, an apostrophe before them. A cell may also begin
in the middle of a text: where a spreadsheet splits lines at another separator than ours (semicolons, in half of Europe)
it takes no notice of our quotes, so the remedy stands after each separator and line end, too.
"""

import html
import re

_BEFORE = r"(?:^|(?<=[;,\t\r\n]))"
_FILLING = r"[\s'\"\0]*"  # what a spreadsheet may pass over before it meets a formula
_SIGNS = "=+@\\-\uff1d\uff0b\uff20\uff0d"  # the last four are the wide forms of East Asian keyboards
_BEGIN = rf"(?={_FILLING}[{_SIGNS}]\s*[^\s;,])"  # a sign alone, as Moodle writes for "none", is no formula
_FORMULA = re.compile(_BEFORE + _BEGIN)
_MADE_HARMLESS = re.compile(_BEFORE + "'" + _BEGIN)
_CANVAS_QUOTED = re.compile(r'="(\s*=.*)"', re.DOTALL)
_AFTER_SEPARATOR = re.compile(rf"(?<=[;,\t\r\n]){_FILLING}[{_SIGNS}][{_SIGNS}\s'\"]*")


def harmless(text: str) -> str:
    """The text with an apostrophe wherever a cell of a spreadsheet could begin with a formula.

    >>> harmless("=cmd()"), harmless("Zoe; -1"), harmless("O'Brien-Smith")
    ("'=cmd()", "Zoe;' -1", "O'Brien-Smith")
    """
    return _FORMULA.sub("'", text)


def original(text: str) -> str:
    """What `harmless` was given, or what Canvas was: it writes a name that begins with ``=`` as ``="=name"``.

    >>> original("'=cmd()"), original('="=cmd()"'), original("'t Hooft")
    ('=cmd()', '=cmd()', "'t Hooft")
    """
    quoted = _CANVAS_QUOTED.fullmatch(text)
    return quoted[1] if quoted else _MADE_HARMLESS.sub("", text)


def as_html(text: str) -> str:
    """A comment as the HTML that Moodle shows as just this text, with no sign of a formula behind a separator."""
    lines = "<br>".join(html.escape(line) for line in text.splitlines())
    return _AFTER_SEPARATOR.sub(lambda run: re.sub(f"[{_SIGNS}]", lambda sign: f"&#{ord(sign[0])};", run[0]), lines)
