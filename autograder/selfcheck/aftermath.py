"""What running the cells showed: cells that stop, hang or end everything, and functions that are not there."""

from collections.abc import Iterator, Sequence

from autograder.grading.running import RunCell, cells_to_run
from autograder.notebooks import Kind, read_mark
from autograder.sandbox import CellOutcome
from autograder.selfcheck.expected import is_untouched
from autograder.selfcheck.findings import Finding, Severity
from autograder.selfcheck.names import needed
from autograder.selfcheck.page import Page
from autograder.selfcheck.running import Ran

_NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")
_RESTART = "Choose 'Restart Kernel and Run All Cells', and mend what stops this cell, or delete it."


def cells_of(page: Page) -> tuple[RunCell, ...]:
    """The cells that grading runs; a stub that was left behind does not hide what another cell defines."""
    stubs = set()
    for name in page.expected.functions:
        own = page.own_cell(name)
        if own is None or not set(page.defining(name)) - {own}:
            continue
        if page.is_unwritten(own, name) and is_untouched(page.notebook.cells[own]):
            stubs.add(name)
    return cells_to_run(page.notebook, demonstrations=False, stubs=stubs)


def aftermath(page: Page, ran: Ran, known: Sequence[Finding]) -> list[Finding]:
    """What running the notebook showed besides what is known already."""
    found = [*_not_run(page, ran), *_cells(page, ran, known)]
    found += _functions(page, ran, [*known, *found])
    explained = {one.function for one in found if one.kind == "undefined-name"}
    return [one for one in found if one.kind != "example-failed" or one.function not in explained]


def _not_run(page: Page, ran: Ran) -> Iterator[Finding]:
    """The time of the whole notebook may be up before its last cells."""
    late = [cell.place for cell in cells_of(page) if cell.place not in ran.outcomes]
    if late:
        what = f"The notebook took too long here: this cell and the {len(late) - 1} after it were not run."
        remedy = "Grading has such a limit too: make the cells above faster, or long training a # DEMO cell."
        yield page.found(late[0], "everything", "too-slow", what, remedy)


def _cells(page: Page, ran: Ran, known: Sequence[Finding]) -> Iterator[Finding]:
    unwritten = {str(one.function) for one in known if one.kind in ("unwritten", "missing", "not-code")}
    for place, outcome in sorted(ran.outcomes.items()):
        mark = read_mark(page.notebook.cells[place])
        if outcome.status == "ok" or _follows(outcome, unwritten) or _is_told(place, outcome, known):
            continue
        if mark is not None and mark.kind is Kind.CHECK:
            if mark.name not in unwritten:
                yield _failed_example(page, place, mark.name, outcome)
        else:
            yield _failed_cell(page, place, outcome, ran)


def _follows(outcome: CellOutcome, unwritten: set[str]) -> bool:
    """Whether a cell stopped only because a function that is told of already is not written."""
    undefined = any(f"name '{name}' is not defined" in outcome.error for name in unwritten)
    return bool(unwritten) and (outcome.error.startswith("NotImplementedError") or undefined)


def _is_told(place: int, outcome: CellOutcome, known: Sequence[Finding]) -> bool:
    """Whether this is an import that was seen to be lacking before it was tried."""
    lacking = outcome.error.startswith(("ModuleNotFoundError", "ImportError"))
    return lacking and any(one.cell == place + 1 and one.kind == "import" for one in known)


def _failed_example(page: Page, place: int, function: str, outcome: CellOutcome) -> Finding:
    what = f"The visible example of {function} fails: {outcome.error}"
    remedy = "Mend the function until this cell runs without an error; the hidden checks ask for more."
    return page.found(place, "function", "example-failed", what, remedy, function)


def _failed_cell(page: Page, place: int, outcome: CellOutcome, ran: Ran) -> Finding:
    here = [one for one in page.expected.functions if place in page.defining(one) or page.own_cell(one) == place]
    lost = next((one for one in here if ran.bound is not None and not ran.is_function(one)), None)
    severity: Severity = "function" if lost else "risk"
    costs = f", so {lost} is not defined" if lost else ""
    kind, what, remedy = _why(outcome, costs)
    return page.found(place, severity, kind, what, remedy, lost)


def _why(outcome: CellOutcome, costs: str) -> tuple[str, str, str]:
    """The finding's kind, what was seen, and what to do."""
    error = outcome.error
    if outcome.status == "timeout":
        remedy = "Find the loop that never ends. Long training belongs into a # DEMO cell, which grading leaves out."
        return "endless", f"The cell does not end: {error}{costs}.", remedy
    if outcome.status == "died":
        remedy = "Take out what ends it, such as os._exit() or an array that is too large."
        return "ends-process", f"The cell ends the whole notebook's process: {error}{costs}.", remedy
    if "StdinNotImplementedError" in error:
        what = f"The cell asks for input, and nobody is there to answer{costs or '; the rest of it is not run'}."
        return "asks", what, "Take input() out, and write the value into the code."
    if error.startswith(_NO_PYTHON):
        return "syntax", f"The cell is no valid Python: {error}{costs}.", "Correct it, and run the cell again."
    rest = costs or "; the rest of the cell is not run"
    return "raises", f"Run from the top, the cell stops with {error}{rest}.", _RESTART


def _functions(page: Page, ran: Ran, known: Sequence[Finding]) -> Iterator[Finding]:
    """Functions that are not there after all, or that need what only the student's own kernel still has."""
    if ran.bound is None:
        return  # nobody could look
    told = {one.function for one in known if one.severity == "function" and one.kind != "example-failed"}
    lent = {name for n, code in page.codes.items() if page.is_demonstration(n) for name in code.binds}
    for function in page.expected.functions:
        places = page.defining(function)
        places = [n for n in places if n in ran.outcomes] or places  # not a stub that was left behind
        place = places[-1] if places else page.own_cell(function)
        if place is None or function in told or place not in ran.outcomes:
            continue
        if not ran.is_function(function):
            what = f"After the notebook has run there is no function {function} to call."
            remedy = (
                "Define it at the left margin, in no cell that begins with %%timeit, and give its name to nothing else."
            )
            yield page.found(place, "function", "missing", what, remedy, function)
        elif lacking := sorted(needed(function, page.codes.values()) - (ran.bound or set()) - lent):
            what = f"{function} uses {', '.join(lacking)}, which nothing defines when the notebook runs from the top."
            remedy = "Restart the kernel, run all cells, and define it in a cell that runs without an error."
            yield page.found(place, "function", "undefined-name", what, remedy, function)
