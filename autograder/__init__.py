"""An auto-graded assignment platform for numpy notebooks: hidden pytest checks, a sandbox, and nbgrader.

A course's ``nbgrader_config.py`` ends with ``autograder.configure(c)``; everything else is the command
``autograder``. Nothing of a course is ever loaded from this package's own folder.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.frame import configure

__all__ = ["configure"]


def __getattr__(name: str) -> Any:
    """Load nbgrader only when a course is configured, so that the sandbox's modules stay light."""
    if name == "configure":
        from autograder.frame import configure

        return configure
    raise AttributeError(name)
