"""A CSV file whose columns are declared, as records by column."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common import fileio
from common.errors import InputError
from common.tabular import kinds
from common.tabular.grid import read_grid


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
    """The header and the records of a CSV file, whatever program saved it.

    Row numbers are those a spreadsheet shows. Raises InputError when it can't be read as CSV.
    """
    content = fileio.read_bytes(path)
    if kinds.is_workbook(content):
        raise InputError(
            f"{path.name}: this is a workbook, not CSV. Save the sheet as 'CSV UTF-8' and check "
            "that file."
        )
    rows = read_grid(content, path.name).rows if content.strip() else []
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        return CsvFile(1, [], [])
    header_row, columns = filled[0]
    while columns and not columns[-1]:
        columns.pop()
    return CsvFile(header_row, columns, list(_records(columns, filled[1:])))


def _records(columns: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[Record]:
    for number, cells in rows:
        surplus = [cell for cell in cells[len(columns) :] if cell]
        yield Record(number, dict(zip(columns, cells, strict=False)), len(surplus))
