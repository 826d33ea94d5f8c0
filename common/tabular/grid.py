"""Any tabular file as numbered rows of text, and how it was written."""

from dataclasses import dataclass

from common.errors import InputError
from common.tabular import jsonstat, kinds, workbook
from common.tabular.text import Rows, called, decode, parse

MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class Grid:
    """The rows of a file as text, numbered as a spreadsheet shows them.

    `written`: how it was written, in words; `layout`: the same as a file layout declares it;
    `sheets`: those of a workbook.
    """

    rows: Rows
    written: str
    layout: dict[str, str]
    sheets: tuple[str, ...] = ()


def read_grid(
    content: bytes,
    file: str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Grid:
    """The rows of a CSV file, of Parquet, of JSON-stat, or of a sheet of a workbook (the first,
    unless named).

    Encoding and delimiter of a CSV file are found out unless they are declared. Raises InputError
    for a file that is none of these, is too large, or is not as declared.
    """
    if len(content) > MAX_BYTES:
        raise InputError(f"{file}: {len(content)} bytes are more than {MAX_BYTES}; split the file.")
    if kinds.is_workbook(content):
        sheets, rows = workbook.read(content, file, sheet)
        written = f"Excel workbook, sheet '{sheet or sheets[0]}'" if sheets else "Parquet"
        return Grid(rows, written, {"sheet": sheet} if sheet else {}, sheets)
    if kinds.is_json(content):
        return Grid(jsonstat.read(content, file), "JSON-stat 2", {})
    if other := kinds.other_kind(content):
        raise InputError(f"{file}: this is {other}.")
    encoding, text = decode(content, file, encoding)
    delimiter, rows = parse(text, file, delimiter)
    shown = {"\t": "tab"}.get(delimiter, f"'{delimiter}'")
    layout = {"encoding": encoding, "delimiter": delimiter}
    return Grid(rows, f"text in {called(encoding)}, columns parted by {shown}", layout)
