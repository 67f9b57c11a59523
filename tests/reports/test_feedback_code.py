"""A student's code as numbered lines, whatever it holds."""

import re
from html import unescape

import pytest

from autograder.reports.feedback.code import code
from autograder.reports.feedback.prose import prose

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/q842iQAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x < 1 & 2\n", "", "\n\nx = 1", "a\r\nb\rc", "a\x0cb\u2028c\x0bd", "'''open\n",
        "\tif x:\n\t\ty", "\ufeffx = 1", "x = '\x00'", "é = 'ä' # ☃\n\n\n",
        "<script>alert(1)</script>", "    ", "%matplotlib inline\n!ls",
        "x" * 60_000,
    ],
    ids=range(14),
)  # fmt: skip
def test_every_line_stands_there_and_is_text(source: str) -> None:
    shown = str(code(source))
    within = r'((?:<span class="\w+">[^<]*</span>|[^<])*)'
    lines = re.findall(rf'<span class="line" style="--indent:\d+">{within}</span>', shown)
    plain = [unescape(re.sub(r"<[^>]*>", "", line)) for line in lines]
    wanted = source.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).rstrip("\n").lstrip("\ufeff")
    assert plain == wanted.split("\n")


def test_a_cells_own_pictures_are_part_of_the_page() -> None:
    own = f'{{"net.png": {{"image/png": "{_PIXEL}"}}}}'
    assert f'src="data:image/png;base64,{_PIXEL}"' in prose("![a net](attachment:net.png)", attachments=own)
    assert "src=" not in prose("![a net](net.png) ![b](https://example.org/b.png)")
