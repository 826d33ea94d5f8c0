"""A sheet of an Excel workbook as rows of text, as if it had been saved as CSV.

Read as data only: no formula is evaluated, no macro or link is followed. A number becomes text
with the decimal sign that is asked for, so that the rest of a file's reading is the same.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from common.errors import InputError

MAX_UNPACKED_BYTES = 200_000_000
MAX_CELLS = 2_000_000
_SIGNATURE = b"PK\x03\x04"
# What the library and Python's own zip and XML raise for parts that are not as they say.
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def is_workbook(content: bytes) -> bool:
    """Whether these are the bytes of a zipped file, as a workbook is and a CSV never is."""
    return content.startswith(_SIGNATURE)


def sheet_names(content: bytes, file: str) -> list[str]:
    """The sheets with cells, in their order. Raises InputError if this is not a workbook."""
    with _opened(content, file, data_only=True) as workbook:
        return [sheet.title for sheet in workbook.worksheets]


def rows(
    content: bytes, file: str, sheet: str | None = None, decimal: str = "."
) -> list[tuple[int, list[str]]]:
    """The rows of a sheet (the first, unless named), numbered as in Excel and of one width.

    Raises InputError for what is not a workbook or is larger than anything that holds figures of
    municipalities, for a sheet that is not there, and for a formula whose result was never saved.
    """
    found = list(_filled(content, file, sheet, decimal))
    width = max((len(cells) for _, cells in found), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in found]


def _filled(
    content: bytes, file: str, sheet: str | None, decimal: str
) -> Iterator[tuple[int, list[str]]]:
    """Each row up to its last cell; a workbook keeps no empty cells after it."""
    with (
        _opened(content, file, data_only=True) as results,
        _opened(content, file, data_only=False) as formulas,
    ):
        cells = 0
        pairs = zip_longest(_sheet_rows(results, sheet, file), _sheet_rows(formulas, sheet, file))
        for number, (values, written) in enumerate(pairs, 1):
            cells += max(len(values), 1)  # rows that are left out come too, without cells
            if cells > MAX_CELLS:
                raise InputError(
                    f"{file}: the sheet has more than {MAX_CELLS} cells; save the columns with"
                    " figures in a file of their own."
                )
            for place, (value, formula) in enumerate(zip(values, written, strict=True)):
                if value is None and isinstance(formula, str) and formula.startswith("="):
                    raise InputError(
                        f"{file}, row {number}, column {place + 1}: the formula {formula} was"
                        " saved without its result; open the file in Excel and save it."
                    )
            yield number, [_text(value, decimal) for value in values]


def _sheet_rows(workbook: Workbook, sheet: str | None, file: str) -> Iterator[tuple[Any, ...]]:
    names = [each.title for each in workbook.worksheets]
    if sheet is not None and sheet not in names:
        raise InputError(f"{file}: there is no sheet '{sheet}'; it has {', '.join(names)}.")
    if not names:
        raise InputError(f"{file}: the workbook has no sheet with cells.")
    with _demand_whole(file):
        chosen: Any = workbook[sheet or names[0]]
        chosen.reset_dimensions()  # what a workbook says of its own size is often wrong
        yield from chosen.iter_rows(values_only=True)


@contextmanager
def _opened(content: bytes, file: str, *, data_only: bool) -> Iterator[Workbook]:
    with _demand_whole(file):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise InputError(
                f"{file}: unpacked it is {unpacked} bytes, more than {MAX_UNPACKED_BYTES}; save"
                " the sheet with figures in a file of its own."
            )
        workbook = load_workbook(
            io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
        )
    try:
        yield workbook
    finally:
        workbook.close()


@contextmanager
def _demand_whole(file: str) -> Iterator[None]:
    """Whatever a broken workbook makes the library raise, as one sentence of ours."""
    try:
        yield
    except _BROKEN as error:
        raise InputError(
            f"{file}: this can't be read as an Excel workbook (.xlsx): {error}; save it anew, or"
            " as CSV."
        ) from error


def _text(value: object, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
