"""The page inside nbgrader: its command, its Python API and formgrader's button all make it."""

import html
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from autograder.reports.feedback.grades import Gradings
from autograder.reports.feedback.page import page

_MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
# MathJax evaluates its own configuration; nothing else on nbgrader's page is a script.
_POLICY = (
    f"default-src 'none'; script-src {_MATHJAX} 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data:; "
    f"font-src {_MATHJAX}; base-uri 'none'; form-action 'none'"
)


class FeedbackExporter(HTMLExporter):
    """``c.GenerateFeedback.exporter_class``: our page, or nbgrader's own for a notebook that is none of ours."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of one student's autograded notebook."""
        names = (resources or {}).get("nbgrader")
        if names is not None:
            student, notebook = names["student"], names["notebook"]
            gradings = Gradings(names["db_url"], names["assignment"], student)
            ours = page(Path(filename).read_bytes(), gradings.of(student, notebook))
            if ours is not None:
                return ours, {"output_extension": self.file_extension, **(resources or {})}
        shown: tuple[str, dict[str, Any]] = super().from_filename(filename, resources, **kw)
        return shown

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Nbgrader's own page, which forbids the browser all scripts but MathJax's."""
        shown, resources = super().from_notebook_node(nb, resources, **kw)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}"/>'
        return shown.replace("<head>", f"<head>\n{policy}", 1), resources
