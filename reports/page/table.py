"""A table of a page: a caption, headings, and rows whose first cell names the row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

Cell = str | Markup


@dataclass(frozen=True)
class PageTable:
    """`numeric` are the columns set to the right; `marked` the rows that are set off."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = field(default_factory=frozenset)
    marked: frozenset[int] = field(default_factory=frozenset)


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    numeric: Iterable[int] = (),
    marked: Iterable[int] = (),
) -> PageTable:
    """A table whose cells are texts; what is marked up already stays so."""
    cells = [
        [cell if isinstance(cell, Markup) else "" if cell is None else str(cell) for cell in row]
        for row in rows
    ]
    return PageTable(caption, columns, cells, frozenset(numeric), frozenset(marked))
