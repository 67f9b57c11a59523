"""A released assignment, put into a gradebook that does not know it."""

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveCells


def register(release: NotebookNode, gradebook: Gradebook, assignment: str, notebook: str) -> None:
    """Give a gradebook the rows that ``nbgrader generate_assignment`` gives it.

    Args:
        release: The released notebook, which carries nbgrader's metadata.
        gradebook: The gradebook, open.
        assignment: The assignment's name.
        notebook: The notebook's name.
    """
    gradebook.update_or_create_assignment(assignment)
    url = gradebook.engine.url.render_as_string(hide_password=False)
    resources = {"nbgrader": {"notebook": notebook, "assignment": assignment, "db_url": url}}
    SaveCells().preprocess(release.copy(), resources)
    gradebook.db.expire_all()
