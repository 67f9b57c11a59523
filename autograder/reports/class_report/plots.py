"""The page's pictures: SVG from matplotlib, with real text, in the colours of the page they stand in."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.reports.class_report.bins import Bin
from autograder.reports.class_report.model import Task

_WIDTH: Final = 5.2  # inches, 72 of the page's pixels each, so that letters are readable on a phone as they are
# Each colour is a name that the page's style sheet fills in, by day and by night.
_COLOURS: Final = {
    "ink": "#010101", "muted": "#020202", "line": "#030303", "bar": "#040404", "pass": "#050505", "part": "#060606",
    "fail": "#070707", "alert": "#080808",
}  # fmt: skip
_SETTINGS: Final = {
    "svg.fonttype": "none", "svg.hashsalt": "report", "text.parse_math": False,
    "font.size": 11.0, "font.family": "sans-serif",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": _COLOURS["muted"],
    "axes.labelcolor": _COLOURS["ink"], "text.color": _COLOURS["ink"], "xtick.color": _COLOURS["muted"],
    "ytick.color": _COLOURS["muted"], "xtick.labelcolor": _COLOURS["ink"], "ytick.labelcolor": _COLOURS["ink"],
    "grid.color": _COLOURS["line"], "hatch.color": _COLOURS["ink"], "hatch.linewidth": 0.6,
}  # fmt: skip


def histogram(name: str, bins: Sequence[Bin], axis: str, *, mark: tuple[float, str] | None = None) -> str:
    """Students over bins, each bar a link to its row of the table below.

    Args:
        name: Of the picture, unique in the page.
        bins: The bins, left to right.
        axis: What the horizontal axis shows.
        mark: A place in bins from the left, and what is there.
    """

    def draw(axes: Any) -> None:
        bars = axes.bar(range(len(bins)), [len(one.students) for one in bins], width=0.92, align="edge")
        for bar, one in zip(bars, bins, strict=True):
            bar.set_facecolor(_COLOURS["bar"])
            if one.students:
                bar.set_url(f"#{one.key}")
        every = max(1, -(-len(bins) * max(len(one.short) for one in bins) // 44))
        places = range(0, len(bins), every)
        axes.set_xticks(places, [bins[n].short for n in places])
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.set(xlabel=axis, ylabel="students", xlim=(-0.1, len(bins)), ylim=(0, None))
        if mark is not None:
            axes.axvline(mark[0], color=_COLOURS["alert"], linestyle="--")
            left = mark[0] > len(bins) / 2
            axes.annotate(
                mark[1], (mark[0], 1), (-4 if left else 4, -2), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="right" if left else "left", va="top", color=_COLOURS["alert"],
            )  # fmt: skip

    return _svg(name, 2.6, draw)


def functions_bars(name: str, functions: Sequence[Task]) -> str:
    """For each function the share of submissions with all, some and none of its points.

    Args:
        name: Of the picture, unique in the page.
        functions: Figures of the functions; each was met by at least one submission.
    """

    def draw(axes: Any) -> None:
        for row, one in enumerate(functions):
            parts = (one.passed, one.partial, one.of - one.passed - one.partial)
            left = 0.0
            for count, colour, hatch in zip(parts, ("pass", "part", "fail"), ("", "///", "xxx"), strict=True):
                share = 100 * count / one.of
                axes.barh(row, share, left=left, height=0.42, color=_COLOURS[colour], hatch=hatch,
                          edgecolor=_COLOURS["ink"], linewidth=0.4)  # fmt: skip
                left += share
            axes.text(0, row - 0.28, one.id, va="bottom")
        axes.set(xlim=(0, 100), ylim=(len(functions) - 0.7, -0.75), xlabel="% of submissions")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)

    return _svg(name, 0.9 + 0.55 * len(functions), draw)


def items_plot(name: str, items: Sequence[Task]) -> str:
    """Items by the share that passed and by how well they separate, each with its interval and a link to its row.

    Args:
        name: Of the picture, unique in the page.
        items: Figures of items that have a separation.
    """
    known = [(one, one.separation) for one in items if one.separation is not None]

    def draw(axes: Any) -> None:
        axes.axhline(0, color=_COLOURS["muted"], linewidth=0.8)
        for one, apart in known:
            share = 100 * one.passed / one.of
            colour = _COLOURS["alert"] if one.remark else _COLOURS["bar"]
            axes.plot([share, share], [apart.low, apart.high], color=colour, linewidth=0.7, alpha=0.5)
            dot = axes.scatter([share], [apart.r], s=34, color=colour, marker="X" if one.remark else "o", zorder=3)
            dot.set_urls([f"#item-{one.id}"])
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        least = min(100 * one.passed / one.of for one, _ in known)
        axes.set(xlim=(least // 10 * 10 - 2, 102), ylim=(min(-0.1, *(apart.low for _, apart in known)), 1.02),
                 xlabel="% of submissions that passed", ylabel="separation")  # fmt: skip

    return _svg(name, 2.9, draw)


def _svg(name: str, height: float, draw: Callable[[Any], None]) -> str:
    """Draw, and make of it SVG for the inside of a page."""
    with rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        draw(axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _for_page(file.getvalue(), name)


def _for_page(svg: str, name: str) -> str:
    """Only the drawing, its ids unique in the page, its colours the page's, its links left to the mouse.

    The table beside it says the same: readers of a screen and users of a keyboard take that one.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*|<style.*?</style>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|url\(#|xlink:href="#(?=m[0-9a-f]{10}))', rf"\g<1>{name}-", svg)
    svg = svg.replace("<a xlink:href=", '<a tabindex="-1" href=')
    svg = re.sub(r"font-family: [^;\"]*; ?", "", svg)
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r'\1 aria-hidden="true" focusable="false"', svg, count=1)
    for colour, value in _COLOURS.items():
        svg = svg.replace(value, f"var(--{colour})")
    return svg
