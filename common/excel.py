"""What Excel opens as it is meant: workbooks with real types, and CSV as Excel has it in Norway."""

import csv
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from common import tables
from common.errors import InputError
from common.text import without_controls

MARK = "\ufeff"  # by it Excel knows that a CSV file is UTF-8
_MOST_ROWS = 1_048_576
_LONGEST_TEXT = 32_767
_MOST_DIGITS = 15  # that a number in Excel keeps
_WIDEST, _NARROWEST = 40, 9  # columns, in characters
_SEEN = 200  # rows that decide how wide a column is
_MOMENT = re.compile(rb">\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<")  # created, modified


class Sheet(NamedTuple):
    """A sheet: its name, the names of its columns, its rows, and how many columns stay in view."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]
    fixed: int = 0


def write_workbook(file: Path | BytesIO, sheets: Iterable[Sheet]) -> None:
    """Writes a workbook with the header of each sheet frozen; numbers, days and yes/no are such.

    A text is a text whatever it looks like: 0301 keeps its nought, =1+1 is no formula. A moment is
    in UTC, since Excel knows no zones. A number of more than fifteen digits is text, NaN is empty.
    Raises InputError for more rows, or a longer text, than a sheet has room for.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - takes longer than most answers

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:31])
        try:
            _write_sheet(page, sheet)
        except InputError:
            page.close()
            raise
    book.properties.creator = "digidistrikt"
    book.save(file)


def workbook_of(sheets: Iterable[Sheet], made: date) -> bytes:
    """The same as bytes, which are the same each time: no hour in it but the start of a day."""
    out = BytesIO()
    write_workbook(out, sheets)
    return without_hours(out.getvalue(), made)


def without_hours(packed: bytes, made: date) -> bytes:
    """The same workbook with one day on all its parts, and none on which it was saved."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                stamp = f">{made:%Y-%m-%d}T00:00:00Z<".encode()
                content = _MOMENT.sub(stamp, content)
            entry = zipfile.ZipInfo(part.filename, (made.year, made.month, made.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    rows = iter(sheet.rows)
    first = list(islice(rows, _SEEN))
    page.freeze_panes = f"{get_column_letter(sheet.fixed + 1)}2"
    for at, name in enumerate(sheet.columns):
        longest = max(len(str(row[at])) for row in [sheet.columns, *first])
        width = min(max(longest + 2, _NARROWEST, len(name) + 2), _WIDEST)
        page.column_dimensions[get_column_letter(at + 1)].width = width

    def text(value: str, column: str, number: int) -> Any:
        if len(value) > _LONGEST_TEXT:
            raise InputError(
                f"sheet '{sheet.name}', row {number}: {column} has a text of {len(value)} signs,"
                f" and a cell has room for {_LONGEST_TEXT}; write csv or parquet instead."
            )
        cell = WriteOnlyCell(page, without_controls(value))
        cell.data_type, cell.number_format = "s", "@"
        return cell

    header = [text(name, name, 1) for name in sheet.columns]
    for cell in header:
        cell.font = Font(bold=True)
    page.append(header)
    for number, row in enumerate(chain(first, rows), 2):
        if number > _MOST_ROWS:
            raise InputError(
                f"sheet '{sheet.name}': a sheet has room for {_MOST_ROWS - 1} rows, and there are"
                " more; ask for fewer, or write csv or parquet instead."
            )
        page.append(
            [
                text(value, column, number) if isinstance(value, str) else value
                for column, value in zip(sheet.columns, map(_value, row), strict=True)
            ]
        )


def _value(cell: Any) -> Any:
    """A cell as Excel has it."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell
    if isinstance(cell, Decimal):
        cell = int(cell) if cell == cell.to_integral_value() else float(cell)
    if cell is None or isinstance(cell, bool | date):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, int):
        return cell if len(str(abs(cell))) <= _MOST_DIGITS else str(cell)
    return tables.shown(cell) or None


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV as Excel reads and writes it in Norway: a mark, semicolons, decimal commas, CRLF."""
    yield MARK
    for row in chain([columns], rows):
        line = StringIO()
        csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(map(_norwegian, row))
        yield line.getvalue()


def _norwegian(cell: Any) -> str:
    value = _value(cell)
    if isinstance(value, float):
        return tables.plain(value).replace(".", ",")
    return "" if value is None else str(value)
