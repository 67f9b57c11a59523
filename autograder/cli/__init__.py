"""The command ``autograder``: a thin layer that reads the course's configuration and prints results.

Nothing is decided here; every command is a few calls of the packages below. It is the only place
that prints errors, one line each.
"""

import sys

# jsonschema, which nbformat brings, builds a grammar of internationalized addresses when it is imported: a
# second of every command, for a format that no notebook's schema uses. It does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from autograder.cli.program import main  # noqa: E402

__all__ = ["main"]
