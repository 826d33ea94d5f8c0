"""A file that nobody has declared, as columns of text: encoding, delimiter and header found out."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from common import spreadsheet
from common.errors import InputError
from common.numerals import decimal_of

MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class Grid:
    """The rows of a file as text, numbered as in the file.

    `written`: how it was written, in words; `layout`: the same as a file layout declares it;
    `sheets`: those of a workbook.
    """

    rows: list[tuple[int, list[str]]]
    written: str
    layout: dict[str, object]
    sheets: tuple[str, ...] = ()


@dataclass
class Columns:
    """The columns below the header: names, headings, cells, and what each has been taken for."""

    skip_rows: int
    has_header: bool
    names: list[str]
    headings: list[str]
    cells: dict[str, list[str]]
    taken_for: dict[str, str] = field(default_factory=dict)

    def free(self) -> Iterator[str]:
        """Columns not taken for anything yet."""
        return (name for name in self.cells if name not in self.taken_for)

    def heading_of(self, name: str) -> str:
        return self.headings[self.names.index(name)]

    def taken_as(self, what: str) -> str | None:
        """The column taken for something."""
        return next((name for name, taken in self.taken_for.items() if taken == what), None)

    @property
    def listed(self) -> str:
        """All columns, for a sentence."""
        shown = (
            name if name == self.heading_of(name) else f"{name} ({self.heading_of(name)})"
            for name in self.cells
        )
        return f"the columns are {', '.join(shown)}"


def read_grid(content: bytes, file: str, sheet: str | None = None) -> Grid:
    """The rows of a CSV file or of a sheet of a workbook (the first, unless named).

    Raises InputError for a file that is neither, or too large.
    """
    if len(content) > MAX_BYTES:
        raise InputError(f"{file}: {len(content)} bytes are more than {MAX_BYTES}; split the file.")
    if spreadsheet.is_workbook(content):
        sheets = tuple(spreadsheet.sheet_names(content, file))
        rows = spreadsheet.rows(content, file, sheet)
        if any(decimal_of(cell.strip()) == "," for _, cells in rows for cell in cells):
            rows = spreadsheet.rows(content, file, sheet, ",")
        layout: dict[str, object] = {"sheet": sheet} if sheet else {}
        named = sheet or sheets[0]
        return Grid(rows, f"Excel workbook, sheet '{named}'", layout, sheets)
    encoding, text = _decoded(content, file)
    delimiter, parsed = _parsed(text, file)
    layout = {"encoding": encoding, "delimiter": delimiter}
    shown = {"\t": "tab"}.get(delimiter, f"'{delimiter}'")
    told = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]
    return Grid(parsed, f"text in {told}, columns parted by {shown}", layout)


def _decoded(content: bytes, file: str) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", content.decode("utf-16")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return encoding, content.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start
    raise InputError(f"{file}: byte {place} is neither UTF-8 nor Windows-1252; save it as UTF-8.")


def _parsed(text: str, file: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The delimiter that parts most rows into the same number of cells, and the rows."""
    best: tuple[tuple[float, int], str, list[tuple[int, list[str]]]] | None = None
    for delimiter in ";\t,|":
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        try:
            rows = [(reader.line_num, cells) for cells in reader]
        except csv.Error:
            continue
        widths = [len(cells) for _, cells in rows if any(cells)]
        usual = max(set(widths), key=widths.count, default=1)
        if usual > 1:
            rank = (widths.count(usual) / len(widths), usual)
            if best is None or rank > best[0]:
                best = (rank, delimiter, rows)
    if best is None:
        raise InputError(
            f"{file}: no ; tab , or | parts it into columns; save it as CSV or as a workbook."
        )
    return best[1], best[2]


def read_columns(
    grid: Grid, file: str, skip_rows: int | None = None, has_header: bool | None = None
) -> Columns:
    """The columns below the header: the first row that is as full as the rows usually are.

    A header that has one name twice is only shown; its columns are c1, c2, ... Raises InputError
    for a file without rows.
    """
    filled = [sum(1 for cell in cells if cell.strip()) for _, cells in grid.rows]
    if not any(filled):
        raise InputError(f"{file}: there are no rows.")
    usual = min(median([count for count in filled if count > 1] or [1]), max(filled))
    place = skip_rows
    if place is None:
        place = next(number for number, count in enumerate(filled) if count >= usual)
    if not 0 <= place < len(grid.rows):
        raise InputError(f"{file}: it has {len(grid.rows)} rows, and {place} are to be skipped.")
    headings = [cell.strip() for cell in grid.rows[place][1]]
    numbered = [f"c{number}" for number in range(1, len(headings) + 1)]
    told = [heading for heading in headings if heading]
    if has_header is False:
        names, headings, skipped, first = numbered, numbered, place, place
    elif len(told) == len(set(told)):
        names, skipped, first = headings, place, place + 1
    else:
        names, skipped, first = numbered, place + 1, place + 1
    body = [cells for _, cells in grid.rows[first:] if any(cell.strip() for cell in cells)]
    if not body:
        raise InputError(f"{file}: there are no rows below the header in row {place + 1}.")
    cells = {
        name: [row[number].strip() if number < len(row) else "" for row in body]
        for number, name in enumerate(names)
        if name
    }
    return Columns(skipped, names is headings and has_header is not False, names, headings, cells)
