"""A sheet of a workbook as rows of text, as if it had been saved as CSV.

Read as data only: no formula is evaluated, no macro or link is followed. A number becomes a
`Number`, so that no sign in it is ever in doubt.
"""

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from common.errors import InputError
from common.tabular import binary, kinds
from common.tabular.numerals import Number
from common.tabular.text import Rows, visible

MAX_UNPACKED_BYTES = 200_000_000
MAX_CELLS = 1_000_000
# Sheets pack 5 to 30 times; one that packs far more repeats a few tags, and takes minutes to read.
MAX_PACKED_TIMES = 100
_SMALL_PART = 1_000_000
# What the libraries and Python's own zip and XML raise for parts that are not as they say.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    pa.ArrowException,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_CALLED = {
    ".xls": "an old Excel workbook (.xls)",
    ".xlsb": "a binary workbook (.xlsb)",
    ".ods": "an OpenDocument spreadsheet (.ods)",
}
_SHEET_PART = re.compile(r"xl/worksheets/[^/]*\.xml")


def read(content: bytes, file: str, sheet: str | None = None) -> tuple[tuple[str, ...], Rows]:
    """The names of the sheets, and the rows of one of them (the first, unless named).

    Rows are numbered as in Excel and of one width. Parquet has no sheets; its first row is the
    names of its columns. Raises InputError for what can't be read or is larger than anything that
    holds figures of municipalities, for a sheet that is not there, and for a formula whose result
    was never saved.
    """
    kind = kinds.ending(content)
    if kind == ".parquet":
        with _require_whole(file, "a Parquet file"):
            return (), _parquet(content, file)
    if kind != ".xls":
        _require_size(content, file)
    if kind != ".xlsx":
        with _require_whole(file, _CALLED[kind]):
            return _other_kind(content, file, sheet, kind)
    with _opened(content, file, data_only=True) as workbook:
        return _names(workbook), _even(_filled(workbook, content, file, sheet), file)


def _other_kind(
    content: bytes, file: str, sheet: str | None, kind: str
) -> tuple[tuple[str, ...], Rows]:
    """A sheet of .xls, .xlsb or .ods."""
    from common.tabular import calamine  # noqa: PLC0415 - few files need it

    if kind == ".xlsb":
        _require_cells(file, binary.most_cells(content))
    book = calamine.Workbook(content)
    rows = book.rows(_chosen(book.names, sheet, file), lambda count: _require_cells(file, count))
    return book.names, _even(([_text(value) for value in cells] for cells in rows), file)


def _names(workbook: Workbook) -> tuple[str, ...]:
    """The sheets, those that are hidden last."""
    ordered = sorted(workbook.worksheets, key=lambda each: each.sheet_state != "visible")
    return tuple(each.title for each in ordered)


def _even(found: Iterator[list[str]], file: str) -> Rows:
    """The rows numbered and of one width; a workbook keeps no empty cells after the last."""
    rows: Rows = []
    count = 0
    for number, cells in enumerate(found, 1):
        count += max(len(cells), 1)  # rows that are left out come too, without cells
        _require_cells(file, count)
        rows.append((number, cells))
    width = max((len(cells) for _, cells in rows), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def _require_cells(file: str, count: int) -> None:
    if count > MAX_CELLS:
        raise InputError(
            f"{file}: the sheet has more than {MAX_CELLS} cells; save the columns with figures"
            " in a file of their own."
        )


def _filled(results: Workbook, content: bytes, file: str, sheet: str | None) -> Iterator[list[str]]:
    """Each row up to its last cell. Formulas are looked at only where there are any."""
    if not _has_formulas(content):
        for values in _sheet_rows(results, sheet, file):
            yield [_text(value) for value in values]
        return
    with _opened(content, file, data_only=False) as formulas:
        pairs = zip_longest(_sheet_rows(results, sheet, file), _sheet_rows(formulas, sheet, file))
        for number, (values, written) in enumerate(pairs, 1):
            _require_results(values, written, f"{file}, row {number}")
            yield [_text(value) for value in values]


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [name for name in packed.namelist() if _SHEET_PART.fullmatch(name)]
        return any(b"<f" in packed.read(name) for name in parts)


def _require_results(values: Sequence[Any], written: Sequence[Any], where: str) -> None:
    for place, (value, formula) in enumerate(zip(values, written, strict=True), 1):
        if value is None and isinstance(formula, str) and formula.startswith("="):
            raise InputError(
                f"{where}, column {place}: the formula {formula} was saved without its result;"
                " open the file in Excel and save it."
            )


def _sheet_rows(workbook: Workbook, sheet: str | None, file: str) -> Iterator[tuple[Any, ...]]:
    with _require_whole(file):
        chosen: Any = workbook[_chosen(_names(workbook), sheet, file)]
        chosen.reset_dimensions()  # what a workbook says of its own size is often wrong
        yield from chosen.iter_rows(values_only=True)


def _chosen(names: Sequence[str], sheet: str | None, file: str) -> str:
    if sheet is not None and sheet not in names:
        raise InputError(f"{file}: there is no sheet '{sheet}'; it has {', '.join(names)}.")
    if not names:
        raise InputError(f"{file}: the workbook has no sheet with cells.")
    return sheet or names[0]


@contextmanager
def _opened(content: bytes, file: str, *, data_only: bool) -> Iterator[Workbook]:
    with _require_whole(file):
        workbook = load_workbook(
            io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
        )
    try:
        yield workbook
    finally:
        workbook.close()


def _require_size(content: bytes, file: str) -> None:
    """Refuses an archive that is no workbook, or that unpacks to more than any workbook needs."""
    with _require_whole(file), zipfile.ZipFile(io.BytesIO(content)) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
        inflated = [part for part in packed.infolist() if _is_inflated(part)]
        if other := _other_archive(packed):
            raise InputError(f"{file}: {other}")
    if unpacked > MAX_UNPACKED_BYTES:
        raise InputError(
            f"{file}: unpacked it is {unpacked} bytes, more than {MAX_UNPACKED_BYTES}; save"
            " the sheet with figures in a file of its own."
        )
    if inflated:
        raise InputError(
            f"{file}: unpacked, its part {inflated[0].filename} is more than {MAX_PACKED_TIMES}"
            " times as large; copy the rows with figures into a new workbook and save that."
        )


def _is_inflated(part: zipfile.ZipInfo) -> bool:
    return part.file_size > max(_SMALL_PART, part.compress_size * MAX_PACKED_TIMES)


def _other_archive(packed: zipfile.ZipFile) -> str | None:
    """What an archive is that is no workbook, and what to do."""
    names = packed.namelist()
    if kinds.WORKBOOK_PARTS & set(names):
        return None
    if "word/document.xml" in names:
        return "this is a Word document; copy its table into a spreadsheet and save that."
    if "mimetype" in names and (kind := packed.read("mimetype")).startswith(kinds.OPEN_DOCUMENT):
        is_sheet = kind.startswith(kinds.OPEN_SPREADSHEET)
        return None if is_sheet else "this is an OpenDocument text; copy its table into a workbook."
    return "this is a packed folder (.zip), not a workbook; unpack it and add the files in it."


@contextmanager
def _require_whole(file: str, kind: str = "an Excel workbook (.xlsx)") -> Iterator[None]:
    """Whatever a broken file makes a library raise, as one sentence of ours."""
    try:
        yield
    except _BROKEN as error:
        raise InputError(
            f"{file}: this can't be read as {kind}: {error}; save it anew, or as CSV."
        ) from error


# --- the formats beside .xlsx --------------------------------------------------------------


def _parquet(content: bytes, file: str) -> Rows:
    table = pq.read_table(pa.BufferReader(content))
    _require_cells(file, table.num_rows * table.num_columns)
    columns = [
        [_text(value) for value in _as_written(column).to_pylist()] for column in table.columns
    ]
    below = zip(*columns, strict=True)
    return [(1, table.column_names), *((row, list(cells)) for row, cells in enumerate(below, 2))]


def _as_written(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """A column in which 0.1 that is kept in four bytes is 0.1, and not 0.10000000149011612."""
    if pa.types.is_float32(column.type) or pa.types.is_float16(column.type):
        return column.cast(pa.string()).cast(pa.float64())
    return column


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return visible(str(value)).strip()


def _number(value: float | Decimal) -> str:
    """A number without a fraction it does not have; not-a-number is how Parquet says missing."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return str(value)  # no number that anything can be counted with
    if isinstance(value, Decimal):
        return Number(int(value) if value == int(value) else f"{value:f}")
    whole = isinstance(value, int) or value.is_integer()
    return Number(int(value) if whole else repr(value))
