"""The columns of a file that nobody has declared: header found out, headings, cells."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from common.errors import InputError
from common.tabular.grid import Grid


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


def read_columns(
    grid: Grid, file: str, skip_rows: int | None = None, has_header: bool | None = None
) -> Columns:
    """The columns below the header: the first row that is as full as the rows usually are.

    A header that has one name twice is only shown; its columns are c1, c2, ... Raises InputError
    for a file without rows.
    """
    filled = [sum(1 for cell in cells if cell) for _, cells in grid.rows]
    if max((len(cells) for _, cells in grid.rows), default=0) < 2:
        raise InputError(
            f"{file}: no ; tab , or | parts it into columns; save it as CSV or as a workbook."
        )
    if not any(filled):
        raise InputError(f"{file}: there are no rows.")
    usual = min(median([count for count in filled if count > 1] or [1]), max(filled))
    place = skip_rows
    if place is None:
        place = next(number for number, count in enumerate(filled) if count >= usual)
    if not 0 <= place < len(grid.rows):
        raise InputError(f"{file}: it has {len(grid.rows)} rows, and {place} are to be skipped.")
    headings = list(grid.rows[place][1])
    numbered = [f"c{number}" for number in range(1, len(headings) + 1)]
    told = [heading for heading in headings if heading]
    if has_header is False:
        names, headings, skipped, first = numbered, numbered, place, place
    elif len(told) == len(set(told)):
        names, skipped, first = headings, place, place + 1
    else:
        names, skipped, first = numbered, place + 1, place + 1
    body = [cells for _, cells in grid.rows[first:] if any(cells)]
    if not body:
        raise InputError(f"{file}: there are no rows below the header in row {place + 1}.")
    cells = {
        name: [row[number] if number < len(row) else "" for row in body]
        for number, name in enumerate(names)
        if name
    }
    return Columns(skipped, names is headings and has_header is not False, names, headings, cells)
