"""A function's score as the outputs of its check cell: what nbgrader reads, then what the student reads."""

import html
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode

from autograder.models import FunctionResult, ItemResult

HINT = "A hint:"

_STYLE = {
    "table": "border-collapse:collapse;width:100%;margin:.5em 0;font-size:14px",
    "cell": "text-align:left;vertical-align:top;padding:.4em .6em;border-top:1px solid #ddd;white-space:normal",
    "points": "text-align:right;vertical-align:top;padding:.4em .6em;border-top:1px solid #ddd;white-space:nowrap",
}
_SIGN = {True: ("passed", "#1a7f37"), False: ("not passed", "#b35900")}


def check_outputs(
    name: str,
    function: FunctionResult,
    visible: Sequence[dict[str, Any]],
    notes: Sequence[str] = (),
    hint: str = "",
) -> list[NotebookNode]:
    """The outputs of a check cell.

    nbgrader's ``determine_grade`` takes the first output that it understands, so the score comes
    first, as the text of a plain finite float between 0 and the cell's points; whatever the visible
    asserts printed stands behind the table, where it cannot touch the score.

    Args:
        name: The graded function.
        function: Its result.
        visible: nbformat outputs of the cell's own visible asserts.
        notes: Lines about the whole submission, to be shown above the table.
        hint: That of the misconception which the function behaves like; shown below the table.
    """
    shown = {
        "text/plain": _as_text(name, function, notes, hint),
        "text/html": _as_html(name, function, notes, hint),
    }
    return [
        score_output(min(max(float(function.score), 0.0), float(function.max_score))),
        output({"output_type": "display_data", "metadata": {}, "data": shown}),
        *(output(one) for one in visible),
    ]


def score_output(score: float) -> NotebookNode:
    """The output of a check cell that nbgrader takes for its score."""
    data = {"text/plain": repr(score)}
    return output({"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data})


def output(fields: dict[str, Any]) -> NotebookNode:
    """An nbformat output of plain fields."""
    return NotebookNode(
        {key: NotebookNode(value) if isinstance(value, dict) else value for key, value in fields.items()}
    )


def points(value: float) -> str:
    """Points for people: ``2``, ``2.5``."""
    return f"{value:g}"


def _heading(name: str, function: FunctionResult) -> str:
    return f"{name}: {points(function.score)} of {points(function.max_score)} points"


def _as_text(name: str, function: FunctionResult, notes: Sequence[str], hint: str) -> str:
    lines = [*notes, _heading(name, function)]
    for item in function.items:
        earned = points(item.points) if item.passed else "0"
        lines.append(f"  [{'x' if item.passed else ' '}] {earned}/{points(item.points)}  {item.line}")
        if not item.passed:
            lines.append(f"        {item.message}")
    if hint:
        lines.append(f"  {HINT} {hint}")
    return "\n".join(lines)


def _as_html(name: str, function: FunctionResult, notes: Sequence[str], hint: str) -> str:
    rows = "".join(map(_row, function.items))
    above = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    below = f"<p><strong>{HINT}</strong> {html.escape(hint)}</p>" if hint else ""
    return (
        f"{above}<p><strong>{html.escape(_heading(name, function))}</strong></p>"
        f'<table style="{_STYLE["table"]}"><tbody>{rows}</tbody></table>{below}'
    )


def _row(item: ItemResult) -> str:
    sign, colour = _SIGN[item.passed]
    seen = "" if item.passed else f'<br><span style="color:#555">{html.escape(item.message)}</span>'
    earned = points(item.points) if item.passed else "0"
    return (
        f'<tr><td style="{_STYLE["points"]};color:{colour};width:6em">{sign}</td>'
        f'<td style="{_STYLE["cell"]}">{html.escape(item.line)}{seen}</td>'
        f'<td style="{_STYLE["points"]};width:5em">{earned} / {points(item.points)}</td></tr>'
    )
