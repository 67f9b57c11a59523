"""What can be seen in a notebook without running it."""

import difflib
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator

from autograder.grading.matching import grade_id_of, is_locked, matched, text_differs
from autograder.notebooks import Kind, first_line
from autograder.sandbox.packages import importable
from autograder.selfcheck.expected import is_untouched
from autograder.selfcheck.findings import Finding
from autograder.selfcheck.names import code_of
from autograder.selfcheck.page import Page

_FRESH = "Fetch the assignment again and paste your functions into the fresh notebook."
_CHANGED = "This locked cell was changed: it is restored when grading, and a person may have to look at it."
_GONE = "The notebook has lost nbgrader's metadata, as some editors leave it: a person has to look at it."


def look(page: Page, packages: Collection[str] = (), files: Collection[str] = ()) -> Iterator[Finding]:
    """Everything that can be seen without running the notebook.

    Args:
        page: The notebook.
        packages: Further packages that the grader has.
        files: Names of the files beside the notebook, which may be modules.
    """
    yield from _metadata(page)
    yield from _locked(page)
    for function in page.expected.functions:
        yield from _function(page, function)
        yield from _parameters(page, function)
    yield from _imports(page, _known_modules(page, packages, files))


def _metadata(page: Page) -> Iterator[Finding]:
    ids = [grade_id_of(cell) for cell in page.notebook.cells]
    count = Counter(name for name in ids if name is not None)
    if page.expected.functions and not count:
        yield Finding("risk", "metadata-gone", _GONE, _FRESH)
    for name in (name for name, times in count.items() if times > 1):
        what = f"{count[name]} cells carry nbgrader's id '{name}', as copied cells do: one of them is taken."
        remedy = "Delete the copies, or paste their text into new cells."
        yield page.found(ids.index(name), "risk", "doubled-cell", what, remedy)


def _locked(page: Page) -> Iterator[Finding]:
    cells, release = page.notebook.cells, page.expected.release
    if release is None:
        for number, cell in enumerate(cells):
            if grade_id_of(cell) and is_locked(cell) and not is_untouched(cell):
                yield page.found(number, "risk", "locked-changed", _CHANGED, _FRESH)
        return
    match = matched(release.cells, list(cells))
    for n, released in enumerate(release.cells):
        if grade_id_of(released) is None or not is_locked(released):
            continue
        if (place := match.found.get(n)) is None:
            what = f"The locked cell '{first_line(released)}' is missing: a person may have to look at the notebook."
            yield Finding("risk", "locked-missing", what, _FRESH)
        elif text_differs(cells[place], released):
            yield page.found(place, "risk", "locked-changed", _CHANGED, _FRESH)


def _function(page: Page, function: str) -> Iterator[Finding]:
    own, places = page.own_cell(function), page.defining(function)
    if not places:
        yield from _undefined(page, function, own)
        return
    last = places[-1]
    if page.is_unwritten(last, function) and not (last == own and len(places) > 1):
        what = f"{function} is not written yet: it still raises NotImplementedError."
        remedy = "Write it, and delete the line that raises NotImplementedError."
        yield page.found(last, "function", "unwritten", what, remedy, function)
    elif own is not None and last > own and not page.is_unwritten(own, function):
        what = f"{function} is defined here again, below its own cell: this one counts."
        remedy = "Keep the one that is right, and delete the other."
        yield page.found(last, "risk", "defined-again", what, remedy, function)
    if page.codes[last].asks:
        what = f"The cell of {function} calls input() or getpass(): nobody is there to answer."
        yield page.found(last, "function", "asks", what, "Write the value into the code instead.", function)


def _undefined(page: Page, function: str, own: int | None) -> Iterator[Finding]:
    """What to say of a function that no cell defines; a cell that is no Python is told of when it is run."""
    if own is None:
        yield Finding("function", "missing", *_missing(page, function, None), function=function)
    elif page.notebook.cells[own].cell_type != "code":
        what = f"The cell of {function} is a {page.notebook.cells[own].cell_type} cell, which is not run."
        yield page.found(own, "function", "not-code", what, "Make it a code cell again.", function)
    elif page.codes[own].parsed:
        yield page.found(own, "function", "missing", *_missing(page, function, own), function)


def _missing(page: Page, function: str, own: int | None) -> tuple[str, str]:
    """What is seen of a function that no cell defines, and what to do."""
    graded = f"'# GRADED FUNCTION: {function}'"
    hidden = next((n for n, code in page.codes.items() if function in code.binds and page.is_demonstration(n)), None)
    if hidden is not None:
        what = f"{function} is defined in a demonstration only (cell {hidden + 1}), which is not run when grading."
        return what, f"Move it into the cell that begins with {graded}."
    first = page.notebook.cells[own].source.lstrip().partition("\n")[0].strip() if own is not None else ""
    if first.startswith("%%"):
        return f"The cell of {function} begins with {first}, so nothing in it is defined.", "Delete that line."
    indented = re.compile(rf"^[ \t]+def {function}\b", re.MULTILINE)
    inner = next((n for n, cell in enumerate(page.notebook.cells) if indented.search(cell.source)), None)
    if inner is not None:
        return f"{function} is defined inside of something else (cell {inner + 1}).", "Move it to the left margin."
    others = {name for code in page.codes.values() for name in code.functions} - set(page.expected.functions)
    here = set(page.codes[own].functions) & others if own is not None else set()
    close = [*sorted(here), *difflib.get_close_matches(function, sorted(others), 1, 0.8)]
    if close:
        return f"{function} is missing; it seems to be called {close[0]} here.", f"Name it {function} again."
    return f"{function} is missing: no cell defines it.", f"Write it into the cell that begins with {graded}."


def _parameters(page: Page, function: str) -> Iterator[Finding]:
    """Parameters that differ from the release's: checks call the function as it was released."""
    release, places = page.expected.release, page.defining(function)
    if release is None or not places:
        return
    sources = [cell.source for cell in release.cells if cell.cell_type == "code"]
    asked = next((code.parameters[function] for code in map(code_of, sources) if function in code.parameters), None)
    taken = page.codes[places[-1]].parameters.get(function)
    if asked is not None and taken is not None and not taken.takes(asked):
        what = f"{function} takes ({taken.text}), and the assignment calls it with ({asked.text})."
        yield page.found(places[-1], "function", "parameters", what, f"Write: def {function}({asked.text}):", function)


def _imports(page: Page, known: Collection[str]) -> Iterator[Finding]:
    for place, code in page.codes.items():
        if page.is_demonstration(place):
            continue
        for module, function in code.imports:
            if module.partition(".")[0] in known:
                continue
            graded = function if function in page.expected.functions else None
            graded = graded or next((one for one in page.expected.functions if page.own_cell(one) == place), None)
            costs = ", and the rest of the cell is not run"
            if graded is not None:
                costs = f" when {graded} is called" if function else f", and {graded} is not defined"
            what = f"The grader has no module {module}, so this import fails there{costs}."
            remedy = "Delete the import, and do without it or with numpy."
            yield page.found(place, "function" if graded else "risk", "import", what, remedy, graded)


def _known_modules(page: Page, packages: Collection[str], files: Collection[str]) -> frozenset[str]:
    """Modules that can be imported when grading: Python's, the grader's, released ones, those that given cells use."""
    given = [n for n in page.codes if page.kind(n) is Kind.GIVEN]
    return frozenset(
        {
            *sys.stdlib_module_names,
            *(name.split(".")[0] for name in importable(tuple(packages))),
            *(name.removesuffix(".py") for name in files if name.endswith(".py")),
            *(module.partition(".")[0] for n in given for module, _ in page.codes[n].imports),
        }
    )
