"""``pytest checks --submission NOTEBOOK``: an author's run of the check items against one notebook."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from autograder.course import Course, read_own_notebook
from autograder.errors import CourseError
from autograder.grading.calling import ForkedSubmission
from autograder.grading.choosing import best_match
from autograder.grading.items import CheckItem
from autograder.grading.plugin import course_root
from autograder.grading.provided import Folder
from autograder.grading.reading import UnreadableNotebookError, read_notebook, read_submission
from autograder.grading.restoring import restore
from autograder.grading.running import RunningSubmission, cells_to_run
from autograder.notebooks import graded_names
from autograder.sandbox import Limits, Sandbox


def answer_from_notebook(
    path: Path,
    assignment: str | None,
    by_folder: Mapping[Path, tuple[CheckItem, ...]],
    folders: Mapping[Path, Folder],
) -> tuple[Path, Callable[[], None]]:
    """Run a notebook in the sandbox and let it answer the items of its assignment.

    Args:
        path: The notebook.
        assignment: Its assignment, or None to find out from its graded lines.
        by_folder: The collected items of each assignment's folder.
        folders: The folders' state, of which one gets a new callee.

    Returns:
        The assignment's folder, and a function that ends the sandbox.

    Raises:
        CourseError: The notebook cannot be read, or belongs to no collected assignment.
    """
    if not path.is_file():
        raise CourseError("there is no such file", where=str(path))
    content = read_submission(path)
    by_name = {folder.name: folder for folder in by_folder}
    name = assignment or best_match(
        content, {key: {item.function for item in by_folder[folder]} for key, folder in by_name.items()}
    )
    if name not in by_name:
        raise CourseError(f"no check items were collected for the assignment '{name}'", where=str(path))
    try:
        if isinstance(content, UnreadableNotebookError):
            raise content
        submitted = read_notebook(content)
    except UnreadableNotebookError as error:
        raise CourseError(str(error).rstrip("."), where=str(path)) from error
    release_path = Course(course_root(by_name[name])).release_notebook(name)
    release = read_own_notebook(release_path, remedy=f"Run: autograder build {name}")
    restored = restore(submitted, release)
    cells = cells_to_run(restored.notebook, demonstrations=False, stubs=restored.stubs)
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(Limits()))
        running = stack.enter_context(RunningSubmission(sandbox, Limits(submission_seconds=float("inf")), cells))
        running.run_cells(graded_names(release))
        folders[by_name[name]].callee_for = stack.enter_context(ForkedSubmission(running)).answering
        return by_name[name], stack.pop_all().close
