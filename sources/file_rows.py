"""The rows of a file by its layout, and the municipality that each of them is about."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from common.errors import InputError
from common.tabular.grid import read_grid
from common.tabular.numerals import Number
from sources.blocks import filled, is_figures_row
from sources.catalogue import Table
from sources.catalogue.layout import FileLayout
from sources.header import column_names, headings
from sources.http import Reply
from sources.municipal_cells import code_and_name, other_body

Resolver = Callable[[Sequence[tuple[str, str | None]], date], list[str | Exception]]
"""Names with their counties (or None) and a day -> for each, a code or why there is none."""


_EMPTY = "{}: the cell of the municipality is empty."


class Refusal(NamedTuple):
    """What a row says that can't be used, and why."""

    raw_value: str
    reason: str


class FileRow(NamedTuple):
    """A row below the header: its number in the file, and its cells by column.

    `fault` says what is wrong with the row as a whole, as cells that are too many.
    """

    file: str
    number: int
    cells: dict[str, str]
    fault: str = ""

    def cell(self, column: str) -> str:
        """Raises InputError if there is no such column."""
        if column not in self.cells:
            raise InputError(
                f"{self.where}: there is no column '{column}'; the file has"
                f" {', '.join(self.cells)}."
            )
        return self.cells[column]

    @property
    def where(self) -> str:
        return f"{self.file}, row {self.number}"


def layout_of(table: Table) -> FileLayout:
    """The layout of a file. Raises InputError where the entry has none."""
    if table.layout is None:
        raise InputError(f"table '{table.id}' is a file and needs a 'layout'.")
    return table.layout


def columns(table: Table, reply: Reply) -> list[str]:
    """The names of a file's columns; of an empty file none. Raises InputError."""
    layout = layout_of(table)
    return _column_names(layout, _lines(layout, reply)[layout.skip_rows :])


def read_rows(table: Table, reply: Reply) -> list[FileRow]:
    """The rows below the header that are not empty, numbered as a spreadsheet shows them.

    A row with more or fewer cells than the header is at fault: its figures may stand in wrong
    columns. Raises InputError if that is so of half of them.
    """
    layout = layout_of(table)
    lines = _lines(layout, reply)[layout.skip_rows :]
    lines = lines[: len(lines) - layout.footer_rows] if layout.footer_rows else lines
    names = _column_names(layout, lines)
    below = lines[layout.header_rows :] if layout.has_header else lines
    rows = [_row(layout, names, number, cells) for number, cells in below if any(cells)]
    faults = [row.fault for row in rows if row.fault]
    if faults and len(faults) * 2 >= len(rows):
        raise InputError(faults[0])
    return _blocks_filled(rows, layout.blocks) if layout.blocks else rows


def _blocks_filled(rows: Sequence[FileRow], blocks: Sequence[str]) -> list[FileRow]:
    """The rows with the empty cells of columns in blocks as the ones above them."""
    is_figure_row = [
        is_figures_row([cell for name, cell in row.cells.items() if name not in blocks])
        for row in rows
    ]
    columns = filled([[row.cell(name) for row in rows] for name in blocks], is_figure_row)
    return [
        row._replace(cells=row.cells | dict(zip(blocks, cells, strict=True)))
        for row, cells in zip(rows, zip(*columns, strict=True), strict=True)
    ]


def _row(layout: FileLayout, names: Sequence[str], number: int, cells: list[str]) -> FileRow:
    if len(cells) == len(names):
        return FileRow(layout.file, number, dict(zip(names, cells, strict=True)))
    while len(cells) > len(names) and not cells[-1]:
        cells = cells[:-1]
    fault = ""
    filled = [cell for cell in cells if cell]
    if len(cells) != len(names) and len(filled) == 1 and re.search(r"[^\W\d]", filled[0]):
        fault = f"{layout.file}, row {number}: this is a note, not a row of figures."
    elif len(cells) != len(names):
        fault = (
            f"{layout.file}, row {number}: {len(names)} cells are expected, and there are"
            f" {len(cells)}; is a '{layout.delimiter}' in a text without quotes?"
        )
    cells = [*cells, *[""] * len(names)][: len(names)]
    return FileRow(layout.file, number, dict(zip(names, cells, strict=True)), fault)


def _lines(layout: FileLayout, reply: Reply) -> list[tuple[int, list[str]]]:
    if not reply.content.strip():
        return []
    return read_grid(
        reply.content,
        layout.file,
        sheet=layout.sheet,
        encoding=layout.encoding,
        delimiter=layout.delimiter,
    ).rows


def _column_names(layout: FileLayout, lines: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The header's names, or c1, c2, ... where there is none."""
    if not lines:
        return []
    if not layout.has_header:
        return column_names([""] * max(len(cells) for _, cells in lines))
    names = column_names(headings([cells for _, cells in lines[: layout.header_rows]]))
    if repeated := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{layout.file}: two columns are named '{repeated[0]}'; rename one.")
    return names


class RowPlace(NamedTuple):
    """What a row says of its municipality; `reason` where it says none."""

    raw_value: str
    code: str | None
    name: str | None
    county: str | None
    reason: str = ""


class Places:
    """The municipality of each row of a file; what can't be placed is noted as refused.

    A code is as the row says. A name is looked up as on `names_on`, or in the year of the figure;
    where a row has both and the name is another municipality's, the row is refused.
    """

    def __init__(
        self, table: Table, rows: Sequence[FileRow], resolve: Resolver, refused: dict[int, Refusal]
    ) -> None:
        self.rows = rows
        self.refused = refused
        self._layout = layout_of(table)
        self._resolve = resolve
        self._said = {row.number: _place(self._layout, row) for row in rows}
        self._codes: dict[tuple[str, str | None, date], str | Exception] = {}

    def look_up(self, days: Iterator[tuple[FileRow, date]]) -> None:
        """Looks up all names that will be asked for, each once."""
        wanted: dict[date, set[tuple[str, str | None]]] = {}
        for row, on in days:
            place = self._said[row.number]
            day = self._day(on)
            if place and place.name and day and (place.name, place.county, day) not in self._codes:
                wanted.setdefault(day, set()).add((place.name, place.county))
        for day, found in wanted.items():
            names = sorted(found, key=lambda name: (name[0], name[1] or ""))
            codes = self._resolve(names, day)
            self._codes |= {(*name, day): code for name, code in zip(names, codes, strict=True)}

    def of(self, row: FileRow, on: date, *, is_missing: bool = False) -> str | None:
        """The code of a row's municipality, `on` being a day of its figure; None if it has none.

        A figure that is missing in a year in which the name was not in use refuses nothing.
        """
        place = self._said[row.number]
        if place is None:
            return None
        found = self._code(place, on) if not place.reason else place.reason
        if isinstance(found, str) and not place.reason:
            return found
        if place.reason or not (is_missing and self._layout.names_on == "own"):
            self.refuse(row, place.raw_value, str(found))
        return None

    def refuse_unplaced(self, rows: Sequence[FileRow]) -> None:
        """Notes rows that are surely about no municipality, whatever day they are of."""
        for row in rows:
            if (place := self._said[row.number]) and place.reason:
                self.refuse(row, place.raw_value, place.reason)

    def refuse(self, row: FileRow, raw_value: str, reason: str) -> None:
        """Notes a row as refused, for the first reason there is."""
        self.refused.setdefault(row.number, Refusal(raw_value, reason))

    def _day(self, on: date) -> date | None:
        day = self._layout.names_on
        return on if day == "own" else day

    def _code(self, place: RowPlace, on: date) -> str | Exception:
        known = self._layout.known_names.get(place.raw_value)
        if known:
            return known
        day = self._day(on)
        named = self._codes.get((place.name, place.county, day)) if place.name and day else None
        if place.code is None:
            return named or InputError(f"'{place.raw_value}' was not looked up.")
        if isinstance(named, str) and named != place.code:
            return InputError(
                f"code {place.code} and name '{place.name}' are two municipalities:"
                f" {place.name} was {named} on {day}; correct one of them."
            )
        return place.code


def _place(layout: FileLayout, row: FileRow) -> RowPlace | None:
    """What a row says of its municipality; None where it is about another body, as declared."""
    if row.fault:
        first = next(iter(row.cells.values()))
        return RowPlace(first, None, None, None, row.fault)
    county = row.cell(layout.county) or None if layout.county else None
    if layout.code:
        return _coded(layout, row, county)
    raw_value = row.cell(layout.name or "")
    match = re.match(layout.name_pattern, raw_value)
    if not match or raw_value in layout.other_names:
        return None
    if not raw_value:
        return RowPlace(raw_value, None, None, county, _EMPTY.format(row.where))
    may_be_other = raw_value not in layout.known_names and layout.code_form == "any"
    if may_be_other and (body := other_body(raw_value)):
        return RowPlace(raw_value, None, None, county, f"{row.where}: '{raw_value}' is {body}.")
    county = county or match.groupdict().get("county")
    name = code_and_name(match["name"])[1] if layout.code_form == "any" else match["name"]
    return RowPlace(raw_value, None, name or match["name"], county)


def _coded(layout: FileLayout, row: FileRow, county: str | None) -> RowPlace:
    raw_value = row.cell(layout.code or "")
    name = row.cell(layout.name) or None if layout.name else None
    if layout.code_form == "digits":
        # A number has no first 0.
        lost = lost_its_first_zero(raw_value) and isinstance(raw_value, Number)
        code: str | None = f"0{raw_value}" if lost else raw_value
        is_code = re.fullmatch("[0-9]{4}", code or "") is not None
    else:
        if body := other_body(raw_value) or (other_body(name) if name else None):
            reason = f"{row.where}: '{raw_value or name}' is {body}, not a municipality."
            return RowPlace(raw_value, None, None, county, reason)
        code, also = code_and_name(raw_value)
        name = name or also
        is_code = code is not None
    if is_code:
        return RowPlace(raw_value, code, name, county)
    if not raw_value and layout.code_form == "any":
        return RowPlace(raw_value, None, None, county, _EMPTY.format(row.where))
    dropped = f" If a program dropped the first 0, write 0{raw_value}."
    hint = dropped if lost_its_first_zero(raw_value) else ""
    reason = f"{row.where}: '{raw_value}' is not a municipality code of four digits.{hint}"
    return RowPlace(raw_value, None, None, county, reason)


def lost_its_first_zero(text: str) -> bool:
    """Whether a program has taken a municipality code for a number: 301 for 0301."""
    return re.fullmatch("[0-9]{3}", text) is not None
