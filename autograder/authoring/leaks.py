"""A release must hold no answer: no line of a solution, no hidden check, no output."""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence

from nbformat import NotebookNode

from autograder.authoring.tagging import BEGIN, END
from autograder.errors import CourseError
from autograder.notebooks import first_line

_SHORTEST = 12  # characters of a solution line, normalized, below which it is no answer ("return v")
_SHORTEST_CHECK = 20
_MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")


def refuse_leaks(
    source: NotebookNode, release: NotebookNode, check_sources: Sequence[str] = (), *, file: str = "release"
) -> None:
    """Refuse a release that holds an answer.

    Raises:
        CourseError: It does; with the first leak and its cell.
    """
    found = leaks(source, release, check_sources)
    if found:
        raise CourseError(
            f"the release would give answers away: {found[0]}",
            where=file,
            remedy="Mend the source notebook: an answer belongs between the solution markers only",
        )


def leaks(source: NotebookNode, release: NotebookNode, check_sources: Sequence[str] = ()) -> tuple[str, ...]:
    """What a release gives away, a line each.

    A line of a solution counts unless it also stands outside of the solutions in the source, where the
    author shows it on purpose. Lines are compared without comments, spaces and quotes.

    Args:
        source: The source notebook.
        release: The notebook made from it.
        check_sources: Texts of the hidden checks' files.
    """
    inside, outside = _solution_lines(source)
    secret = {line: "a line of the solution" for line in inside - outside if len(line) >= _SHORTEST}
    for text in check_sources:
        for line in set(_normalized(text.splitlines())) - outside:
            if len(line) >= _SHORTEST_CHECK:
                secret.setdefault(line, "a line of a hidden check")
    return tuple(_found(release, secret))


def _found(release: NotebookNode, secret: dict[str, str]) -> Iterator[str]:
    for number, cell in enumerate(release.cells, start=1):
        place = f"cell {number} '{first_line(cell)[:60]}'"
        yield from (f"{place} holds the marker {marker}" for marker in _MARKERS if marker in cell.source)
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield f"{place} holds an output"
        extra = json.dumps([cell.metadata, cell.get("attachments", {})], ensure_ascii=False)
        lines = [*cell.source.splitlines(), *extra.encode().decode("unicode_escape", "replace").splitlines()]
        for original in lines:
            for line in _normalized([original]):
                if line in secret:
                    yield f"{place} holds {secret[line]}: {original.strip()[:80]}"


def _solution_lines(source: NotebookNode) -> tuple[set[str], set[str]]:
    inside: list[str] = []
    outside: list[str] = []
    for cell in source.cells:
        target = outside
        for line in cell.source.splitlines():
            if line.strip() == BEGIN:
                target = inside
            elif line.strip() == END:
                target = outside
            else:
                target.append(line)
    return set(_normalized(inside)), set(_normalized(outside))


def _normalized(lines: Iterable[str]) -> Iterator[str]:
    """Lines without comments, spaces, and the author's choice of quotes."""
    for line in lines:
        text = _without_comment(line)
        text = re.sub(r"\s+", "", text).replace('"', "'").lstrip(">#-*`")
        if text:
            yield text


def _without_comment(line: str) -> str:
    stripped = line.strip().lstrip("#").strip()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(stripped).readline))
        ast.parse(stripped)
    except (tokenize.TokenError, SyntaxError, IndentationError, ValueError):
        return stripped
    comment = next((token for token in tokens if token.type == tokenize.COMMENT), None)
    return stripped[: comment.start[1]] if comment else stripped
