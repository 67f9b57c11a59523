"""The check of one notebook: read it, look at it, run it, and say what to mend."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from autograder.grading.attempts import Options
from autograder.grading.reading import UnreadableNotebookError, read_notebook
from autograder.selfcheck.aftermath import aftermath, cells_of
from autograder.selfcheck.expected import Expected
from autograder.selfcheck.findings import Finding, Report, worst_first
from autograder.selfcheck.looking import look
from autograder.selfcheck.names import needed
from autograder.selfcheck.page import Page
from autograder.selfcheck.running import Ran, Work, run_notebook

# What systems and browsers make of the name of a file that is there already.
_COPY = re.compile(
    r"^(.+?)(?:[ _-]*\(\d+\)|[ _-]+Copy\d*|[ _-]copy(?:[ _-]?\d+)?|\.ipynb)*\.ipynb(?:\.(?:txt|json))?$", re.IGNORECASE
)
_MOST_FILES = 1000  # a folder of downloads may hold any number
_UNSEEN = "Hidden checks are not run: a function that is there, and passes its visible example, can still be wrong."
_NO_RELEASE = (
    "Without the notebook as it was released (--release FILE), deleted cells, changed parameters and a wrong file name "
    "are seen only in part."
)
_OWN_FILES = "Files beside your notebook could be read here; which of them the grader has is not known."


def self_check(
    name: str,
    content: bytes,
    expected: Expected | None,
    options: Options,
    packages: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
    run: Callable[[Work], Ran] = run_notebook,
) -> Report:
    """Check a student's notebook.

    Args:
        name: The file's name.
        content: Its bytes.
        expected: What the release tells of the assignment, or None where there is none at hand.
        options: Limits that the grader has.
        packages: Packages that the grader has besides its usual ones.
        files: Files that the notebook may read, by name.
        run: Runs the cells.

    Raises:
        CourseError: The cells can't be run here at all.
    """
    files = files or {}
    try:
        notebook = read_notebook(content, options.max_bytes)
    except UnreadableNotebookError as error:
        remedy = "Open it in JupyterLab and save it again, or go back to an earlier copy of it."
        lost = Finding("everything", "unreadable", str(error), remedy)
        return Report(name, False, (lost,), expected.functions if expected else (), "Nothing was run.", (_UNSEEN,))
    page = Page.of(notebook, expected or Expected.of_notebook(notebook))
    findings = [*_file_name(name, page.expected), *_another_file(page), *look(page, packages, files)]
    functions = page.expected.functions
    names = sorted({name for one in functions for name in needed(one, page.codes.values())})
    ran = run(Work(cells_of(page), functions, tuple(names), options.limits, tuple(packages), files))
    findings += aftermath(page, ran, findings)
    unseen = [_UNSEEN, *[_NO_RELEASE] * (expected is None), *[_OWN_FILES] * (expected is None and bool(files))]
    where = f"The cells were run from top to bottom in {ran.where}."
    return Report(name, not findings, worst_first(findings), functions, where, tuple(unseen))


def _file_name(name: str, expected: Expected) -> Iterator[Finding]:
    copied = _COPY.match(name)
    right = expected.name or (f"{copied[1]}.ipynb" if copied else None)
    if right is not None and right != name:
        yield Finding(
            "risk",
            "file-name",
            f"The file is called '{name}'; the grader looks for '{right}'.",
            f"Rename it to {right} before you hand it in, and hand in no other notebook beside it.",
        )


def _another_file(page: Page) -> Iterator[Finding]:
    functions = page.expected.functions
    if not functions:
        what = "The notebook holds no graded function: is it the right file?"
        remedy = "Hand in the notebook that you fetched; its graded cells begin with '# GRADED FUNCTION'."
        yield Finding("everything", "no-function", what, remedy)
    elif all(page.own_cell(one) is None and not page.defining(one) for one in functions):
        what = "The notebook holds none of the assignment's functions: is it the right file?"
        yield Finding("everything", "no-function", what, f"The assignment grades {', '.join(functions)}.")


def beside(path: Path, most: int = 16 * 2**20) -> dict[str, bytes]:
    """Small files beside a notebook, which it may read when it is run here; other notebooks are left out.

    Args:
        path: The notebook.
        most: Bytes in all of them together; files beyond that are left out.
    """
    files: dict[str, bytes] = {}
    for one in sorted(path.parent.iterdir())[:_MOST_FILES]:
        with suppress(OSError):  # what the student may not read the notebook can't read either
            size = one.stat().st_size if one.is_file() else most + 1
            if size <= most and ".ipynb" not in one.name and not one.name.startswith("."):
                files[one.name], most = one.read_bytes(), most - size
    return files
