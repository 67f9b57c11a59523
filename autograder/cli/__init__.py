"""The command ``autograder``: a thin layer that reads the course's configuration and prints results.

Nothing is decided here; every command is a few calls of the packages below. It is the only place
that prints errors, one line each.
"""

from autograder.cli.program import main

__all__ = ["main"]
