"""The command ``autograder``: a thin layer that reads the course's configuration and prints results.

Nothing is decided here; every command is a few calls of the packages below. It is the only place
that prints errors, one line each.
"""

import sys
from typing import NoReturn

# jsonschema, which nbformat brings, builds a grammar of internationalized addresses when it is imported: a
# second of every command, for a format that no notebook's schema uses. It does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

INTERRUPTED = 130  # what shells use for a program that Ctrl-C ended


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code: 0 done, 1 the answer is no, 2 wrong use or course."""
    try:
        from autograder.cli.program import run  # after the try: seconds in which people press Ctrl-C

        code = run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        print("autograder: interrupted; what was finished is kept, run it again to go on", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)
