"""``python -m tests.attacks.table`` grades the hostile class at every level and writes the table into SECURITY.md."""

import tempfile
from pathlib import Path
from typing import Final

from .catalogue import ATTACKS, table
from .classroom import failures, grade_class
from .model import LEVELS

SECURITY: Final = Path(__file__).parents[2] / "SECURITY.md"
BEGIN: Final = "<!-- attacks -->"
END: Final = "<!-- end of attacks -->"


def main() -> None:
    """Grade, and write."""
    held = {}
    for level in LEVELS:
        with tempfile.TemporaryDirectory() as folder:
            graded = grade_class(Path(folder) / "course", level)
            ours = [one for one in ATTACKS if level in one.claims]
            held[level] = frozenset(one.id for one in ours if not failures(one, graded))
    before, _, rest = SECURITY.read_text().partition(BEGIN)
    SECURITY.write_text(f"{before}{BEGIN}\n{table(held)}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
