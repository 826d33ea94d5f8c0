"""The headings of a file's columns, from one or several rows above its figures."""

from collections.abc import Sequence

from sources.periods import is_change, period_of


def headings(rows: Sequence[Sequence[str]]) -> list[str]:
    """One heading a column, of several rows from the top down; empty where none has one.

    A group's name stands in the first of its columns and holds for the empty cells to its right.
    What stands over the first column is a title or its own heading, and no group's name.
    """
    width = max((len(cells) for cells in rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, cells in enumerate(rows):
        words = [" ".join(cell.split()) for cell in cells] + [""] * (width - len(cells))
        group = ""
        for place, cell in enumerate(words):
            if place == 0:
                parts[0] = [cell] if cell else parts[0]
                continue
            group = cell or group
            part = cell if number == len(rows) - 1 else group
            if part and part not in parts[place]:
                parts[place].append(part)
    return [" ".join(part) for part in parts]


def doubtful_group(rows: Sequence[Sequence[str]]) -> str:
    """A group's name that may hold for other columns than those to its right; empty if none may.

    So it is where a name stands in the middle of its columns, and where a year has one column more
    than the years before it, which may be a column of its own.
    """
    below = [" ".join(cell.split()) for cell in rows[-1]] if rows else []
    for cells in rows[:-1]:
        starts = [place for place, cell in enumerate(cells) if cell and place]
        if len(starts) < 2:
            continue
        ends = [*starts[1:], len(below)]
        parts = [
            tuple(cell for cell in below[start:end] if cell and not is_change(cell))
            for start, end in zip(starts, ends, strict=True)
        ]
        if len(set(parts)) == 1:
            continue
        ungrouped = set(below[1 : starts[0]]) - {""}
        if ungrouped & {cell for part in parts for cell in part}:
            return cells[starts[0]]
        *before, last = parts
        is_of_years = all(period_of(cells[start]) for start in starts)
        if is_of_years and len(set(before)) == 1 and last[: len(before[0])] == before[0]:
            return cells[starts[-1]]
    return ""


def column_names(found: Sequence[str]) -> list[str]:
    """Headings as names of columns: one without a heading is called by its place, c1, c2, ..."""
    return [heading or f"c{place}" for place, heading in enumerate(found, 1)]
