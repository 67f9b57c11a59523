"""Files that a browser would run if a server handed them out."""

import mimetypes
from pathlib import PurePath

_RUNS = {"text/html", "text/xml", "application/xml", "application/xslt+xml", "multipart/related"}


def is_active(path: PurePath) -> bool:
    """Whether a browser runs scripts in a file of this name.

    Formgrader serves the files beside an autograded notebook from its own origin, with the type that
    ``mimetypes`` gives their name; a script in one would hold the instructor's session.
    """
    kind, packed = mimetypes.guess_type(path.name)
    return packed is None and kind is not None and (kind in _RUNS or kind.endswith("+xml"))
