"""A released assignment, put into a gradebook that does not know it."""

import copy

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveCells


def register(release: NotebookNode, gradebook: Gradebook, assignment: str, notebook: str) -> None:
    """Give a gradebook the rows that ``nbgrader generate_assignment`` gives it.

    nbgrader's own ``SaveCells`` writes them, in a second session. It sees in the release what it sees
    when it generates: only hidden tests in cells, which a marked source cannot have, come out later.

    Args:
        release: The released notebook, which carries nbgrader's metadata; it is not changed.
        gradebook: The gradebook, open, in a file or on a server.
        assignment: The assignment's name.
        notebook: The notebook's name.
    """
    gradebook.update_or_create_assignment(assignment)
    url = gradebook.engine.url.render_as_string(hide_password=False)
    resources = {"nbgrader": {"notebook": notebook, "assignment": assignment, "db_url": url}}
    SaveCells().preprocess(copy.deepcopy(release), resources)
    gradebook.db.expire_all()
