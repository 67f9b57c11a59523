"""A student's work made safe to look at, in any page that shows it to somebody else.

What a page may hold is a short list, not all but what is known to be dangerous. Nothing here reads or
changes a score, and nothing here knows which page it is for.
"""

from autograder.pages.files import is_active
from autograder.pages.inert import make_inert
from autograder.pages.markup import embedded

__all__ = ["embedded", "is_active", "make_inert"]
