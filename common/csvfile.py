"""Reading a CSV file that a person wrote, whatever program saved it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError

_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True)
class Problem:
    """Something to mend in a file: `sentence` says all of it; row 0 is the file as a whole."""

    file: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Record:
    """One row of a file below its header: its number in the file and its cells by column."""

    row: int
    cells: dict[str, str]
    surplus: int = 0

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class CsvFile:
    """A CSV file as read: the header's row number, its columns, and every row with text in it."""

    header_row: int
    columns: list[str]
    records: list[Record]


def read_csv_file(path: Path) -> CsvFile:
    """Reads UTF-8 (with or without BOM), UTF-16 or Windows-1252; comma, semicolon or tab.

    Row numbers are those a spreadsheet shows. Raises InputError when it can't be read as CSV.
    """
    text, row = _decode(path), 0
    separator_line = _SEPARATOR_LINE.match(text)  # Excel's own hint, not a part of the table
    if separator_line:
        text, row = text[separator_line.end() :], 1
    delimiter = separator_line[1] if separator_line else _delimiter(text)
    lines: list[list[str]] = []
    try:
        lines.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(
            f"{path.name}, row {row + len(lines) + 1}: can't be read as CSV ({error}). Look for a "
            "quotation mark that is opened and not closed, or text outside its quotation marks."
        ) from error
    numbered = [
        (number, [cell.strip() for cell in cells])
        for number, cells in enumerate(lines, start=row + 1)
        if any(cell.strip() for cell in cells)
    ]
    if not numbered:
        return CsvFile(row + 1, [], [])
    header_row, columns = numbered[0]
    while columns and not columns[-1]:
        columns.pop()
    return CsvFile(header_row, columns, list(_records(columns, numbered[1:])))


def _records(columns: list[str], numbered: list[tuple[int, list[str]]]) -> Iterator[Record]:
    for number, cells in numbered:
        surplus = [cell for cell in cells[len(columns) :] if cell]
        yield Record(number, dict(zip(columns, cells, strict=False)), len(surplus))


def _decode(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path.name}: there is no such file ({path}). Check the path.") from error
    except OSError as error:
        raise InputError(
            f"{path.name}: the file can't be opened ({error.strerror}). Check the path and that "
            "you may read it."
        ) from error
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(
            f"{path.name}: this is a workbook, not CSV. Save the sheet as 'CSV UTF-8' and check "
            "that file."
        )
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"{path.name}: the file is not text in UTF-8, UTF-16 or Windows-1252. Save it again as "
        "'CSV UTF-8'."
    )


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in content:  # UTF-16 without a byte order mark: ASCII has its zero byte on one side
        return ("utf-16-le",) if content[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=header.count)
