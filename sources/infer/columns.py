"""The columns of a file that nobody has declared: the header found out, headings, cells.

The header is what stands above the first row that holds a municipality; so no such row is ever
taken for a header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from common.errors import InputError
from common.tabular.grid import Grid
from common.tabular.numerals import is_number
from common.tabular.text import Rows
from sources.header import column_names, doubtful_group, headings
from sources.infer.hints import Hints, Known
from sources.infer.words import is_period_heading, is_place_heading
from sources.municipal_cells import other_body
from sources.periods import period_of

PERIOD, PART_OF_YEAR = "period", "month or quarter"

_MOST_HEADER_ROWS = 5


@dataclass
class Columns:
    """The columns below the header: names, headings, cells, what each was taken for, and why.

    `doubtful_group` is a heading over others that may cover other columns than it is read to.
    """

    file: str
    skip_rows: int
    header_rows: int
    has_header: bool
    names: list[str]
    headings: list[str]
    rows: list[int]
    cells: dict[str, list[str]]
    missing: frozenset[str] = frozenset()
    doubtful_group: str = ""
    taken_for: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, what: str, why: str) -> None:
        """Takes a column for something, for a reason that is shown."""
        self.taken_for[name] = what
        self.why[name] = why

    def free(self) -> Iterator[str]:
        """Columns not taken for anything yet."""
        return (name for name in self.cells if name not in self.taken_for)

    def heading_of(self, name: str) -> str:
        return self._heading_by_name[name]

    @cached_property
    def _heading_by_name(self) -> dict[str, str]:
        return dict(zip(self.names, self.headings, strict=True))

    def taken_as(self, what: str) -> str | None:
        """The column taken for something."""
        return next((name for name, taken in self.taken_for.items() if taken == what), None)

    def called(self, wish: str) -> str | None:
        """The column a person means: by its name, its heading if no other has it, or as c3."""
        if wish in self.cells:
            return wish
        headed = [
            name for name, heading in zip(self.names, self.headings, strict=True) if heading == wish
        ]
        if len(headed) == 1:
            return headed[0]
        place = re.fullmatch(r"c([1-9]\d*)", wish)
        if place and int(place[1]) <= len(self.names):
            return self.names[int(place[1]) - 1]
        return None

    def find(self, wish: str) -> str:
        """The column a person means. Raises InputError with those there are."""
        if (name := self.called(wish)) is None:
            raise InputError(f"{self.file}: there is no column '{wish}'; {self.listed}.")
        return name

    @property
    def listed(self) -> str:
        """The columns, for a sentence."""
        shown = [
            name if name == heading or not heading else f"{name} ({heading})"
            for name, heading in zip(self.names, self.headings, strict=True)
        ]
        more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
        return f"the columns are {', '.join(shown[:20])}{more}"


def read_columns(grid: Grid, file: str, place: int, hints: Hints, known: Known) -> Columns:
    """The columns of a file whose municipalities stand in the column at `place`.

    Raises InputError for a file without rows below its header.
    """
    first = _first_row(grid, place, known)
    start, end = _header(grid, place, first, hints, file)
    has_header = hints.has_header is not False and end > start
    found = headings([cells for _, cells in grid.rows[start:end]]) if has_header else []
    width = max(len(cells) for _, cells in grid.rows[end:] or grid.rows)
    found += [""] * (width - len(found)) if not has_header or len(found) < width else []
    names = column_names(found)
    skip, header_rows = start, max(end - start, 1)
    if len(set(names)) < len(names):  # one heading twice: it is shown, and the columns numbered
        names, has_header, skip, header_rows = column_names([""] * len(found)), False, end, 1
    elif not has_header:
        skip = end
    last = len(grid.rows) - hints.footer_rows
    body = [(number, cells) for number, cells in grid.rows[end:last] if any(cells)]
    if not body:
        raise InputError(f"{file}: there are no rows below the header in row {end}.")
    cells = {
        name: [cells[at] if at < len(cells) else "" for _, cells in body]
        for at, name in enumerate(names)
    }
    numbers = [number for number, _ in body]
    missing = frozenset(hints.missing)
    return Columns(
        file, skip, header_rows, has_header, names, found, numbers, cells, missing,
        doubtful_group([cells for _, cells in grid.rows[start:end]]),
    )  # fmt: skip


def _first_row(grid: Grid, place: int, known: Known) -> int:
    """The first row that holds a municipality and something more, or the totals just above it."""
    rows = grid.rows

    def others(at: int) -> list[str]:
        return [cell for number, cell in enumerate(rows[at][1]) if cell and number != place]

    def cell(at: int) -> str:
        return rows[at][1][place] if place < len(rows[at][1]) else ""

    at = next((at for at in range(len(rows)) if known.kind(cell(at)) and others(at)), len(rows))
    while at and _is_data(known, cell(at - 1), others(at - 1)):
        at -= 1
    above = next((row for row in range(at - 1, -1, -1) if cell(row)), 0)
    if above < at - 1 and _is_data(known, cell(above), others(above)):
        return above  # a block of rows about the country, whose name stands once
    while at and _reads_as_row(rows, at - 1, place):
        at -= 1
    return at


def _is_data(known: Known, cell: str, others: list[str]) -> bool:
    """Whether a row above the first figures is one of them: a municipality without, or a total."""
    if known.kind(cell):
        return True
    return bool(other_body(cell)) and any(is_number(other) for other in others)


def _reads_as_row(rows: Rows, at: int, place: int) -> bool:
    """Whether a row above the first municipality is one of a place that is not known.

    It is where it has a word for its place, and either a number that is no period or nothing else,
    below what reads as a header; and where there is no header, if it has nothing but numbers.
    """
    cells = rows[at][1]
    cell = cells[place] if place < len(cells) else ""
    if not cell or is_place_heading(cell) or is_period_heading(cell):
        return False
    others = [cell for number, cell in enumerate(cells) if cell and number != place]
    figures = [_is_figure(cell) for cell in others]
    has_header = any(
        cell and number not in (0, place) and not _is_figure(cell)
        for _, above in rows[max(at - _MOST_HEADER_ROWS, 0) : at]
        for number, cell in enumerate(above)
    )
    return any(figures) or not others if has_header else bool(others) and all(figures)


def _is_figure(cell: str) -> bool:
    return is_number(cell) and not period_of(cell)


def _header(grid: Grid, place: int, first: int, hints: Hints, file: str) -> tuple[int, int]:
    """From which row to which the header goes."""
    rows = grid.rows
    if hints.skip_rows is not None:
        if not 0 <= hints.skip_rows < len(rows):
            raise InputError(
                f"{file}: it has {len(rows)} rows, and {hints.skip_rows} are to be skipped."
            )
        after = hints.skip_rows if hints.has_header is False else hints.skip_rows + 1
        return hints.skip_rows, max(after, first) if first < len(rows) else after
    if first == len(rows):  # no municipality was found: one is to be named by an option
        filled = [sum(1 for cell in cells if cell) for _, cells in rows]
        fullest = max(filled)
        first = next(at for at, count in enumerate(filled) if count * 2 > fullest) + 1
    start = first
    while start and first - start < _MOST_HEADER_ROWS and _belongs(grid, place, start, first):
        start -= 1
    return start, first


def _belongs(grid: Grid, place: int, start: int, first: int) -> bool:
    """Whether the row above `start` is a part of the header that ends at `first`."""
    above = grid.rows[start - 1][1]
    so_far = [cells for _, cells in grid.rows[start:first]]
    corner = above[place] if place < len(above) else ""
    corners_below = [cells[place] for cells in so_far if place < len(cells) and cells[place]]
    if is_place_heading(corner) and not corners_below:
        return True
    # a title stands alone in the first column
    labels = [cell for number, cell in enumerate(above) if cell and number not in (0, place)]
    if not any(cell for cells in so_far for cell in cells):  # nothing yet but empty rows
        return bool(labels) or not any(above)
    if not labels:
        return False
    found = headings(so_far)
    named = [heading for number, heading in enumerate(found) if heading and number != place]
    return len(set(named)) < len(named) or not corner or not named
