"""CSV files as vendors and spreadsheets write them: any of three separators, with or without a byte order mark."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.errors import AutograderError
from autograder.files import write_atomically

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = (",", ";", "\t")
_LARGEST = 50_000_000  # bytes; a roster of a whole university is smaller
_REMEDY = "Download it from the LMS again, as CSV"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        line: The line of the file on which it ends, from 1.
        cells: Its cells, as many as the header has.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, without rows that are blank."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def has(self, name: str) -> bool:
        """Whether there is a column of that name, in any case."""
        return self._index(name) is not None

    def cell(self, row: Row, name: str) -> str:
        """A cell without the spaces around it; empty where the table has no such column."""
        index = self._index(name)
        return "" if index is None else row.cells[index].strip()

    def _index(self, name: str) -> int | None:
        wanted = name.casefold()
        return next((at for at, column in enumerate(self.header) if column.strip().casefold() == wanted), None)


def read_table(path: Path) -> Table:
    """Read a CSV file in UTF-8 or UTF-16, its cells parted by commas, semicolons or tabs.

    Raises:
        AutograderError: There is no such file, or it is no table.
    """
    text = _text(path)
    if text.startswith("sep="):  # a line that Excel understands
        text = text.partition("\n")[2]
    lines = partial(io.StringIO, newline="")  # line ends inside of quotes stay as they are
    try:
        separator = max(_SEPARATORS, key=lambda one: len(next(csv.reader(lines(text), delimiter=one))))
        reader = csv.reader(lines(text), delimiter=separator, strict=True)
        header = tuple(next(reader))
        rows = tuple(
            _row(path, reader.line_num, cells, len(header)) for cells in reader if any(cell.strip() for cell in cells)
        )
    except StopIteration:
        raise AutograderError("the file is empty", where=str(path), remedy=_REMEDY) from None
    except csv.Error as error:
        raise AutograderError(f"this is no CSV ({error})", where=str(path), remedy=_REMEDY) from error
    return Table(header, rows)


def write_table(path: Path, rows: Iterable[Sequence[str]], *, mark: bool = False) -> None:
    """Write rows as RFC 4180 has it, in UTF-8, all or nothing.

    Args:
        path: The file.
        rows: The header, then the rows.
        mark: Whether to begin with a byte order mark, by which Excel knows UTF-8.

    Raises:
        AutograderError: The file cannot be written.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    try:
        write_atomically(path, text.getvalue().encode("utf-8-sig" if mark else "utf-8"))
    except OSError as error:
        raise AutograderError(
            f"the file cannot be written ({error.strerror})", where=str(path), remedy="Name another one with --to"
        ) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise AutograderError("the file is too large to be a table of students", where=str(path), remedy=_REMEDY)
        content = path.read_bytes()
    except OSError as error:
        raise AutograderError(f"the file cannot be read ({error.strerror})", where=str(path)) from error
    if content.startswith(b"PK\x03\x04"):
        raise AutograderError(
            "this is a spreadsheet or an archive, not CSV", where=str(path), remedy="Save it as 'CSV UTF-8'"
        )
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise AutograderError(
            "the file is not UTF-8, so names in it would be spoilt",
            where=str(path),
            remedy="Save it as 'CSV UTF-8', or download it again",
        ) from None


def _row(path: Path, line: int, cells: Sequence[str], width: int) -> Row:
    """A row as wide as the header: spreadsheets leave blank cells at the end away."""
    if any(cell.strip() for cell in cells[width:]):
        raise AutograderError(
            f"line {line} has {len(cells)} cells and the header {width}: perhaps a name in it needs quotes",
            where=str(path),
            remedy=_REMEDY,
        )
    return Row(line, (*cells, *[""] * (width - len(cells)))[:width])
