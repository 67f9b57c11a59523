"""nbgrader's exchange, which says in one line why it failed and leaves nothing half copied.

nbgrader's own ends in a traceback on a full or unreadable disk, and a submission that was cut off there counts as the
student's newest.
"""

import glob
import os
import re
import shutil
from pathlib import Path
from typing import Any

from nbgrader.exchange import default
from nbgrader.utils import notebook_hash

from autograder.errors import first_reason


class _OneLine:
    """Before nbgrader's own class: what the disk says becomes nbgrader's own kind of error."""

    def start(self) -> Any:
        """Run nbgrader's step.

        Raises:
            ExchangeError: It failed; nbgrader's programs print it.
        """
        try:
            return super().start()  # type: ignore[misc]
        except (OSError, ValueError) as error:  # ValueError: a name in the exchange that no submission can have
            self._give_up(first_reason(error))

    def do_copy(self, src: str, dest: str, **kwargs: Any) -> None:
        """Copy a folder, whole or not at all."""
        existed = Path(dest).exists()
        try:
            super().do_copy(src, dest, **kwargs)  # type: ignore[misc]
        except (OSError, RuntimeError) as error:
            if not existed:
                shutil.rmtree(dest, ignore_errors=True)
            self._give_up(f"{dest} could not be written: {first_reason(error)}")

    def _give_up(self, reason: str) -> None:
        self.fail(f"{reason}. Nothing half copied was left; run this again")  # type: ignore[attr-defined]


class Submit(_OneLine, default.ExchangeSubmit):
    """Takes a submission back that could not be completed."""

    def copy_files(self) -> None:
        """Copy the submission into the exchange and into the student's own cache."""
        try:
            super().copy_files()
        except OSError as error:
            shutil.rmtree(Path(self.inbound_path) / self.assignment_filename, ignore_errors=True)
            self._give_up(first_reason(error))


class Collect(_OneLine, default.ExchangeCollect):
    """A folder of a submission that could not be copied is gone, so the next collection copies it."""


class ReleaseAssignment(_OneLine, default.ExchangeReleaseAssignment):
    """Students find the whole release or none."""


class ReleaseFeedback(_OneLine, default.ExchangeReleaseFeedback):
    """Releases a page under the name of the student's own notebook too, by which nbgrader fetches it.

    nbgrader itself puts each page in its place in one step.
    """

    def copy_files(self) -> None:
        """Release the pages."""
        super().copy_files()
        coursedir, name = self.coursedir, self.coursedir.assignment_id
        place = coursedir.format_path(coursedir.feedback_directory, "(?P<student>[^/]+)", name, escape=True)
        for page in glob.glob(os.path.join(self.src_path, f"{name}.html")):  # noqa: PTH118
            found = re.fullmatch(place, os.path.dirname(page))  # noqa: PTH120 - as nbgrader writes paths
            if found is not None and found["student"] not in coursedir.student_id_exclude.split(","):
                self._release_renamed(Path(page), found["student"])

    def _release_renamed(self, page: Path, student: str) -> None:
        coursedir, name = self.coursedir, self.coursedir.assignment_id
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, student, name))
        if (submitted / f"{name}.ipynb").exists():
            return
        secret = (page.parent / "submission_secret.txt").read_text()
        released = self._page(secret, name)
        for notebook in submitted.glob("[!.]*.ipynb"):
            of_a_second = page.with_name(f"{notebook.stem}.html").exists()
            if of_a_second or not notebook.stem.isprintable():  # bytes that are no text are no name to look for
                continue
            begun = released.with_suffix(".part")
            shutil.copy(released, begun)
            begun.replace(self._page(secret, notebook.stem))

    def _page(self, secret: str, notebook: str) -> Path:
        return Path(self.dest_path) / f"{notebook_hash(secret=secret, notebook_id=notebook)}.html"


class FetchAssignment(_OneLine, default.ExchangeFetchAssignment):
    """Half a fetched assignment would be in the way of the next fetch."""


class FetchFeedback(_OneLine, default.ExchangeFetchFeedback):
    """A home that is full says so."""


# By nbgrader's names of its plugins.
PARTS = {
    "submit": Submit,
    "collect": Collect,
    "release_assignment": ReleaseAssignment,
    "release_feedback": ReleaseFeedback,
    "fetch_assignment": FetchAssignment,
    "fetch_feedback": FetchFeedback,
}
